"""A case with a call: ring the desk, say the turns, hear the answers, look at the tickets."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from switchboard.local.access import Access
from switchboard.local.connect.client import Caller, CallRefusedError, Desk
from switchboard.local.connect.script import play
from switchboard.local.desk_load import spoken
from switchboard.local.desk_loop import answer_to
from switchboard.local.evals.dataset import Call, Case
from switchboard.local.evals.problems import CaseError
from switchboard.local.evals.seen import Seen
from switchboard.local.evals.world import GatewayJournal

MOST_ANSWERS = 8
CALLER = "caller"
"""Author of a comment that was made in a call."""


@dataclass(frozen=True)
class RingDesk:
    """Run a case with a call; `run` makes its callers people who never rang before."""

    desk: Desk
    access: Access
    journal: GatewayJournal
    run: str
    clock: Callable[[], float] = time.monotonic

    def __call__(self, case: Case, _trigger: str = "") -> Seen:
        """What was seen.

        Raises:
            CaseError: the desk does not answer, or a call before this one opened no ticket.
        """
        call = case.call
        if call is None:
            raise CaseError("the case has no call")
        begun = self.clock()
        try:
            known = [ticket for each in call.before for ticket in self._before(each, case.id)]
            comments = [_of_callers(self._ticket(number)) for number in known]
            line = self._ring(call, case.id, known)
            record = line.record()
        except CallRefusedError as error:
            raise CaseError(f"{error.code}: {error}") from error
        opened = [self._ticket(number) for number in line.tickets]
        before = [self._ticket(number) for number in known]
        now = [_of_callers(ticket) for ticket in before]
        effects = {"ticket"} if opened else set()
        effects |= {"ticket_comment"} if now != comments else set()
        return Seen(
            status=str(record["attributes"].get("outcome") or record["outcome"]),
            texts=_texts(record, [*before, *opened]),
            calls=self.journal.calls(contact_id=line.contact_id),
            effects=frozenset(effects),
            tickets=opened,
            seconds=self.clock() - begun,
            flow=str(record["correlation_id"]),
        )

    def _before(self, call: Call, name: str) -> list[str]:
        line = self._ring(call, name, [])
        if not line.tickets:
            raise CaseError(f"the call before it ({call.from_}) opened no ticket")
        return list(line.tickets)

    def _ring(self, call: Call, name: str, known: list[str]) -> Caller:
        number = known[-1] if known else ""
        words = {"{ticket}": number, "{spoken}": spoken(number) if number else ""}
        with self.desk.ring(f"{call.from_}-{name}-{self.run}"[:60], strict=False) as line:
            for turn in call.says:
                if line.is_over:
                    break
                play(_filled(turn, words), line)
            for _ in range(MOST_ANSWERS if call.answers else 0):
                if line.is_over:
                    break
                line.say(answer_to(line.turns[-1].text, call.says[0]))
        return line

    def _ticket(self, number: str) -> dict[str, Any]:
        return self.access.call("itsm-mock", "GET", f"/internal/tickets/{number}")


def _of_callers(ticket: dict[str, Any]) -> int:
    """Comments a caller has made; our own services comment on a ticket whenever they like."""
    return sum(comment.get("author") == CALLER for comment in ticket.get("comments", []))


def _filled(turn: str, words: dict[str, str]) -> str:
    for name, value in words.items():
        turn = turn.replace(name, value)
    return turn


def _texts(record: dict[str, Any], tickets: list[dict[str, Any]]) -> dict[str, str]:
    heard = [line["text"] for line in record["transcript"] if line["by"] == "desk"]
    said = [line["text"] for line in record["transcript"] if line["by"] == "caller"]
    found = {"heard": "\n".join(heard), "said": "\n".join(said)}
    for ticket in tickets:
        comments = "\n".join(str(item.get("text", item)) for item in ticket.get("comments", []))
        found[f"ticket: {ticket['ticket_id']}"] = (
            f"{ticket['short_description']}\n{ticket['issue_description']}\n{comments}"
        )
    for name in ("escalationReason", "escalationSummary", "customerIntent"):
        if value := record["attributes"].get(name):
            found[f"handover: {name}"] = str(value)
    return found
