"""The shared ports in memory, for tests and simulation; they pass the same port tests."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from switchboard.tools.ledger import LEASE, Claim, EffectKey, Result


@dataclass(frozen=True)
class _Row:
    owner: str
    first_claimed: datetime
    lease_until: datetime | None
    result: Result | None = None


class MemoryLedger:
    """The effect ledger in a dictionary."""

    def __init__(self) -> None:
        """Start empty."""
        self._rows: dict[EffectKey, _Row] = {}

    def claim(self, key: EffectKey, owner: str, now: datetime) -> Claim:
        """See the port."""
        row = self._rows.get(key)
        if row is None:
            self._rows[key] = _Row(owner, now, now + LEASE)
            return Claim(granted=True)
        if row.result is not None:
            return Claim(result=row.result)
        if row.lease_until is not None and row.lease_until > now:
            return Claim()
        self._rows[key] = replace(row, owner=owner, lease_until=now + LEASE)
        return Claim(granted=True, resumed_since=row.first_claimed)

    def record(self, key: EffectKey, owner: str, result: Result) -> None:
        """See the port."""
        row = self._rows[key]
        if row.owner == owner:
            self._rows[key] = replace(row, result=result)

    def release(self, key: EffectKey, owner: str) -> None:
        """See the port."""
        row = self._rows[key]
        if row.owner == owner:
            self._rows[key] = replace(row, lease_until=None)


@dataclass
class MemoryMetrics:
    """Metrics in lists."""

    latencies: list[tuple[str, float, bool]] = field(default_factory=list)
    prototypes: int = 0

    def tool_called(self, tool: str, milliseconds: float, *, failed: bool) -> None:
        """See the port."""
        self.latencies.append((tool, milliseconds, failed))

    def prototype_deployed(self) -> None:
        """See the port."""
        self.prototypes += 1
