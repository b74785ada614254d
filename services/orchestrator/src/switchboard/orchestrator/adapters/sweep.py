"""The clock's door: now and then look at what nobody moved on."""

from collections.abc import Callable
from dataclasses import asdict

from aws_lambda_powertools import Logger

from switchboard.orchestrator.domain.model import Flow, RetryLaterError


class SweepFailedError(RuntimeError):
    """Some overdue invocations could not be handled; the next sweep tries them again."""


class Sweep:
    """Drive every overdue invocation; one that fails does not stand in the way of the others."""

    def __init__(
        self, find: Callable[[], list[Flow]], drive: Callable[[str], None], logger: Logger
    ) -> None:
        """Drive what `find` finds."""
        self._find = find
        self._drive = drive
        self._logger = logger

    def __call__(self) -> dict[str, int]:
        """Return how many were found.

        Raises:
            SweepFailedError: after all were tried, so that the function's error metric shows it.
        """
        found = self._find()
        broken = [flow.invocation_id for flow in found if not self._driven(flow)]
        if broken:
            raise SweepFailedError(f"{len(broken)} of {len(found)} overdue: {', '.join(broken)}")
        return {"overdue": len(found)}

    def _driven(self, flow: Flow) -> bool:
        with self._logger.append_context_keys(**asdict(flow)):
            self._logger.warning("overdue invocation found")
            try:
                self._drive(flow.invocation_id)
            except RetryLaterError as error:
                self._logger.warning("will be tried again", reason=str(error))
            except Exception:
                self._logger.exception("overdue invocation failed")
                return False
        return True
