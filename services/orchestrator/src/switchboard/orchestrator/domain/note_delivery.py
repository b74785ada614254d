"""Noting on the record whether its result reached Notion."""

from dataclasses import dataclass
from typing import Any

from switchboard.events.envelope import Event
from switchboard.events.invocation import DeliveryFailedV1, InvocationDeliveredV1
from switchboard.orchestrator.domain.end_invocation import ROUNDS, unknown_invocation
from switchboard.orchestrator.domain.model import StaleRecordError, StoreBusyError
from switchboard.orchestrator.domain.ports import Change, Invocations


@dataclass(frozen=True)
class NoteDelivery:
    """Remember `delivered_at` or `delivery_error`; the status is not touched."""

    invocations: Invocations

    def delivered(self, event: Event[InvocationDeliveredV1]) -> None:
        """The result stands in Notion; a second copy changes nothing."""
        at = event.metadata.time
        self._note(event.data.invocation_id, {"delivered_at": at, "delivery_error": None})

    def failed(self, event: Event[DeliveryFailedV1]) -> None:
        """It could not be handed on; after it was, that is old news that came late."""
        error = event.data.error
        text = f"{error.code}: {error.message}"[:2_000]
        self._note(event.data.invocation_id, {"delivery_error": text})

    def _note(self, invocation_id: str, noted: dict[str, Any]) -> None:
        for _ in range(ROUNDS):
            record = self.invocations.get(invocation_id)
            if record is None:
                raise unknown_invocation(invocation_id)
            late = record.delivered_at is not None and noted.get("delivery_error") is not None
            if late or all(getattr(record, name) == value for name, value in noted.items()):
                return
            try:
                self.invocations.commit(Change(record.model_copy(update=noted)))
            except StaleRecordError:
                continue
            return
        raise StoreBusyError(f"invocation {invocation_id} is written to by others")
