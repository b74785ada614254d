"""A receipt is the one that was made when its run ended, or it is not (NEW-07)."""

from dataclasses import dataclass

from switchboard.events.values import Receipt
from switchboard.orchestrator.domain.end_invocation import unknown_invocation
from switchboard.orchestrator.domain.model import Invocation, NotFoundError
from switchboard.orchestrator.domain.ports import Invocations, Seals
from switchboard.orchestrator.domain.receipt_seal import sealed_content


@dataclass(frozen=True)
class CheckedReceipt:
    """A receipt and whether its seal holds."""

    record: Invocation
    receipt: Receipt
    genuine: bool


@dataclass(frozen=True)
class CheckReceipt:
    """Answer whether an invocation's receipt is the one that was made when it ended."""

    invocations: Invocations
    seals: Seals

    def __call__(self, invocation_id: str) -> CheckedReceipt:
        """The receipt with the verdict; one without a seal is not genuine.

        Raises:
            NotFoundError: no such invocation, or it has no receipt yet.
        """
        record = self.invocations.get(invocation_id)
        if record is None:
            raise unknown_invocation(invocation_id)
        if record.receipt is None:
            raise NotFoundError(
                "NO_RECEIPT",
                f"Invocation {invocation_id} is {record.status}; its receipt is made when it ends",
                "Ask again when it has ended",
            )
        seal = record.receipt.seal
        genuine = seal is not None and self.seals.holds(sealed_content(record), seal)
        return CheckedReceipt(record, record.receipt, genuine)
