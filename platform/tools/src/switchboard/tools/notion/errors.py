"""Errors of the Notion target beyond the common ones."""

from switchboard.tools.errors import InvalidArgumentsError


class NotFoundError(InvalidArgumentsError):
    """Notion knows no such object, or it is not shared with the integration."""
