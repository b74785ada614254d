"""Errors of tools, as the agent reads them: code, message, what to do about it (F15).

ToolError
├── InvalidArgumentsError   INVALID_ARGUMENTS
├── AuthFailedError         TOOL_AUTH_FAILED
├── RateLimitedError        TOOL_RATE_LIMITED
└── FailedError             TOOL_FAILED
    └── InProgressError     TOOL_FAILED, the same call is still running
"""

from typing import Any, ClassVar


class ToolError(Exception):
    """A tool call that did not work; the text is for the agent and never holds a credential."""

    code: ClassVar[str] = "TOOL_FAILED"

    def __init__(self, message: str, remediation: str) -> None:
        """Say what happened and what to do about it."""
        super().__init__(message)
        self.remediation = remediation

    def as_result(self) -> dict[str, Any]:
        """The tool's answer; the gateway turns it into `isError`."""
        return {"error": {"code": self.code, "message": str(self), "remediation": self.remediation}}


class InvalidArgumentsError(ToolError):
    """The arguments cannot be used as they are."""

    code = "INVALID_ARGUMENTS"

    def __init__(
        self, message: str, remediation: str = "Correct the arguments and call again"
    ) -> None:
        """Say which argument is wrong, and why."""
        super().__init__(message, remediation)


class AuthFailedError(ToolError):
    """A token has expired, or a permission is missing."""

    code = "TOOL_AUTH_FAILED"


class RateLimitedError(ToolError):
    """The service behind the tool asks for a pause."""

    code = "TOOL_RATE_LIMITED"


class FailedError(ToolError):
    """The service behind the tool did not do it."""


class InProgressError(FailedError):
    """The same call, made before, has not ended yet."""
