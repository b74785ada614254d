"""A port of the code under test, whose every call goes through the scheduler."""

from collections.abc import Callable
from typing import Any

from switchboard.local.simulation.kernel import Simulation
from switchboard.local.simulation.trace import described


def no_answer(reason: str) -> Exception:
    """What escapes an adapter over AWS when all tries of its SDK have failed."""
    return ConnectionError(reason)


class Port:
    """Stands before an adapter; `refusal` makes the error by which that adapter says "not now"."""

    def __init__(
        self,
        sim: Simulation,
        name: str,
        adapter: Any,
        refusal: Callable[[str], Exception] = no_answer,
    ) -> None:
        """Call `adapter` as `name`."""
        self._sim = sim
        self._name = name
        self._adapter = adapter
        self._refusal = refusal

    def __getattr__(self, method: str) -> Any:
        """The adapter's method, as the schedule lets it happen; kept for the next call."""
        act = getattr(self._adapter, method)
        if not callable(act):
            return act
        name, sim, refusal = f"{self._name}.{method}", self._sim, self._refusal

        def call(*args: Any, **options: Any) -> Any:
            if sim.trace.wanted:
                sim.say(f"{name}({described(args)})")
            return sim.call(name, lambda: act(*args, **options), refusal)

        setattr(self, method, call)
        return call
