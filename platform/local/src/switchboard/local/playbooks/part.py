"""What a capability contributes to a pull request: one module and the tests that prove criteria."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Check:
    """One generated test; `criterion` is the index of the criterion it proves, None for our own.

    `uses` are numbers of the criterion the code uses though the test does not spell them out.
    """

    criterion: int | None
    case: str
    body: str
    uses: tuple[Decimal, ...] = ()


@dataclass(frozen=True)
class Part:
    """One module of the generated package."""

    module: str
    summary: str
    source: str
    names: tuple[str, ...]
    checks: tuple[Check, ...]
    assumptions: tuple[str, ...] = ()

    @property
    def covered(self) -> frozenset[int]:
        """The criteria this part proves."""
        return frozenset(check.criterion for check in self.checks if check.criterion is not None)


def checks(items: Iterable[Check | None]) -> tuple[Check, ...]:
    """The checks that there are."""
    return tuple(item for item in items if item is not None)
