"""A deployed desk in a state folder, and Amazon Connect's stand-in over it."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from switchboard.contact_flows.actions.branching import CheckHoursOfOperation, Compare, Loop
from switchboard.contact_flows.actions.contact_data import (
    UpdateContactAttributes,
    UpdateContactData,
    UpdateContactTargetQueue,
)
from switchboard.contact_flows.actions.integration import CreateWisdomSession, InvokeLambdaFunction
from switchboard.contact_flows.actions.routing import DisconnectParticipant, TransferContactToQueue
from switchboard.contact_flows.actions.talk import (
    ConnectParticipantWithLexBot,
    CustomValidation,
    DtmfConfiguration,
    GetParticipantInput,
    InputValidation,
    LexV2Bot,
    MessageParticipant,
)
from switchboard.contact_flows.builder import Flow
from switchboard.local.connect.agent.adapters.memory import MemoryModel, MemoryTools
from switchboard.local.connect.agent.ports import Request, ToolAnswer
from switchboard.local.connect.app import create_app
from switchboard.local.connect.associations import Associations
from switchboard.local.connect.calls.functions import MemoryFunctions
from switchboard.local.connect.client import Caller, Desk
from switchboard.local.connect.wiring import Outside
from switchboard.local.engine.registry import Registry, Resource
from switchboard.local.settings import ACCOUNT, REGION, LocalSettings
from switchboard.local.standin.threaded import served

NUMBER = "+15555550100"
TICKET = "INC0000013"
INSTANCE_ID = "00000000-0000-4000-8000-000000000001"
INSTANCE = f"arn:aws:connect:us-east-1:111122223333:instance/{INSTANCE_ID}"
ASSISTANT_ID = "00000000-0000-4000-8000-000000000002"
ASSISTANT = f"arn:aws:wisdom:us-east-1:111122223333:assistant/{ASSISTANT_ID}"
AGENT_ID = "00000000-0000-4000-8000-000000000003"
AGENT = f"arn:aws:wisdom:us-east-1:111122223333:ai-agent/{ASSISTANT_ID}/{AGENT_ID}"
PROMPT_ID = "00000000-0000-4000-8000-000000000004"
GATEWAY_ID = "poc-itsm-agentcore-gateway-0123456789"
ALIAS = "arn:aws:lex:us-east-1:111122223333:bot-alias/BOT0000001/LIVE000001"
SESSION_FUNCTION = "arn:aws:lambda:us-east-1:111122223333:function:session"
STATUS_FUNCTION = "arn:aws:lambda:us-east-1:111122223333:function:status"
FLOW = f"{INSTANCE}/contact-flow/00000000-0000-4000-8000-000000000005"
QUEUE = f"{INSTANCE}/queue/00000000-0000-4000-8000-000000000006"
HOURS = f"{INSTANCE}/operating-hours/00000000-0000-4000-8000-000000000007"
PROFILE = f"{INSTANCE}/security-profile/00000000-0000-4000-8000-000000000008"
PHONE = "arn:aws:connect:us-east-1:111122223333:phone-number/00000000-0000-4000-8000-000000000009"
CREATE, STATUS = "itsm___create_ticket", "itsm___get_ticket_status"
PROMPT = """system: |
  You are Switchboard's l1_support agent.
  Caller: {{$.Custom.callerId}}. Tickets: {{$.Custom.openTickets}}. {{$.Custom.unknown}}
  <tools>{{$.toolConfigurationList}}</tools>
messages:
  - '{{$.conversationHistory}}'
"""
DAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")


def silent_model(_request: Request) -> list[Any]:
    """What a model says that was told nothing."""
    return ["<message>I am listening.</message>"]


def desk_flow() -> str:
    """Greeting, agent, silence to keypad, a person, the end: small, but every kind of waiting."""
    flow = Flow("test-desk")
    flow.add("session", CreateWisdomSession(wisdom_assistant_arn=ASSISTANT), then="keep",
             on_error="keypad")  # fmt: skip
    flow.add("keep", UpdateContactData(wisdom_session_arn="$.Wisdom.SessionArn"), then="hours",
             on_error="keypad")  # fmt: skip
    flow.add("hours", CheckHoursOfOperation(hours_of_operation_id=HOURS),
             when={"True": "open", "False": "closed"}, on_error="open")  # fmt: skip
    flow.add("closed", MessageParticipant(text="We are closed."), then="bye")
    flow.add("open", _function(SESSION_FUNCTION, sessionArn="$.Wisdom.SessionArn"), then="note",
             on_error="keypad")  # fmt: skip
    flow.add("note", UpdateContactAttributes(attributes={"greeted": "true"}), then="bot",
             on_error="bot")  # fmt: skip
    flow.add("bot", ConnectParticipantWithLexBot(text="$.External.greeting",
             lex_v2_bot=LexV2Bot(alias_arn=ALIAS)), then="tool",
             errors={"NoMatchingError": "keypad", "NoMatchingCondition": "again"})  # fmt: skip
    flow.add("tool", Compare(comparison_value="$.Lex.SessionAttributes.Tool"),
             when={"Complete": "thanks", "Escalate": "queue"}, on_error="again")  # fmt: skip
    flow.add("again", Loop(loop_count=2), when={"ContinueLooping": "ask", "DoneLooping": "keypad"})
    flow.add("ask", ConnectParticipantWithLexBot(text="Are you still there?",
             lex_v2_bot=LexV2Bot(alias_arn=ALIAS)), then="tool",
             errors={"NoMatchingError": "keypad", "NoMatchingCondition": "again"})  # fmt: skip
    flow.add("keypad", GetParticipantInput(text="Press 1 for a ticket, 0 for a person.",
             input_time_limit_seconds=8), when={"1": "number", "0": "queue"},
             on_error="queue")  # fmt: skip
    flow.add("number", _digits("Enter the number, then hash."), then="status", on_error="queue")
    flow.add("status", _function(STATUS_FUNCTION, number="$.StoredCustomerInput"), then="tell",
             on_error="queue")  # fmt: skip
    flow.add("tell", MessageParticipant(text="$.External.sentence"), then="thanks")
    flow.add("queue", UpdateContactTargetQueue(queue_id=QUEUE), then="move", on_error="bye")
    flow.add("move", TransferContactToQueue(), then="bye",
             errors={"QueueAtCapacity": "full", "NoMatchingError": "full"})  # fmt: skip
    flow.add("full", MessageParticipant(text="Everybody is busy."), then="bye")
    flow.add("thanks", MessageParticipant(text="Thank you for calling."), then="bye")
    flow.add("bye", DisconnectParticipant())
    return flow.to_json()


def _function(arn: str, **attributes: str) -> InvokeLambdaFunction:
    return InvokeLambdaFunction(
        lambda_function_arn=arn,
        invocation_time_limit_seconds=4,
        lambda_invocation_attributes=attributes,
    )


def _digits(text: str) -> GetParticipantInput:
    return GetParticipantInput(
        text=text,
        input_time_limit_seconds=10,
        store_input=True,
        input_validation=InputValidation(custom_validation=CustomValidation(maximum_length=7)),
        dtmf_configuration=DtmfConfiguration(),
    )


def tool(name: str, *, confirm: bool = False) -> dict[str, Any]:
    return {
        "ToolName": name,
        "ToolType": "MODEL_CONTEXT_PROTOCOL",
        "ToolId": f"gateway_{GATEWAY_ID}__{name}",
        "Description": name,
        "InputSchema": {"type": "object"},
        "UserInteractionConfiguration": {"IsUserConfirmationRequired": confirm},
    }


def back(name: str) -> dict[str, Any]:
    return {
        "ToolName": name,
        "ToolType": "RETURN_TO_CONTROL",
        "Description": name,
        "InputSchema": {"type": "object"},
    }


@dataclass
class Events:
    """EventBridge, as far as Connect needs it."""

    entries: list[dict[str, Any]] = field(default_factory=list)

    def put_events(self, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803 - the wire's
        self.entries += Entries
        return {"FailedEntryCount": 0}

    def kinds(self, contact_id: str) -> list[str]:
        details = [json.loads(entry["Detail"]) for entry in self.entries]
        return [item["eventType"] for item in details if item["contactId"] == contact_id]


@dataclass
class Deployment:
    """The registry of a desk, and what is outside of Connect."""

    settings: LocalSettings
    functions: MemoryFunctions
    model: MemoryModel
    tools: MemoryTools
    events: Events

    def register(self, name: str, type_name: str, properties: Any, **attributes: str) -> None:
        physical_id = attributes.pop("ref", name)
        resource = Resource(type_name, "test", name, physical_id, properties, attributes)
        Registry(self.settings.folder.registry).put(resource)

    def deploy(self) -> None:
        """Everything the templates of platform and voice deploy, as the engine registers it."""
        self.register("instance", "AWS::Connect::Instance", {"InstanceAlias": "desk-test"},
                      Arn=INSTANCE, Id=INSTANCE_ID)  # fmt: skip
        self.open_hours()
        self.register("queue", "AWS::Connect::Queue", {"Name": "people", "MaxContacts": 2,
                      "HoursOfOperationArn": HOURS}, QueueArn=QUEUE)  # fmt: skip
        self.register("phone", "AWS::Connect::PhoneNumber", {}, PhoneNumberArn=PHONE, ref=PHONE,
                      Address=NUMBER)  # fmt: skip
        self.flow(desk_flow())
        self.register("assistant", "AWS::Wisdom::Assistant", {"Name": "desk"}, ref=ASSISTANT_ID,
                      AssistantArn=ASSISTANT, AssistantId=ASSISTANT_ID)  # fmt: skip
        self.register("profile", "AWS::Connect::SecurityProfile", {"Applications": [{
                      "Namespace": GATEWAY_ID, "Type": "MCP", "ApplicationPermissions":
                      [CREATE, STATUS]}]}, SecurityProfileArn=PROFILE)  # fmt: skip
        self.register("application", "AWS::AppIntegrations::Application", {
                      "ApplicationType": "MCP_SERVER", "Namespace": GATEWAY_ID})  # fmt: skip
        self.register("gateway", "AWS::BedrockAgentCore::Gateway", {"Name": "desk", "RoleArn": "r",
                      "AuthorizerType": "CUSTOM_JWT", "AuthorizerConfiguration": {
                      "CustomJWTAuthorizer": {"DiscoveryUrl": "https://desk-test.my.connect.aws",
                      "AllowedAudience": ["none"]}}}, ref=GATEWAY_ID,
                      GatewayIdentifier=GATEWAY_ID, GatewayArn=f"arn:x:gateway/{GATEWAY_ID}",
                      GatewayUrl=self.settings.mcp_url)  # fmt: skip
        self.agent()
        self._bot()

    def agent(self, *tools: dict[str, Any], prompt: str = PROMPT) -> None:
        """The AI agent with its prompt."""
        configured = tools or (tool(CREATE, confirm=True), tool(STATUS), back("Complete"),
                               back("Escalate"))  # fmt: skip
        self.register("prompt", "AWS::Wisdom::AIPrompt", {"ModelId": "offline.playbook",
                      "TemplateConfiguration": {"TextFullAIPromptEditTemplateConfiguration":
                      {"Text": prompt}}}, AIPromptId=PROMPT_ID, ref=PROMPT_ID)  # fmt: skip
        self.register("agent", "AWS::Wisdom::AIAgent", {"Configuration": {
                      "OrchestrationAIAgentConfiguration": {"OrchestrationAIPromptId":
                      f"{PROMPT_ID}:1", "ToolConfigurations": list(configured)}}}, ref=AGENT_ID,
                      AIAgentId=AGENT_ID, AIAgentArn=AGENT, AssistantArn=ASSISTANT)  # fmt: skip

    def flow(self, content: str) -> None:
        self.register("flow", "AWS::Connect::ContactFlow", {"Name": "desk", "Content": content},
                      ContactFlowArn=FLOW, ref=FLOW)  # fmt: skip

    def open_hours(self, *days: str) -> None:
        day = {"StartTime": {"Hours": 0, "Minutes": 0}, "EndTime": {"Hours": 23, "Minutes": 59}}
        config = [{"Day": name, **day} for name in days or DAYS]
        self.register("hours", "AWS::Connect::HoursOfOperation", {"TimeZone": "UTC",
                      "Config": config}, HoursOfOperationArn=HOURS)  # fmt: skip

    def never_open(self) -> None:
        self.register("hours", "AWS::Connect::HoursOfOperation", {"TimeZone": "UTC", "Config": []},
                      HoursOfOperationArn=HOURS)  # fmt: skip

    def _bot(self) -> None:
        intent = {"Name": "Desk", "QInConnectIntentConfiguration":
                  {"QInConnectAssistantConfiguration": {"AssistantArn": ASSISTANT}}}  # fmt: skip
        self.register("bot", "AWS::Lex::Bot", {"Name": "desk", "BotLocales": [
                      {"LocaleId": "en_US", "Intents": [intent]}]}, ref="BOT0000001",
                      Id="BOT0000001")  # fmt: skip
        self.register("alias", "AWS::Lex::BotAlias", {"BotId": "BOT0000001"}, Arn=ALIAS,
                      BotAliasId="LIVE000001", ref="LIVE000001")  # fmt: skip


@pytest.fixture
def deployment(tmp_path: Path) -> Deployment:
    """A desk that is deployed, but not yet tied together."""
    functions = MemoryFunctions()
    functions.register(SESSION_FUNCTION, lambda _event: {"greeting": "How can I help?"})
    functions.register(STATUS_FUNCTION, lambda _event: {"sentence": "It is being worked on."})
    made = Deployment(
        LocalSettings(home=tmp_path),
        functions,
        MemoryModel(silent_model),
        MemoryTools(
            {
                CREATE: lambda _: ToolAnswer(json.dumps({"ticket_id": TICKET})),
                STATUS: lambda _: ToolAnswer(json.dumps({"spoken_status": "It is open."})),
            }
        ),
        Events(),
    )
    made.deploy()
    return made


@dataclass
class Connect:
    """The stand-in, served."""

    url: str
    deployment: Deployment
    desk: Desk
    _clients: dict[str, Any] = field(default_factory=dict)

    def client(self, name: str) -> Any:
        if name not in self._clients:
            session: Any = boto3.Session(ACCOUNT, "local", region_name=REGION)
            config = Config(retries={"max_attempts": 0}, read_timeout=10)
            self._clients[name] = session.client(name, endpoint_url=self.url, config=config)
        return self._clients[name]

    def close(self) -> None:
        self.desk.close()
        for client in self._clients.values():
            client.close()

    def tie(self) -> None:
        """What the API leaves after a deployment, without a client: they are slow to make."""
        kept = Associations(self.deployment.settings.folder.connect / "associations.json")
        kept.ring(PHONE.rsplit("/", 1)[-1], FLOW)
        kept.grant(f"{AGENT}:$LATEST", [PROFILE.rsplit("/", 1)[-1]])
        kept.use_agent(ASSISTANT_ID, "Connect.SelfService", f"{AGENT_ID}:$LATEST")

    def tie_by_api(self) -> None:
        """What the custom resources of the templates do after a deployment."""
        connect = self.client("connect")
        connect.associate_phone_number_contact_flow(
            PhoneNumberId=PHONE, InstanceId=INSTANCE_ID, ContactFlowId=FLOW
        )
        for qualifier in (":$LATEST", ":$SAVED", "", ":1"):
            connect.associate_security_profiles(
                InstanceId=INSTANCE_ID,
                EntityType="AI_AGENT",
                EntityArn=f"{AGENT}{qualifier}",
                SecurityProfiles=[{"Id": PROFILE.rsplit("/", 1)[-1]}],
            )
        self.client("qconnect").update_assistant_ai_agent(
            assistantId=ASSISTANT_ID,
            aiAgentType="ORCHESTRATION",
            orchestratorUseCase="Connect.SelfService",
            configuration={"aiAgentId": f"{AGENT_ID}:$LATEST"},
        )

    def ring(self, caller: str = NUMBER) -> Caller:
        return self.desk.ring(caller)


@pytest.fixture
def served_desk(deployment: Deployment) -> Callable[..., AbstractContextManager["Connect"]]:
    """Serve the desk (again); a context manager that yields `Connect`."""

    @contextmanager
    def serve(**changes: Any) -> Iterator[Connect]:
        given = {"functions": deployment.functions, "model": deployment.model,
                 "server": deployment.tools, "events": deployment.events, **changes}  # fmt: skip
        outside = Outside(**given)
        with served(lambda port: create_app(_at(deployment, port), outside)) as port:
            url = f"http://127.0.0.1:{port}"
            running = Connect(url, deployment, Desk(url))
            try:
                yield running
            finally:
                running.close()

    return serve


@pytest.fixture
def connect(served_desk: Callable[..., Any]) -> Iterator[Connect]:
    """The stand-in over a desk that is tied together."""
    with served_desk() as running:
        running.tie()
        yield running


def _at(deployment: Deployment, port: int) -> LocalSettings:
    return deployment.settings.model_copy(update={"port_connect": port})
