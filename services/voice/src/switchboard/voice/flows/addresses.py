"""What the flow uses, by ARN."""

from dataclasses import dataclass


@dataclass(frozen=True)
class DeskAddresses:
    """ARNs of what the flow uses; the three functions may be one, told apart by `step`."""

    assistant: str
    bot_alias: str
    queue: str
    hours: str
    session: str
    status: str
    escalation: str
