"""The AI agent, its rights, the bot, the flow and its test cases, as the template has them."""

import json
from typing import Any

import pytest
from aws_cdk.assertions import Match, Template

from switchboard.voice.agent.definition import TOOLS, prompt_template
from switchboard.voice.flows.scenarios import scenarios

TOOL_NAMES = [
    "itsm___create_ticket",
    "itsm___get_ticket_status",
    "itsm___add_ticket_comment",
    "itsm___list_recent_tickets",
]


def of_type(resources: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [r["Properties"] for r in resources.values() if r["Type"] == kind]


def agent(resources: dict[str, Any]) -> dict[str, Any]:
    (found,) = of_type(resources, "AWS::Wisdom::AIAgent")
    configuration: dict[str, Any] = found["Configuration"]["OrchestrationAIAgentConfiguration"]
    return configuration


def text(value: Any) -> str:
    return json.dumps(value)


def calls(resources: dict[str, Any], operation: str) -> list[dict[str, Any]]:
    return [
        call["Create"]["Parameters"]
        for call in of_type(resources, "Custom::ApiCall")
        if call["Create"]["Operation"] == operation
    ]


@pytest.mark.requirement("VOI-03", "S")
def test_the_agents_rights_are_exactly_the_four_tools_of_its_security_profile(
    resources: dict[str, Any],
) -> None:
    (profile,) = of_type(resources, "AWS::Connect::SecurityProfile")

    (application,) = profile["Applications"]
    assert application["ApplicationPermissions"] == TOOL_NAMES
    assert application["Type"] == "MCP"
    assert "deskgatewayid" in application["Namespace"]["Ref"]
    assert "Permissions" not in profile


@pytest.mark.requirement("VOI-03", "S")
def test_the_profile_is_given_under_four_names_after_there_is_a_version(
    resources: dict[str, Any],
) -> None:
    given = calls(resources, "associate_security_profiles")

    endings = [text(parameters["EntityArn"]) for parameters in given]
    assert len(endings) == 4
    assert sum(":$LATEST" in ending for ending in endings) == 1
    assert sum(":$SAVED" in ending for ending in endings) == 1
    assert sum("AIAgentVersionId" in ending for ending in endings) == 1
    first = next(
        r
        for n, r in resources.items()
        if n.startswith("AgentRightsLatest") and "Service" in r["Properties"]
    )
    assert any(name.startswith("AgentVersion") for name in first["DependsOn"])


@pytest.mark.requirement("VOI-05", "S")
def test_the_agent_uses_the_desks_gateway_and_asks_before_it_opens_a_ticket(
    resources: dict[str, Any],
) -> None:
    tools = agent(resources)["ToolConfigurations"]

    behind = [tool for tool in tools if tool["ToolType"] == "MODEL_CONTEXT_PROTOCOL"]
    assert [tool["ToolName"] for tool in behind] == TOOL_NAMES
    for tool in behind:
        start, gateway, end = tool["ToolId"]["Fn::Join"][1]
        assert (start, end) == ("gateway_", f"__{tool['ToolName']}")
        assert "deskgatewayid" in gateway["Ref"]
    asked = [tool["UserInteractionConfiguration"]["IsUserConfirmationRequired"] for tool in behind]
    assert asked == [True, False, False, False]


@pytest.mark.requirement("VOI-05", "S")
def test_the_agent_can_complete_and_escalate_with_what_the_flow_reads(
    resources: dict[str, Any],
) -> None:
    tools = {tool["ToolName"]: tool for tool in agent(resources)["ToolConfigurations"]}

    assert set(tools) == {tool.name for tool in TOOLS}
    assert tools["Complete"]["ToolType"] == "RETURN_TO_CONTROL"
    (flow,) = of_type(resources, "AWS::Connect::ContactFlow")
    content = "".join(p for p in flow["Content"]["Fn::Join"][1] if isinstance(p, str))
    for name in tools["Escalate"]["InputSchema"]["properties"]:
        assert f"$.Lex.SessionAttributes.{name}" in content


@pytest.mark.requirement("VOI-05", "S")
def test_the_prompt_is_the_one_of_the_repository_on_a_model_that_can_be_chosen(
    template: Template, resources: dict[str, Any]
) -> None:
    (prompt,) = of_type(resources, "AWS::Wisdom::AIPrompt")

    written = prompt["TemplateConfiguration"]["TextFullAIPromptEditTemplateConfiguration"]["Text"]
    assert written == prompt_template()
    assert prompt["ModelId"] == {"Ref": "ModelId"}
    assert template.to_json()["Parameters"]["ModelId"]["Default"].startswith("us.anthropic.")
    assert "AIPromptVersionId" in text(agent(resources)["OrchestrationAIPromptId"])


def test_the_agents_version_is_the_assistants_default_for_self_service(
    resources: dict[str, Any],
) -> None:
    (default,) = calls(resources, "update_assistant_ai_agent")

    assert default["aiAgentType"] == "ORCHESTRATION"
    assert default["orchestratorUseCase"] == "Connect.SelfService"
    assert "AIAgentVersionId" in text(default["configuration"]["aiAgentId"])


def test_a_changed_prompt_or_agent_makes_a_new_version(resources: dict[str, Any]) -> None:
    versions = of_type(resources, "AWS::Wisdom::AIPromptVersion")
    versions += of_type(resources, "AWS::Wisdom::AIAgentVersion")

    assert len(versions) == 2
    assert all("ModifiedTimeSeconds" in text(v["ModifiedTimeSeconds"]) for v in versions)


def test_every_word_of_a_caller_goes_from_the_bot_to_the_assistant(
    resources: dict[str, Any],
) -> None:
    (bot,) = of_type(resources, "AWS::Lex::Bot")

    (locale,) = bot["BotLocales"]
    assert locale["SpeechRecognitionSettings"]["SpeechModelPreference"] == "Advanced"
    signatures = {i["Name"]: i["ParentIntentSignature"] for i in locale["Intents"]}
    assert signatures == {
        "Desk": "AMAZON.QInConnectIntent",
        "FallbackIntent": "AMAZON.FallbackIntent",
    }


@pytest.mark.requirement("VOI-02", "S")
def test_the_desks_number_rings_the_flow(resources: dict[str, Any]) -> None:
    (number,) = calls(resources, "associate_phone_number_contact_flow")

    assert "phonenumberarn" in text(number["PhoneNumberId"])
    assert "ContactFlowArn" in text(number["ContactFlowId"])
    assert "instanceid" in text(number["InstanceId"])


@pytest.mark.requirement("VOI-07", "S")
def test_the_flow_connects_assistant_bot_function_queue_and_hours_that_are_there(
    resources: dict[str, Any],
) -> None:
    (flow,) = of_type(resources, "AWS::Connect::ContactFlow")
    parts = flow["Content"]["Fn::Join"][1]

    used = {text(part) for part in parts if not isinstance(part, str)}
    for name in ("assistantarn", "queuearn", "hoursarn", "FunctionsDeskFunction", "BotAlias"):
        assert [one for one in used if name in one], name
    actions = json.loads("".join(p if isinstance(p, str) else "arn" for p in parts))["Actions"]
    types = {action["Type"] for action in actions}
    assert {
        "CreateWisdomSession",
        "ConnectParticipantWithLexBot",
        "InvokeLambdaFunction",
        "TransferContactToQueue",
        "DisconnectParticipant",
    } <= types


def test_the_flow_comes_after_the_associations_that_connect_checks(
    resources: dict[str, Any],
) -> None:
    (flow,) = [r for r in resources.values() if r["Type"] == "AWS::Connect::ContactFlow"]

    assert [name for name in flow["DependsOn"] if name.startswith("BotAssociation")]
    assert [name for name in flow["DependsOn"] if name.startswith("FlowFunction")]


def test_bot_and_function_are_known_to_the_instance(template: Template) -> None:
    for kind in ("LEX_BOT", "LAMBDA_FUNCTION"):
        template.has_resource_properties(
            "AWS::Connect::IntegrationAssociation",
            {
                "IntegrationType": kind,
                "InstanceId": {"Ref": Match.string_like_regexp("instancearn")},
            },
        )


@pytest.mark.requirement("NEW-08", "C")
def test_every_scenario_is_deployed_as_it_is_run_here(resources: dict[str, Any]) -> None:
    deployed = {}
    for case in of_type(resources, "AWS::Connect::TestCase"):
        content, bound = case["Content"], {}
        if isinstance(content, dict):
            content, bound = content["Fn::Sub"]
        deployed[content] = set(bound)
        assert case["EntryPoint"]["Type"] == "VOICE_CALL"

    assert {scenario.content for scenario in scenarios()} == set(deployed)
    for content, names in deployed.items():
        assert all(f"${{{name}}}" in content for name in names)
        left = content
        for name in names:
            left = left.replace(f"${{{name}}}", "")
        assert "${" not in left
