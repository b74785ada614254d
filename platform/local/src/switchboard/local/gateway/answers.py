"""Who calls a tool, and what is answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from switchboard.local.gateway.authorizer import Claims
from switchboard.local.gateway.deployed import Gateway


@dataclass(frozen=True)
class Caller:
    """Who calls through which gateway, with which HTTP headers (lower-case names)."""

    gateway: Gateway
    claims: Claims
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """A tool's answer, or why there is none."""

    value: Any
    is_error: bool = False


class RefusedError(Exception):
    """The call goes no further; the answer says why."""

    def __init__(self, decision: str, answer: Answer) -> None:
        """Refuse with `answer`; `decision` goes into the journal."""
        super().__init__(decision)
        self.decision = decision
        self.answer = answer


def failure(code: str, message: str, remediation: str) -> Answer:
    """An error as every tool of ours reports it."""
    error = {"code": code, "message": message, "remediation": remediation}
    return Answer({"error": error}, is_error=True)


def function_failure(message: str) -> Answer:
    """A function that did not do its part."""
    remediation = "Try again; if it persists, look into the log of the function."
    return failure("TOOL_FAILED", message, remediation)
