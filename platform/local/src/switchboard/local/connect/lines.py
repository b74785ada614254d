"""What a call tells while it runs: one JSON object per line, `type` says which.

| type | fields |
|---|---|
| contact | contact_id, from, to |
| words | text: a piece of what the agent is saying, as it streams |
| said | text, by (flow, agent): a complete utterance of the desk |
| tool | tool, state (called, answered); answered: ok, ms, and ticket when one was opened |
| step | action, state (ok, failed), ms; failed: reason. A function of the flow, or what failed |
| unheard | message: the agent's reply had no `<message>` |
| waiting | for (speech, keys, person), ms and model_ms of the turn |
| ended | outcome, reason, tickets; ms and model_ms of the turn |
| failed | code, message, remediation: the call cannot go on |
| caller | text: what a test case does as the caller |
| verdict | name, passed, failures, seen, actions: how a test case came out |
"""

import json
import re
from collections.abc import Callable
from typing import Any

from switchboard.contact_flows.test_cases.report import Report

Line = dict[str, Any]
Tell = Callable[[Line], None]

TICKET = re.compile(r"INC\d{7}")


def contact(contact_id: str, caller: str, to: str) -> Line:
    """The first line of a call."""
    return {"type": "contact", "contact_id": contact_id, "from": caller, "to": to}


def words(text: str) -> Line:
    """A piece of an utterance."""
    return {"type": "words", "text": text}


def said(text: str, *, by: str) -> Line:
    """A complete utterance of the desk."""
    return {"type": "said", "text": text, "by": by}


def unheard(message: str) -> Line:
    """A reply of the agent that no caller hears."""
    return {"type": "unheard", "message": message}


def tool_called(tool: str) -> Line:
    """The agent calls a tool."""
    return {"type": "tool", "tool": tool, "state": "called"}


def tool_answered(tool: str, text: str, seconds: float, *, ok: bool) -> Line:
    """The tool answered; what it said stays between agent and tool, but for a new number."""
    line = {"type": "tool", "tool": tool, "state": "answered", "ok": ok, "ms": _ms(seconds)}
    opened = _opened(text) if ok and tool.endswith("create_ticket") else None
    return {**line, "ticket": opened} if opened else line


def step(action: str, seconds: float, reason: str = "") -> Line:
    """A Lambda function of the flow has answered, or an action failed and says why."""
    line = {"type": "step", "action": action, "state": "ok", "ms": _ms(seconds)}
    return {**line, "state": "failed", "reason": reason} if reason else line


def waiting(what: str, seconds: float, model_seconds: float) -> Line:
    """The desk waits for the caller."""
    return {"type": "waiting", "for": what, "ms": _ms(seconds), "model_ms": _ms(model_seconds)}


def ended(ending: Line, tickets: list[str], seconds: float, model_seconds: float) -> Line:
    """The line is closed."""
    times = {"ms": _ms(seconds), "model_ms": _ms(model_seconds)}
    return {"type": "ended", **ending, "tickets": tickets, **times}


def failed(code: str, message: str, remediation: str) -> Line:
    """The call cannot go on."""
    return {"type": "failed", "code": code, "message": message, "remediation": remediation}


def caller(text: str) -> Line:
    """A test case plays the caller."""
    return {"type": "caller", "text": text}


def verdict(report: Report) -> Line:
    """What came of a test case."""
    return {
        "type": "verdict",
        "name": report.name,
        "passed": report.passed,
        "failures": list(report.failures),
        "seen": len(report.seen),
        "actions": list(report.actions),
    }


def _opened(text: str) -> str | None:
    try:
        found = str(json.loads(text)["ticket_id"])
    except (ValueError, KeyError, TypeError):
        return None
    return found if TICKET.fullmatch(found) else None


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)
