"""The state of one contact: what `$.` reads and what actions write."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_TELEPHONE = "TELEPHONE_NUMBER"


@dataclass
class Contact:
    """One call (or chat) while a flow has it."""

    contact_id: str
    instance_arn: str
    customer: str
    system: str
    channel: str = "VOICE"
    initiation_method: str = "INBOUND"
    attributes: dict[str, str] = field(default_factory=dict)
    flow_attributes: dict[str, str] = field(default_factory=dict)
    external: dict[str, Any] = field(default_factory=dict)
    lex: dict[str, Any] = field(default_factory=dict)
    stored_input: str = ""
    queue: dict[str, str] = field(default_factory=dict)
    wisdom_session: str = ""
    data: dict[str, str] = field(default_factory=dict)
    """Standard fields as UpdateContactData wrote them, such as WisdomSessionArn."""
    voice: dict[str, str] = field(default_factory=dict)
    recording: dict[str, Any] = field(default_factory=dict)
    segment_attributes: dict[str, Any] = field(default_factory=dict)

    def target_queue(self, arn: str) -> None:
        """Choose the queue of a later transfer."""
        self.queue = {"ARN": arn, "Name": arn.rsplit("/", 1)[-1]}

    def view(self) -> Mapping[str, Any]:
        """What JSONPath references see."""
        return {
            "Attributes": self.attributes,
            "FlowAttributes": self.flow_attributes,
            "External": self.external,
            "Lex": self.lex,
            "StoredCustomerInput": self.stored_input,
            "Channel": self.channel,
            "ContactId": self.contact_id,
            "InitialContactId": self.contact_id,
            "PreviousContactId": self.contact_id,
            "InitiationMethod": self.initiation_method,
            "InstanceARN": self.instance_arn,
            "CustomerEndpoint": {"Address": self.customer, "Type": _TELEPHONE},
            "SystemEndpoint": {"Address": self.system, "Type": _TELEPHONE},
            "Queue": self.queue,
            "Wisdom": {"SessionArn": self.wisdom_session},
            "SegmentAttributes": self.segment_attributes,
            "TextToSpeechVoice": self.voice.get("TextToSpeechVoice", ""),
            **self.data,
        }

    def lambda_event(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """What a function receives (AWS: "Invoke Lambda functions", ContactFlowEvent)."""
        view = self.view()
        copied = (
            "Channel",
            "ContactId",
            "CustomerEndpoint",
            "InitialContactId",
            "InitiationMethod",
            "InstanceARN",
            "PreviousContactId",
            "SystemEndpoint",
        )
        data = {name: view[name] for name in copied}
        data |= {"Attributes": dict(self.attributes), "Queue": dict(self.queue) or None}
        return {
            "Name": "ContactFlowEvent",
            "Details": {"ContactData": data, "Parameters": dict(parameters)},
        }
