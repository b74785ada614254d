"""The names of what must hold, and how it is demanded."""

from switchboard.local.simulation.kernel import BrokenInvariantError

FINAL = "a terminal status is final"
LIMIT = "spent and reserved money never pass the month's limit"
STARTS = "a run is started at most three times, always in the same session"
ONE_INVOCATION = "an accepted job is one invocation"
ONE_END = "an invocation has one terminal status and one terminal event"
EFFECTS = "an effect is made once, and is made when the run completed"
TOLD = "people are told once"
DELIVERED = "a result is delivered and noted once, and nothing older is shown"
CHAINED = "a completed step asks for the next one once"
MONEY = "reservations are released, and receipts sum to the ledger"
NO_COMPUTE = "no agent works on when its invocation has ended"
NOTHING_VANISHES = "every event reaches every consumer, or a DLQ with its reason"
REST = "comes to rest"
INVARIANTS = (
    *(FINAL, LIMIT, STARTS, ONE_INVOCATION, ONE_END, EFFECTS, TOLD, DELIVERED, CHAINED),
    *(MONEY, NO_COMPUTE, NOTHING_VANISHES, REST),
)


def demand(invariant: str, holds: bool, text: str) -> None:  # noqa: FBT001 - it is the point
    """Go on if it holds.

    Raises:
        BrokenInvariantError: it does not.
    """
    if not holds:
        raise BrokenInvariantError(invariant, text)
