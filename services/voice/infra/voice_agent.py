"""The AI agent of the desk: prompt, guardrail, tools, and what it may do. Not run on AWS.

Forms: CloudFormation schemas of AWS::Wisdom::*; tool ids as found in
aws-samples/sample-restaurant-telephony-ai-host-using-amazon-connect-customer.
"""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_connect as connect
from aws_cdk import aws_wisdom as wisdom
from constructs import Construct
from voice_agent_rights import AgentRights, bare
from voice_names import named

from switchboard.constructs.api_call import ApiCall
from switchboard.constructs.explained import explain_wildcard
from switchboard.constructs.service_stack import ServiceStack
from switchboard.voice.agent.definition import TOOLS, ToolDefinition, ToolKind, prompt_template

DEFAULT_MODEL = "us.anthropic.claude-haiku-4-5-20251001-v1:0"
"""An inference profile: fast enough for a telephone."""
USE_CASE = "Connect.SelfService"
LOCALE = "en_US"


class DeskAgent(Construct):
    """Prompt and agent with their versions, made the assistant's default for self-service."""

    def __init__(self, scope: ServiceStack, construct_id: str) -> None:
        """Build it for the assistant and the gateway of the environment."""
        super().__init__(scope, construct_id)
        self._stack = scope
        self._name = named("l1-support-agent", scope.environment_data)
        self._instance_arn = scope.platform_value("connect/instance-arn")
        self._assistant_id = scope.platform_value("connect/assistant-id")
        self._gateway_id = scope.platform_value("desk/gateway-id")
        self.profile = self._profile()
        self.agent = self._agent(self._prompt(), self._guardrail())
        self.version = wisdom.CfnAIAgentVersion(
            self,
            "Version",
            assistant_id=self._assistant_id,
            ai_agent_id=self.agent.attr_ai_agent_id,
            # another time, another version: a version is never changed
            modified_time_seconds=cdk.Token.as_number(self.agent.attr_modified_time_seconds),
        )
        rights = AgentRights(
            self,
            "Rights",
            agent=self.agent,
            version=self.version,
            profile=self.profile,
            instance_id=scope.platform_value("connect/instance-id"),
        )
        self._default().node.add_dependency(rights)

    @property
    def arn(self) -> str:
        """The agent's ARN, without the qualifier of a version."""
        return bare(self.agent.attr_ai_agent_arn)

    def _profile(self) -> connect.CfnSecurityProfile:
        """Exactly the gateway's tools that the agent has (VOI-03)."""
        kind = connect.CfnSecurityProfile
        return connect.CfnSecurityProfile(
            self,
            "Profile",
            instance_arn=self._instance_arn,
            security_profile_name=self._name,
            description="What the AI agent of the desk may do: four tools for tickets",
            applications=[
                kind.ApplicationProperty(
                    type="MCP",
                    namespace=self._gateway_id,
                    application_permissions=[tool.name for tool in mcp_tools()],
                )
            ],
        )

    def _prompt(self) -> str:
        """The id of the prompt's version."""
        model = cdk.CfnParameter(
            self._stack,
            "ModelId",
            default=DEFAULT_MODEL,
            description="Model or inference profile that the AI agent of the desk thinks with",
        )
        kind = wisdom.CfnAIPrompt
        template = kind.TextFullAIPromptEditTemplateConfigurationProperty(text=prompt_template())
        prompt = wisdom.CfnAIPrompt(
            self,
            "Prompt",
            assistant_id=self._assistant_id,
            name=named("l1-support-prompt", self._stack.environment_data),
            type="ORCHESTRATION",
            api_format="MESSAGES",
            template_type="TEXT",
            model_id=model.value_as_string,
            template_configuration=kind.AIPromptTemplateConfigurationProperty(
                text_full_ai_prompt_edit_template_configuration=template
            ),
        )
        version = wisdom.CfnAIPromptVersion(
            self,
            "PromptVersion",
            assistant_id=self._assistant_id,
            ai_prompt_id=prompt.attr_ai_prompt_id,
            modified_time_seconds=cdk.Token.as_number(prompt.attr_modified_time_seconds),
        )
        return version.attr_ai_prompt_version_id

    def _guardrail(self) -> str:
        """The id of the guardrail's version.

        It refuses attacks on the prompt only: an upset caller may swear. What protects tickets is
        the binding of the caller on the server (D-05), not this.
        """
        kind = wisdom.CfnAIGuardrail
        guardrail = wisdom.CfnAIGuardrail(
            self,
            "Guardrail",
            assistant_id=self._assistant_id,
            name=named("l1-support-guardrail", self._stack.environment_data),
            blocked_input_messaging="I can only help with I T matters. What is wrong?",
            blocked_outputs_messaging="I cannot say that. Would you like to talk to a person?",
            content_policy_config=kind.AIGuardrailContentPolicyConfigProperty(
                filters_config=[
                    kind.GuardrailContentFilterConfigProperty(
                        type="PROMPT_ATTACK", input_strength="MEDIUM", output_strength="NONE"
                    )
                ]
            ),
        )
        version = wisdom.CfnAIGuardrailVersion(
            self,
            "GuardrailVersion",
            assistant_id=self._assistant_id,
            ai_guardrail_id=guardrail.attr_ai_guardrail_id,
            modified_time_seconds=cdk.Token.as_number(guardrail.attr_modified_time_seconds),
        )
        return version.attr_ai_guardrail_version_id

    def _agent(self, prompt_id: str, guardrail_id: str) -> wisdom.CfnAIAgent:
        kind = wisdom.CfnAIAgent
        agent = wisdom.CfnAIAgent(
            self,
            "Agent",
            assistant_id=self._assistant_id,
            name=self._name,
            description="First-line support on the telephone",
            type="ORCHESTRATION",
            configuration=kind.AIAgentConfigurationProperty(
                orchestration_ai_agent_configuration=kind.OrchestrationAIAgentConfigurationProperty(
                    connect_instance_arn=self._instance_arn,
                    locale=LOCALE,
                    orchestration_ai_prompt_id=prompt_id,
                    orchestration_ai_guardrail_id=guardrail_id,
                    tool_configurations=[tool_configuration(t, self._gateway_id) for t in TOOLS],
                )
            ),
        )
        agent.add_resource_dependency(self.profile)
        return agent

    def _default(self) -> ApiCall:
        """CloudFormation has no resource for an assistant's default agent."""
        use = {
            "assistantId": self._assistant_id,
            "aiAgentType": "ORCHESTRATION",
            "orchestratorUseCase": USE_CASE,
        }
        agent_id = self.version.attr_ai_agent_version_id
        call = ApiCall(
            self,
            "Default",
            service="qconnect",
            create=(
                "update_assistant_ai_agent",
                {**use, "configuration": {"aiAgentId": agent_id}},
            ),
            delete=("remove_assistant_ai_agent", use),
            physical_id=f"{self._assistant_id}-self-service-agent",
            allow=[
                (
                    ["wisdom:UpdateAssistantAIAgent", "wisdom:RemoveAssistantAIAgent"],
                    [self._stack.platform_value("connect/assistant-arn")],
                ),
                (["wisdom:GetAIAgent"], [self.arn, f"{self.arn}:*"]),
            ],
        )
        explain_wildcard(call, ":*", reason="Its versions; a new deployment makes a new one")
        return call


def mcp_tools() -> list[ToolDefinition]:
    """The tools behind the gateway."""
    return [tool for tool in TOOLS if tool.kind is ToolKind.MODEL_CONTEXT_PROTOCOL]


def tool_configuration(tool: ToolDefinition, gateway_id: str) -> Any:
    """A tool as Connect wants it; `itsm___create_ticket` becomes `gateway_<id>__itsm___...`."""
    kind = wisdom.CfnAIAgent
    behind_gateway = tool.kind is ToolKind.MODEL_CONTEXT_PROTOCOL
    return kind.ToolConfigurationProperty(
        tool_name=tool.name,
        tool_type=str(tool.kind),
        tool_id=f"gateway_{gateway_id}__{tool.name}" if behind_gateway else None,
        # which of the two the model reads is documented nowhere
        description=tool.description,
        instruction=kind.ToolInstructionProperty(instruction=tool.description),
        input_schema=tool.input_schema,
        user_interaction_configuration=(
            kind.UserInteractionConfigurationProperty(is_user_confirmation_required=tool.confirm)
            if behind_gateway
            else None
        ),
    )
