"""The deployed AI agent: prompt, model and the tools its security profile lets it use."""

import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from switchboard.local.agentcore.registry import Resource
from switchboard.local.connect.desk import ASSISTANT, PROFILE, Desk, NotDeployedError, last

logger = logging.getLogger(__name__)

AGENT = "AWS::Wisdom::AIAgent"
PROMPT = "AWS::Wisdom::AIPrompt"
APPLICATION = "AWS::AppIntegrations::Application"
USE_CASE = "Connect.SelfService"
TOOL_ID = re.compile(r"gateway_(?P<gateway>.+?)__(?P<tool>[^_].*___.+)")
"""Of an MCP tool: two underscores after the gateway's id, three after the target's name."""


class ToolKind(StrEnum):
    """The tool types that are played here; CONSTANT is none of them."""

    MCP = "MODEL_CONTEXT_PROTOCOL"
    RETURN = "RETURN_TO_CONTROL"


@dataclass(frozen=True)
class Tool:
    """One tool of the agent."""

    name: str
    kind: ToolKind
    description: str
    input_schema: Mapping[str, Any]
    confirm: bool
    title: str
    gateway_id: str = ""
    mcp_name: str = ""

    @property
    def question(self) -> str:
        """How the caller is asked for consent when the agent did not."""
        verb, _, rest = self.name.rsplit("___", 1)[-1].replace("_", " ").partition(" ")
        what = self.title.rstrip(".?") or f"{verb} the {rest}".strip()
        return f"Shall I {what[0].lower()}{what[1:]}? Please say yes or no."


@dataclass(frozen=True)
class Agent:
    """An orchestrator AI agent, ready to be played."""

    arn: str
    model_id: str
    template: str
    locale: str
    tools: tuple[Tool, ...]


def agent_of(desk: Desk, assistant_id: str, chosen: str | None = None) -> Agent:
    """The agent of an assistant: `chosen` (ARN or id), or its default for self-service.

    Raises:
        NotDeployedError: agent, prompt or default is missing.
    """
    desk.need(ASSISTANT, assistant_id)
    name = chosen or desk.associations.agents_of(assistant_id).get(USE_CASE)
    if name is None:
        raise NotDeployedError(f"assistant {assistant_id} has no default AI agent for {USE_CASE}")
    found = desk.need(AGENT, name)
    configuration = found.property("Configuration", "OrchestrationAIAgentConfiguration", default={})
    prompt = desk.need(PROMPT, str(configuration.get("OrchestrationAIPromptId", "")))
    arn = str(found.attributes.get("AIAgentArn") or found.physical_id)
    return Agent(
        arn=arn,
        model_id=str(prompt.property("ModelId", default="")),
        template=str(
            prompt.property(
                "TemplateConfiguration",
                "TextFullAIPromptEditTemplateConfiguration",
                "Text",
                default="",
            )
        ),
        locale=str(configuration.get("Locale", "en_US")),
        tools=tuple(_tools(desk, _names(arn, name), configuration.get("ToolConfigurations") or [])),
    )


def _names(arn: str, name: str) -> tuple[str, ...]:
    """What the agent is called in associations: with the qualifier in use, and without."""
    qualifier = name.rsplit("/", 1)[-1].partition(":")[2]
    return (f"{arn}:{qualifier}", arn) if qualifier else (arn,)


def _tools(desk: Desk, names: tuple[str, ...], configured: list[Any]) -> Iterator[Tool]:
    permitted = set(_permissions(desk, names))
    for item in configured:
        tool = _tool(item)
        if tool is None:
            logger.warning("tool type is not played here", extra={"tool": item.get("ToolName")})
        elif tool.kind is ToolKind.MCP and (tool.gateway_id, tool.mcp_name) not in permitted:
            # As on Connect: rights come from the security profile, not from the agent.
            logger.warning("no security profile permits tool %s", tool.mcp_name)
        elif tool.kind is ToolKind.MCP and not _is_application(desk, tool.gateway_id):
            logger.warning("no MCP application for gateway %s", tool.gateway_id)
        else:
            yield tool


def _permissions(desk: Desk, names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for profile_id in {item for name in names for item in desk.associations.profiles_of(name)}:
        profile = desk.find(PROFILE, profile_id)
        for application in profile.property("Applications", default=[]) if profile else []:
            for permission in application.get("ApplicationPermissions") or []:
                yield str(application.get("Namespace")), str(permission)


def _is_application(desk: Desk, gateway_id: str) -> bool:
    return any(
        found.property("Namespace") == gateway_id
        and found.property("ApplicationType") == "MCP_SERVER"
        for found in desk.registry.of_type(APPLICATION)
    )


def _tool(item: Mapping[str, Any]) -> Tool | None:
    try:
        kind = ToolKind(str(item.get("ToolType")))
    except ValueError:
        return None
    found = TOOL_ID.fullmatch(str(item.get("ToolId", "")))
    instruction = (item.get("Instruction") or {}).get("Instruction", "")
    confirmation = (item.get("UserInteractionConfiguration") or {}).get(
        "IsUserConfirmationRequired", False
    )
    return Tool(
        name=str(item["ToolName"]),
        kind=kind,
        description=str(item.get("Description") or instruction),
        input_schema=item.get("InputSchema") or {},
        confirm=str(confirmation).lower() == "true",
        title=str(item.get("Title", "")),
        gateway_id=found["gateway"] if found else "",
        mcp_name=found["tool"] if found else "",
    )


def agent_id(resource: Resource) -> str:
    """The id of a registered agent."""
    return last(str(resource.attributes.get("AIAgentId") or resource.physical_id))
