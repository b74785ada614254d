"""A Connect test case plays the caller of a real call, and judges what it saw (NEW-08).

The case itself is `switchboard.contact_flows.test_cases`: the same that runs without any platform
and is deployed unchanged as `AWS::Connect::TestCase`.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from switchboard.contact_flows.interpreter.effects import Hangup
from switchboard.contact_flows.test_cases.case_run import CaseRun
from switchboard.contact_flows.test_cases.model import CaseFormatError, ConnectTestCase, read_case
from switchboard.local.connect import lines
from switchboard.local.connect.calls.bindings import bindings
from switchboard.local.connect.calls.board import Board
from switchboard.local.connect.calls.caller_input import KEYS, CallerInput, Kind
from switchboard.local.connect.calls.connection import Connection
from switchboard.local.connect.desk import Desk
from switchboard.local.connect.lines import Line, Tell

TEST_CASE = "AWS::Connect::TestCase"
MAX_TURNS = 60


@dataclass(frozen=True)
class Rehearsal:
    """One case on the line, ready to be played."""

    name: str
    case: ConnectTestCase
    connection: Connection
    board: Board

    def __call__(self, tell: Tell) -> None:
        """Play it to its end; the last line is its verdict."""
        call = self.connection.call
        run = CaseRun(self.name, self.case, call.contact)
        call.watch = run.watch
        run.start()
        noting = _heard_by(run, tell)
        self.board.begin(self.connection, noting)
        for _ in range(MAX_TURNS):
            if call.ending is not None:
                break
            given = _next(run, call.waits_for)
            tell(lines.caller(given.shown))
            self.board.reserve(self.connection.contact_id, given)
            self.board.turn(self.connection, given, noting)
        else:
            self.board.hang_up(self.connection)
        report = run.report(str((call.ending or {}).get("outcome", "")))
        tell(lines.verdict(report))


def read(desk: Desk, name: str, content: str | None) -> ConnectTestCase:
    """A case by its text, or the deployed one of this name.

    Raises:
        CaseFormatError: it is none, or nobody has deployed it.
    """
    if content is None:
        content = _deployed(desk, name)
    needs_values = "${" in content
    return read_case(content, bindings(desk) if needs_values else {})


def deployed_names(desk: Desk) -> list[str]:
    """The test cases that were deployed."""
    return sorted(str(found.property("Name")) for found in desk.registry.of_type(TEST_CASE))


def _deployed(desk: Desk, name: str) -> str:
    for found in desk.registry.of_type(TEST_CASE):
        if found.property("Name") == name:
            content = found.property("Content", default="")
            return content if isinstance(content, str) else json.dumps(content)
    known = ", ".join(deployed_names(desk)) or "none"
    raise CaseFormatError(f"no test case {name!r} is deployed; there are: {known}")


def _heard_by(run: CaseRun, tell: Tell) -> Callable[[Line], None]:
    """What the flow says the case sees as effects; what the agent says it has to be told."""

    def noting(line: Line) -> None:
        tell(line)
        if line["type"] == "said" and line["by"] == "agent":
            run.heard(line["text"])

    return noting


def _next(run: CaseRun, waits_for: str | None) -> CallerInput:
    given: Any = Hangup.HANG_UP
    if waits_for == "keys":
        given = run.keys()
    elif waits_for == "speech":
        given = run.words()
    if given is Hangup.HANG_UP:
        return CallerInput(Kind.HANG_UP)
    if given is None:
        return CallerInput(Kind.SILENCE)
    is_keys = waits_for == "keys" or KEYS.fullmatch(given)
    return CallerInput(Kind.KEYS, given) if is_keys else CallerInput.spoken(given)
