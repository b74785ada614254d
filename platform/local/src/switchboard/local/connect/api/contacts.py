"""`connect`: contacts as functions look them up, and what ties numbers, flows and profiles."""

from typing import Any

from switchboard.local.agentcore.aws_answers import NotFoundError
from switchboard.local.connect.agent.deployed import AGENT
from switchboard.local.connect.api.dispatch import Call, InvalidParameterError, Operation
from switchboard.local.connect.contacts import Contacts, Snapshot
from switchboard.local.connect.desk import FLOW, INSTANCE, NUMBER, PROFILE, Desk, last, number_id

AI_AGENT = "AI_AGENT"


class ConnectApi:
    """DescribeContact, number -> flow, AI agent -> security profile, instance attributes."""

    def __init__(self, desk: Desk, contacts: Contacts) -> None:
        """Serve `desk` and its `contacts`."""
        self._desk = desk
        self._contacts = contacts

    def operations(self) -> list[Operation]:
        """All of them."""
        number = "/phone-number/{PhoneNumberId}/contact-flow"
        grant = "associate-security-profiles/{InstanceId}"
        attribute = "/instance/{InstanceId}/attribute/{AttributeType}"
        return [
            Operation("GET", "/contacts/{InstanceId}/{ContactId}", self.describe_contact),
            Operation("PUT", number, self.ring),
            Operation("DELETE", number, self.silence),
            Operation("POST", f"/{grant}", self.grant),
            Operation("POST", f"/dis{grant}", self.withdraw),
            Operation("POST", attribute, self.set_attribute),
            Operation("GET", attribute, self.attribute),
            Operation("POST", "/instance/{InstanceId}/attribute/{AttributeType}", self.switch),
        ]

    def describe_contact(self, call: Call) -> dict[str, Any]:
        """DescribeContact, of calls that are going on and of calls that are over."""
        self._instance(call.path["InstanceId"])
        found = self._contacts.snapshot(call.path["ContactId"])
        if found is None:
            raise NotFoundError(f"contact {call.path['ContactId']}: no such contact")
        return {"Contact": _described(found)}

    def ring(self, call: Call) -> dict[str, Any]:
        """AssociatePhoneNumberContactFlow."""
        self._instance(str(call.body.get("InstanceId", "")))
        number = self._desk.need(NUMBER, call.path["PhoneNumberId"])
        flow = str(call.body.get("ContactFlowId", ""))
        self._desk.need(FLOW, flow)
        self._desk.associations.ring(number_id(number), flow)
        return {}

    def silence(self, call: Call) -> dict[str, Any]:
        """DisassociatePhoneNumberContactFlow."""
        number = self._desk.need(NUMBER, call.path["PhoneNumberId"])
        self._desk.associations.silence(number_id(number))
        return {}

    def grant(self, call: Call) -> dict[str, Any]:
        """AssociateSecurityProfiles."""
        self._desk.associations.grant(*self._granted(call))
        return {}

    def withdraw(self, call: Call) -> dict[str, Any]:
        """DisassociateSecurityProfiles."""
        self._desk.associations.withdraw(*self._granted(call))
        return {}

    def switch(self, call: Call) -> dict[str, Any]:
        """UpdateInstanceAttribute; everything a desk needs is on here already."""
        self._instance(call.path["InstanceId"])
        if call.body.get("Value") not in {"true", "false"}:
            raise InvalidParameterError("Value: true or false")
        return {}

    def set_attribute(self, call: Call) -> dict[str, Any]:
        """UpdateInstanceAttribute; any name: BOT_MANAGEMENT is in no SDK's list either."""
        self._instance(call.path["InstanceId"])
        name, value = call.path["AttributeType"], str(call.body.get("Value", ""))
        self._desk.associations.set_attribute(last(call.path["InstanceId"]), name, value)
        return {}

    def attribute(self, call: Call) -> dict[str, Any]:
        """DescribeInstanceAttribute, of those that were set by a call."""
        self._instance(call.path["InstanceId"])
        name = call.path["AttributeType"]
        value = self._desk.associations.attribute(last(call.path["InstanceId"]), name)
        if value is None:
            raise NotFoundError(f"attribute {name} was not set by UpdateInstanceAttribute")
        return {"Attribute": {"AttributeType": name, "Value": value}}

    def _granted(self, call: Call) -> tuple[str, list[str]]:
        self._instance(call.path["InstanceId"])
        if call.body.get("EntityType") != AI_AGENT:
            raise InvalidParameterError("EntityType: only AI_AGENT is served here")
        arn = str(call.body.get("EntityArn", ""))
        self._desk.need(AGENT, arn)
        profiles = [str(item.get("Id", "")) for item in call.body.get("SecurityProfiles") or []]
        for profile in profiles:
            self._desk.need(PROFILE, profile)
        return arn, [last(profile) for profile in profiles]

    def _instance(self, identifier: str) -> None:
        self._desk.need(INSTANCE, identifier)


def _described(contact: Snapshot) -> dict[str, Any]:
    instance, _, contact_id = contact.arn.rpartition("/contact/")
    described: dict[str, Any] = {
        "Arn": contact.arn,
        "Id": contact_id,
        "InitialContactId": contact_id,
        "InitiationMethod": "INBOUND",
        "Channel": "VOICE",
        "InitiationTimestamp": contact.initiated_at,
        "ConnectedToSystemTimestamp": contact.initiated_at,
        "SystemEndpoint": {"Type": "TELEPHONE_NUMBER", "Address": contact.to},
        "Attributes": dict(contact.attributes),
        "Tags": {"aws:connect:instanceId": last(instance)},
    }
    if contact.caller:
        described["CustomerEndpoint"] = {"Type": "TELEPHONE_NUMBER", "Address": contact.caller}
    if contact.session_arn:
        described["WisdomInfo"] = {"SessionArn": contact.session_arn}
    if contact.queue_arn:
        described["QueueInfo"] = {"Id": last(contact.queue_arn)}
    if contact.ended_at is not None:
        described["DisconnectTimestamp"] = contact.ended_at
        described["DisconnectReason"] = contact.reason
    return described
