"""Events about a telephone call to the service desk."""

from datetime import datetime
from typing import ClassVar

from pydantic import Field

from switchboard.events.envelope import EventData


class CallEndedV1(EventData):
    """A call is over, however it ended."""

    DETAIL_TYPE: ClassVar[str] = "CallEnded.v1"

    contact_id: str = Field(description="Amazon Connect's contact id; the flow's correlation id")
    caller_id: str = Field(description="the telephone number that rang")
    outcome: str = Field(
        description="resolved, escalated, closed, queue_full, abandoned, failed or unreached"
    )
    talked: bool = Field(description="whether the caller had time to say what it was about")
    ticket_ids: list[str] = Field(
        default_factory=list, description="tickets opened in this call, as far as known"
    )
    disconnect_reason: str | None = None
    started_at: datetime
    ended_at: datetime
    seconds: float


class CallEscalatedV1(EventData):
    """The desk's agent could not finish and a person was wanted; says what is known so far."""

    DETAIL_TYPE: ClassVar[str] = "CallEscalated.v1"

    contact_id: str
    caller_id: str
    reason: str = Field(description="asked_for_person, agent_down, no_match, silence, not_resolved")
    summary: str = Field(description="the hand-off for the person; data, never instruction")
    intent: str | None = Field(default=None, description="what the caller wanted, in a few words")
    sentiment: str | None = None
    ticket_id: str | None = Field(default=None, description="the ticket it is about, if any")
    escalated_at: datetime
