"""A process may die before or after any write: whoever comes again finishes, once."""

from collections.abc import Callable
from typing import Any

import pytest

from switchboard.events.envelope import Event
from switchboard.voice.adapters.memory import MemoryCalls, MemoryTickets
from switchboard.voice.domain.ports import VoiceError

CONTACT = "5f0a3c52-8c1d-4f5e-9a77-2b1f4d3c6e10"
WRITES = ("learn", "note_outcome", "opened_in", "escalate", "end", "opened", "moved", "noted")


class DiedError(VoiceError):
    """The process is gone, or the answer was lost."""


class Mortal:
    """A store whose process dies at its `deadly`-th write, before or after the write is done."""

    def __init__(self, store: Any, deaths: dict[str, Any]) -> None:
        self._store = store
        self._deaths = deaths

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._store, name)
        if name not in WRITES:
            return found

        def write(*arguments: Any, **named: Any) -> Any:
            self._deaths["left"] -= 1
            dies = self._deaths["left"] == 0
            if dies and not self._deaths["written"]:
                raise DiedError(name)
            answer = found(*arguments, **named)
            if dies:
                raise DiedError(name)
            return answer

        return write


def until_done(act: Callable[[], object]) -> None:
    """The queue delivers again, the flow's caller rings the step again."""
    for _ in range(3):
        try:
            act()
        except VoiceError:
            continue
        return
    raise AssertionError("it never got through")


@pytest.mark.parametrize("written", [False, True])
@pytest.mark.parametrize("deadly", range(1, 9))
def test_a_call_with_a_death_at_any_write_is_told_once_and_in_full(
    house: Any,
    step: Callable[..., dict[str, Any]],
    opened: Callable[..., Event[Any]],
    contact_event: Callable[..., str],
    deadly: int,
    written: bool,
) -> None:
    calls = MemoryCalls()
    deaths = {"left": deadly, "written": written}
    house.calls, house.tickets = Mortal(calls, deaths), Mortal(MemoryTickets(), deaths)
    ticket, end = opened(), contact_event("DISCONNECTED", 240)

    house.ask(step("open_session"))  # answers whatever happens
    until_done(lambda: house.learn(ticket))
    until_done(lambda: _recorded(house, step))
    until_done(lambda: house.follow(end))

    events = [event.detail_type for event in calls.published]
    assert sorted(events) == ["CallEnded.v1", "CallEscalated.v1"]
    (ended,) = [e.data for e in calls.published if e.detail_type == "CallEnded.v1"]
    assert (ended.outcome, ended.ticket_ids) == ("escalated", ["INC0000013"])
    assert house.tickets.find("+15555550100", "INC0000013").state is not None


def _recorded(house: Any, step: Callable[..., dict[str, Any]]) -> None:
    """What Connect does with an error is up to the flow; a second try must be safe."""
    try:
        answer = house.ask(step("record_escalation", reason="silence"))
    except RuntimeError as error:
        raise DiedError("record_escalation") from error
    assert answer["recorded"] == "true"
