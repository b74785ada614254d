"""The deployed desk: instance, numbers, flows, hours, queues, bot and AI agent, as registered."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from switchboard.local.agentcore.registry import Registry, Resource
from switchboard.local.connect.associations import Associations

INSTANCE = "AWS::Connect::Instance"
NUMBER = "AWS::Connect::PhoneNumber"
FLOW = "AWS::Connect::ContactFlow"
FLOW_MODULE = "AWS::Connect::ContactFlowModule"
HOURS = "AWS::Connect::HoursOfOperation"
QUEUE = "AWS::Connect::Queue"
PROFILE = "AWS::Connect::SecurityProfile"
ASSISTANT = "AWS::Wisdom::Assistant"
BOT = "AWS::Lex::Bot"
BOT_ALIAS = "AWS::Lex::BotAlias"


class NotDeployedError(Exception):
    """A part of the desk is not there; says which one and what to do."""

    remedy = "deploy the desk: hatch run up; look at hatch run status"


@dataclass(frozen=True)
class Instance:
    """The Connect instance."""

    id: str
    arn: str
    alias: str

    @property
    def issuer(self) -> str:
        """Who signs the tokens of its AI agents."""
        return f"https://{self.alias}.my.connect.aws"

    @property
    def partition(self) -> str:
        """`arn:aws:connect:<region>:<account>`, without the resource."""
        return self.arn.partition(":instance/")[0]


@dataclass(frozen=True)
class Line:
    """A telephone number and what it rings."""

    number: str
    flow_name: str
    document: Mapping[str, Any]


@dataclass(frozen=True)
class Bot:
    """A bot that hands every word to Connect's AI agent: its AMAZON.QInConnectIntent."""

    intent: str
    assistant_id: str


@dataclass(frozen=True)
class Desk:
    """Reads the registry; what Connect's API tied together comes from the associations."""

    registry: Registry
    associations: Associations

    def instance(self) -> Instance:
        """The instance of the desk.

        Raises:
            NotDeployedError: there is none.
        """
        for found in self.registry.of_type(INSTANCE):
            arn = str(found.attributes.get("Arn") or found.physical_id)
            alias = found.property("InstanceAlias", default="")
            return Instance(last(arn), arn, str(alias))
        raise NotDeployedError("no Connect instance is deployed")

    def find(self, type_name: str, identifier: str) -> Resource | None:
        """A resource by its id or ARN, with or without the qualifier of a version."""
        wanted = last(identifier)
        for found in self.registry.of_type(type_name):
            if wanted in _names(found):
                return found
        return None

    def need(self, type_name: str, identifier: str) -> Resource:
        """The same, or NotDeployedError."""
        found = self.find(type_name, identifier)
        if found is None:
            kind = type_name.rsplit("::", 1)[-1]
            raise NotDeployedError(f"{kind} {identifier!r} is not deployed")
        return found

    def line(self, number: str | None = None) -> Line:
        """The line of a number, or of the first number that rings a flow.

        Raises:
            NotDeployedError: there is no such number, or it rings no flow.
        """
        known = self.registry.of_type(NUMBER)
        wanted = [found for found in known if number in (None, _address(found))]
        for found in wanted:
            flow_id = self.associations.flow_of(number_id(found))
            if flow_id is not None:
                flow = self.need(FLOW, flow_id)
                return Line(_address(found), str(flow.property("Name")), content(flow))
        if wanted:
            raise NotDeployedError("the number rings no flow: none was associated with it")
        named = f"number {number}" if number else "telephone number"
        raise NotDeployedError(f"no {named} is deployed")

    def numbers(self) -> list[str]:
        """Every number that rings a flow."""
        return [
            _address(found)
            for found in self.registry.of_type(NUMBER)
            if self.associations.flow_of(number_id(found))
        ]

    def bot(self, alias_arn: str) -> Bot:
        """The bot behind an alias.

        Raises:
            NotDeployedError: alias, bot or intent is missing.
        """
        alias = self.need(BOT_ALIAS, alias_arn)
        bot = self.need(BOT, str(alias.property("BotId", default="")))
        for locale in bot.property("BotLocales", default=[]):
            for intent in locale.get("Intents") or []:
                arn = _assistant_arn(intent)
                if arn:
                    return Bot(str(intent.get("Name")), last(arn))
        raise NotDeployedError(f"bot {bot.property('Name')} has no AMAZON.QInConnectIntent")


def content(resource: Resource) -> dict[str, Any]:
    """The Flow language of a flow or a module.

    Raises:
        NotDeployedError: its content is no JSON object.
    """
    given = resource.property("Content", default="")
    try:
        document = json.loads(given) if isinstance(given, str) else given
    except ValueError as error:
        raise NotDeployedError(
            f"the content of {resource.property('Name')} is no JSON: {error}"
        ) from error
    if not isinstance(document, dict):
        raise NotDeployedError(f"the content of {resource.property('Name')} is no JSON object")
    return document


def number_id(number: Resource) -> str:
    """What associations call a number."""
    return last(str(number.attributes.get("PhoneNumberArn") or number.physical_id))


def last(identifier: str) -> str:
    """The last part of an ARN, without the qualifier of a version (`:$LATEST`, `:1`)."""
    return identifier.rsplit("/", 1)[-1].partition(":")[0]


def _names(resource: Resource) -> set[str]:
    values = [
        str(value)
        for name, value in resource.attributes.items()
        if name.upper().endswith(("ARN", "ID")) and not _belongs_to_parent(name, resource.type)
    ]
    return {last(value) for value in (resource.physical_id, *values) if value}


def _belongs_to_parent(attribute: str, type_name: str) -> bool:
    """`AssistantArn` of an AI agent names the assistant, not the agent."""
    return attribute.startswith("Assistant") and not type_name.endswith("Assistant")


def _address(number: Resource) -> str:
    return str(number.attributes.get("Address") or number.property("PhoneNumber", default=""))


def _assistant_arn(intent: Mapping[str, Any]) -> str:
    configuration = intent.get("QInConnectIntentConfiguration") or {}
    assistant = configuration.get("QInConnectAssistantConfiguration") or {}
    return str(assistant.get("AssistantArn") or "")
