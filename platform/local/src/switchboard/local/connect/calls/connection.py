"""A caller on the line, and what is known of the call at any moment."""

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from switchboard.local.connect.calls.call import Call
from switchboard.local.connect.calls.transcript import Transcript
from switchboard.local.connect.contacts import Snapshot


@dataclass
class Connection:
    """One call that is going on."""

    call: Call
    initiated_at: datetime
    last_turn: float
    busy: threading.Lock = field(default_factory=threading.Lock)
    """Held by whoever works on the call."""

    @property
    def contact_id(self) -> str:
        """The contact's id, which is the flow's correlation id."""
        return self.call.contact.contact_id

    def snapshot(self, now: datetime) -> Snapshot:
        """What DescribeContact tells."""
        call, contact = self.call, self.call.contact
        return Snapshot(
            arn=f"{contact.instance_arn}/contact/{contact.contact_id}",
            caller=contact.customer,
            to=contact.system,
            initiated_at=self.initiated_at.timestamp(),
            session_arn=call.session_arn,
            queue_arn=contact.queue.get("ARN", ""),
            attributes=dict(contact.attributes),
            ended_at=now.timestamp() if call.ending else None,
            reason=call.disconnect_reason,
        )

    def record(self, now: datetime) -> dict[str, Any]:
        """What the door tells."""
        call = self.call
        return {
            **_record(self.snapshot(now), call.transcript, now),
            "state": "over" if call.ending else "live",
            "waiting_for": call.waits_for,
            "action": call.action,
            **(call.ending or {"outcome": None, "reason": None}),
        }


def cut_off_record(snapshot: Snapshot, now: datetime) -> dict[str, Any]:
    """What is left of a call that was going on when this process was killed."""
    return {
        **_record(snapshot, Transcript(), now),
        "state": "over",
        "waiting_for": None,
        "action": "",
        "outcome": "dropped",
        "reason": "the local platform was stopped",
    }


def _record(contact: Snapshot, transcript: Transcript, now: datetime) -> dict[str, Any]:
    initiated_at = datetime.fromtimestamp(contact.initiated_at, UTC)
    return {
        "contact_id": contact.contact_id,
        "correlation_id": contact.contact_id,
        "from": contact.caller,
        "to": contact.to,
        "started_at": initiated_at.isoformat(),
        "seconds": round((now - initiated_at).total_seconds(), 3),
        "attributes": dict(contact.attributes),
        **transcript.report(),
    }
