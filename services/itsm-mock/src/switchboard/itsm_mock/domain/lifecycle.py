"""How a ticket moves, and the one sentence a caller hears about where it stands.

new -> in_progress <-> on_hold        new | in_progress | on_hold -> cancelled
       in_progress | on_hold -> resolved -> closed
       resolved -> in_progress        a reopening, for five days
"""

from datetime import datetime, timedelta

from switchboard.itsm_mock.domain.model import HoldReason, InvalidRequestError, State, Ticket

REOPEN_WITHIN = timedelta(days=5)
TRANSITIONS: dict[State, frozenset[State]] = {
    State.NEW: frozenset({State.IN_PROGRESS, State.CANCELLED}),
    State.IN_PROGRESS: frozenset({State.ON_HOLD, State.RESOLVED, State.CANCELLED}),
    State.ON_HOLD: frozenset({State.IN_PROGRESS, State.RESOLVED, State.CANCELLED}),
    State.RESOLVED: frozenset({State.IN_PROGRESS, State.CLOSED}),
    State.CLOSED: frozenset(),
    State.CANCELLED: frozenset(),
}
_SPOKEN = {
    State.NEW: "We have it, and nobody has started on it yet.",
    State.IN_PROGRESS: "Somebody is working on it.",
    State.ON_HOLD: "It is on hold.",
    State.RESOLVED: "It is solved. If it is not, tell us and we open it again.",
    State.CLOSED: "It is solved and closed.",
    State.CANCELLED: "It was cancelled.",
}
_SPOKEN_HOLD = {
    HoldReason.AWAITING_CALLER: "We are waiting for an answer from you.",
    HoldReason.AWAITING_VENDOR: "We are waiting for a supplier.",
    HoldReason.FIX_IN_REVIEW: "A fix is ready and in review.",
}


def spoken_status(ticket: Ticket) -> str:
    """One short sentence for a caller, without markup."""
    if ticket.state is State.ON_HOLD and ticket.hold_reason is not None:
        return _SPOKEN_HOLD[ticket.hold_reason]
    return _SPOKEN[ticket.state]


def may_reopen(ticket: Ticket, now: datetime) -> bool:
    """Whether a solved ticket can still be opened again."""
    if ticket.state is not State.RESOLVED or ticket.resolved_at is None:
        return False
    return now - ticket.resolved_at <= REOPEN_WITHIN


def demand_transition(ticket: Ticket, state: State, now: datetime) -> None:
    """Refuse a step the life of a ticket does not have.

    Raises:
        InvalidRequestError: it names the steps there are.
    """
    allowed = TRANSITIONS[ticket.state]
    if state not in allowed:
        steps = ", ".join(sorted(allowed)) or "none: open a new ticket instead"
        raise InvalidRequestError(
            "TRANSITION_REFUSED",
            f"{ticket.ticket_id} is {ticket.state} and cannot become {state}",
            f"Possible now: {steps}",
        )
    if (
        ticket.state is State.RESOLVED
        and state is State.IN_PROGRESS
        and not may_reopen(ticket, now)
    ):
        raise InvalidRequestError(
            "TRANSITION_REFUSED",
            f"{ticket.ticket_id} was solved more than {REOPEN_WITHIN.days} days ago",
            "Open a new ticket and name this one in it",
        )
