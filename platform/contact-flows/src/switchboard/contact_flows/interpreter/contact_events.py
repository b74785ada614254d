"""Contact events as Connect puts them on the default bus (AWS: "Contact events").

CONNECTED_TO_SYSTEM is left out on purpose: sources disagree whether it is sent for an inbound call,
so nothing here may come to depend on it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from switchboard.contact_flows.interpreter.contact import Contact

DETAIL_TYPE = "Amazon Connect Contact Event"
SOURCE = "aws.connect"


@dataclass
class ContactEvents:
    """The events of one contact; remembers its times."""

    contact: Contact
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    _known: dict[str, Any] = field(default_factory=dict)

    def initiated(self) -> dict[str, Any]:
        """The call has come in."""
        self._known["initiationTimestamp"] = _stamp(self.now())
        self._known["connectedToSystemTimestamp"] = _stamp(self.now())
        return self._event("INITIATED")

    def updated(self) -> dict[str, Any]:
        """Contact attributes were written."""
        return self._event("CONTACT_DATA_UPDATED", updatedProperties=["UserDefinedAttributes"])

    def queued(self) -> dict[str, Any]:
        """The contact waits for a person."""
        self._known["queueInfo"] = {
            "queueArn": self.contact.queue.get("ARN", ""),
            "queueType": "STANDARD",
            "enqueueTimestamp": _stamp(self.now()),
        }
        return self._event("QUEUED")

    def connected_to_agent(self, agent_arn: str) -> dict[str, Any]:
        """A person has taken the call."""
        moment = _stamp(self.now())
        self._known["queueInfo"] = {**self._known["queueInfo"], "dequeueTimestamp": moment}
        self._known["agentInfo"] = {"agentArn": agent_arn, "connectedToAgentTimestamp": moment}
        return self._event("CONNECTED_TO_AGENT")

    def disconnected(self, reason: str) -> dict[str, Any]:
        """The line is closed."""
        self._known["disconnectTimestamp"] = _stamp(self.now())
        self._known["disconnectReason"] = reason
        return self._event("DISCONNECTED")

    def completed(self) -> dict[str, Any]:
        """Nothing more will happen to the contact."""
        return self._event("COMPLETED")

    def _event(self, event_type: str, **more: Any) -> dict[str, Any]:
        arn = self.contact.instance_arn
        _, _, _, region, account, *_ = [*arn.split(":"), "", "", "", "", ""]
        return {
            "version": "0",
            "id": self.new_id(),
            "detail-type": DETAIL_TYPE,
            "source": SOURCE,
            "account": account,
            "time": self.now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "region": region,
            "resources": [arn, f"{arn}/contact/{self.contact.contact_id}"],
            "detail": {"eventType": event_type, **self._detail(), **more},
        }

    def _detail(self) -> dict[str, Any]:
        contact = self.contact
        return {
            "contactId": contact.contact_id,
            "initialContactId": contact.contact_id,
            "channel": contact.channel,
            "instanceArn": contact.instance_arn,
            "initiationMethod": contact.initiation_method,
            "customerEndpoint": {"address": contact.customer, "type": "TELEPHONE_NUMBER"},
            "systemEndpoint": {"address": contact.system, "type": "TELEPHONE_NUMBER"},
            **self._known,
        }


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
