"""What the system prompt tells about this call: the greeting that was spoken, the open tickets."""

import re
from dataclasses import dataclass

from switchboard.local.playbooks.desk.numbers import PREFIX
from switchboard.local.playbooks.desk.speech import spelled
from switchboard.local.playbooks.desk.tickets import Ticket

_GREETING = re.compile(r"<greeting>(.*?)</greeting>", re.DOTALL)
_TICKETS = re.compile(r"<open_tickets>(.*?)</open_tickets>", re.DOTALL)
_LINE = re.compile(
    rf'({PREFIX}\d{{7}})(?: "([^"]*)")?,? (?:is )?(?:\w+)?: ?'
    rf"(.*?)(?=[;\n] ?{PREFIX}\d{{7}}|; and \d+|$)",
    re.DOTALL,
)


@dataclass(frozen=True)
class Opening:
    """How the call began."""

    greeting: str
    tickets: tuple[Ticket, ...]

    @property
    def news(self) -> Ticket | None:
        """A ticket with news that the greeting did not already tell."""
        for ticket in self.tickets:
            if ticket.has_news and spelled(ticket.ticket_id) not in self.greeting:
                return ticket
        return None


def opening_of(system: str) -> Opening:
    """Read it off the prompt; a placeholder nobody filled in counts as nothing."""
    greeting, tickets = (_found(pattern, system) for pattern in (_GREETING, _TICKETS))
    rows = tuple(Ticket(number, about, status) for number, about, status in _LINE.findall(tickets))
    return Opening(greeting, rows)


def _found(pattern: re.Pattern[str], system: str) -> str:
    found = pattern.search(system)
    text = found[1].strip() if found else ""
    return "" if text.startswith("{{") else text
