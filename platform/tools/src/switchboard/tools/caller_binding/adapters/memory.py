"""Callers in memory."""

from switchboard.tools.caller_binding.callers import CallersDownError, ContactUnknownError, shown


class MemoryCallers:
    """Addresses by contact id, and a switch to be down."""

    def __init__(self, addresses: dict[str, str | None]) -> None:
        """Know these contacts; None is a caller without an address."""
        self._addresses = addresses
        self.down = False
        self.asked: list[str] = []

    def caller_of(self, contact_id: str) -> str:
        """See the port."""
        self.asked.append(contact_id)
        if self.down:
            raise CallersDownError
        if contact_id not in self._addresses:
            raise ContactUnknownError
        return shown(self._addresses[contact_id])
