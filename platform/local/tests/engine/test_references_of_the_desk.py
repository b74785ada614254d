"""What Ref and GetAtt of the call centre's types answer, against AWS's own schemas."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import cfnlint
import pytest

from switchboard.local.engine.registry import Registry
from switchboard.local.engine.resource_types import ATTRIBUTES, ResourceTypes

SCHEMAS = Path(cfnlint.__file__).parent / "data" / "schemas"
DESK = ("AWS::Connect::", "AWS::Wisdom::", "AWS::Lex::", "AWS::AppIntegrations::Application")
UNUSED = {
    # Parts of Connect without a form of their own here: no template of ours has them.
    "AWS::Connect::" + name
    for name in [
        "DataLakeAssociation",
        "DataTable",
        "DataTableAttribute",
        "DataTableRecord",
        "EmailAddress",
        "Metric",
        "Notification",
        "PredefinedAttribute",
        "SecurityKey",
        "UseCase",
        "UserHierarchyStructure",
        "ViewVersion",
        "Vocabulary",
        "Workspace",
    ]
} | {
    "AWS::Wisdom::" + name
    for name in [
        "Content",
        "ContentAssociation",
        "MessageTemplate",
        "MessageTemplateVersion",
        "QuickResponse",
    ]
}
UUID = r"[a-f0-9]{8}-[a-f0-9]{4}-4[a-f0-9]{3}-[89ab][a-f0-9]{3}-[a-f0-9]{12}"
FOLDER = "arn:aws:connect:us-east-1:111122223333:instance"


def _schema(type_name):
    names = json.loads((SCHEMAS / "providers" / "us-east-1.json").read_text())
    return json.loads((SCHEMAS / "resources" / f"{names[type_name]}.json").read_text())


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path / "registry")


class Desk:
    """Deploys resources of one stack."""

    def __init__(self, folder):
        self.registry = Registry(folder)
        self.handlers = {}
        self.seconds = 1_700_000_000
        ResourceTypes(
            self.registry,
            scope=lambda: ("111122223333", "us-east-1"),
            gateway_url="http://127.0.0.1:8802/mcp",
            now=lambda: datetime.fromtimestamp(self.seconds, UTC),
        ).register(self.handlers)

    def create(self, type_name, logical_id="Logical", **properties):
        return self.handlers[type_name]["create"](logical_id, properties, "stack")

    def update(self, type_name, physical_id, logical_id="Logical", **properties):
        update = self.handlers[type_name]["update"]
        return update(physical_id, {}, properties, "stack", logical_id)

    def parents(self):
        """References that others of the desk need."""
        instance, _ = self.create("AWS::Connect::Instance", "Instance")
        assistant, _ = self.create("AWS::Wisdom::Assistant", "Assistant", Name="desk")
        _, agent = self.create("AWS::Wisdom::AIAgent", "Agent", AssistantId=assistant)
        _, prompt = self.create("AWS::Wisdom::AIPrompt", "Prompt", AssistantId=assistant)
        _, guard = self.create("AWS::Wisdom::AIGuardrail", "Guard", AssistantId=assistant)
        flow, _ = self.create("AWS::Connect::ContactFlow", "Flow", InstanceArn=instance)
        module, _ = self.create("AWS::Connect::ContactFlowModule", "Module", InstanceArn=instance)
        bot, _ = self.create("AWS::Lex::Bot", "Bot")
        return {
            "InstanceArn": instance,
            "InstanceId": instance,
            "AssistantId": assistant,
            "AIAgentId": agent["AIAgentId"],
            "AIPromptId": prompt["AIPromptId"],
            "AIGuardrailId": guard["AIGuardrailId"],
            "ContactFlowId": flow,
            "ContactFlowModuleId": module,
            "BotId": bot,
            "IntegrationType": "APPLICATION",
            "IntegrationArn": "arn:aws:app-integrations:us-east-1:111122223333:application/one",
            "Origin": "https://example.com",
            "ResourceType": "CALL_RECORDINGS",
        }


@pytest.mark.parametrize(
    "type_name", sorted(name for name in ATTRIBUTES if name.startswith(DESK) and name not in UNUSED)
)
def test_references_have_the_form_that_awss_schema_gives_them(desk, type_name):
    schema = _schema(type_name)
    given = desk.parents()

    ref, answers = desk.create(type_name, **given)

    identity = [path.rsplit("/", 1)[-1] for path in schema["primaryIdentifier"]]
    known = {**given, **answers}
    if (
        "/properties/Id" not in schema["primaryIdentifier"]
        or type_name != "AWS::Lex::ResourcePolicy"
    ):
        assert ref == "|".join(known[name] for name in identity)
    for name, answer in answers.items():
        pattern = schema["properties"].get(name, {}).get("pattern")
        assert pattern is None or re.search(pattern, answer), (name, answer)


def test_ids_are_those_of_the_stack_and_survive_a_reset(desk, tmp_path):
    before = desk.parents()

    assert Desk(tmp_path / "another").parents() == before
    assert re.fullmatch(f"{FOLDER}/{UUID}/contact-flow/{UUID}", before["ContactFlowId"])


def test_the_number_that_rings_is_one_reserved_for_fiction(desk):
    _, answers = desk.create("AWS::Connect::PhoneNumber", TargetArn=f"{FOLDER}/x")

    assert answers["Address"] == "+15555550100"


def test_a_version_of_an_agent_is_counted_up_when_the_agent_was_changed(desk):
    parents = desk.parents()
    kind, agent = "AWS::Wisdom::AIAgentVersion", parents["AIAgentId"]
    wanted = {"AssistantId": parents["AssistantId"], "AIAgentId": agent}

    first, one = desk.create(kind, **wanted, ModifiedTimeSeconds="1")
    second, two = desk.update(kind, first, **wanted, ModifiedTimeSeconds="2")

    assert [one["AIAgentVersionId"], two["AIAgentVersionId"]] == [f"{agent}:1", f"{agent}:2"]
    assert second == f"{parents['AssistantId']}|{agent}|2"
    assert [item.physical_id for item in desk.registry.of_type(kind)] == [second]


def test_a_changed_agent_says_when_it_was_changed(desk):
    kind, properties = "AWS::Wisdom::AIAgent", {"AssistantId": "the-assistant"}
    physical_id, before = desk.create(kind, **properties)

    desk.seconds += 60
    same, after = desk.update(kind, physical_id, **properties, Description="other")

    assert same == physical_id
    assert int(after["ModifiedTimeSeconds"]) - int(before["ModifiedTimeSeconds"]) == 60


def test_two_flows_have_versions_of_their_own(desk):
    kind = "AWS::Connect::ContactFlowVersion"

    _, one = desk.create(kind, "One", ContactFlowId="arn:aws:connect:flow/a")
    _, other = desk.create(kind, "Other", ContactFlowId="arn:aws:connect:flow/b")

    assert [one["ContactFlowVersionARN"], other["ContactFlowVersionARN"]] == [
        "arn:aws:connect:flow/a:1",
        "arn:aws:connect:flow/b:1",
    ]


def test_an_association_with_a_long_name_is_kept_on_record(desk):
    given = {
        "InstanceId": f"{FOLDER}/x",
        "IntegrationType": "LAMBDA_FUNCTION",
        "IntegrationArn": f"arn:aws:lambda:us-east-1:111122223333:function:{'x' * 140}",
    }

    ref, _ = desk.create("AWS::Connect::IntegrationAssociation", **given)

    assert desk.registry.get(ref).properties == given
