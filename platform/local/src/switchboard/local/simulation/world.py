"""One schedule: everything together, played to its end and judged."""

import contextlib
import io
import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from switchboard.local.simulation.adapters import Adapters
from switchboard.local.simulation.agents import Agents
from switchboard.local.simulation.faults import LOST_ACK
from switchboard.local.simulation.invariants import Invariants
from switchboard.local.simulation.kernel import BrokenInvariantError, Simulation
from switchboard.local.simulation.people import API_LIMIT, People
from switchboard.local.simulation.queues import Queue
from switchboard.local.simulation.relay import Stream
from switchboard.local.simulation.services import LIMITS, Services
from switchboard.local.simulation.tools import Tools
from switchboard.local.simulation.trace import Lines, Trace
from switchboard.orchestrator.domain.model import Invocation

SWEEP_EVERY = 300.0
SWEEP_LIMIT = 240.0
REDRIVES = 3
"""How often an operator empties the dead-letter queues once the sky is clear."""


class World:
    """The platform of one schedule."""

    def __init__(
        self,
        seed: int,
        trace: Trace | None = None,
        adapters: Callable[[Simulation], Adapters] = Adapters,
    ) -> None:
        """Build it on `adapters`."""
        self.sim = Simulation(seed, trace)
        self.on = adapters(self.sim)
        self.queues = {name: Queue(self.sim, name, limit) for name, limit in LIMITS.items()}
        self.bus = self.on.bus(self.sim, self.queues)
        self.services = Services(self.sim, self.on, self.queues)
        self.tools = Tools(self.sim, self.on)
        self.agents = Agents(self.sim, self.on.runtimes, self._call_tool, self.bus)
        self.people = People(
            self.sim,
            self.on.notion,
            lambda what, request: self._ask(what, self.services.api, request),
            lambda what, request: self._ask(what, self.services.tickets, request),
        )
        self.on.notion.deliver = self._webhook
        self.streams = [
            Stream(self.sim, name, rows, self.bus) for name, rows in self._outboxes().items()
        ]
        self.invariants = Invariants(self)
        self._known: set[str] = set()
        self.sim.after_call = self._after_call
        self.agents.before_tool = self.invariants.before_tool

    def play(self) -> None:
        """From the first wish to the last delivery.

        Raises:
            BrokenInvariantError: something that must hold does not.
        """
        self.people.begin()
        self.sim.later(SWEEP_EVERY, "", self._sweep)
        self.sim.play()
        self.sim.weather.clear_up()
        for _ in range(REDRIVES):
            for queue in self.queues.values():
                queue.redrive()
            self.sim.later(SWEEP_EVERY, "", self._sweep)
            self.sim.play()
        self.invariants.at_rest()

    def records(self) -> list[Invocation]:
        """Every invocation."""
        return list(self.on.store.records.values())

    def outbox(self) -> list[Any]:
        """Every event that was ever committed."""
        return [event for stream in self.streams for event in stream.rows()]

    def _outboxes(self) -> dict[str, list[Any] | dict[str, Any]]:
        on = self.on
        return {
            "ingress": on.table.outbox,
            "orchestrator": on.store.outbox,
            "completion": on.deliveries.published,
            "itsm-mock": on.tickets.outbox,
        }

    def _after_call(self, name: str) -> None:
        for stream in self.streams:
            stream.look()
        if name == "invocations.commit":
            for invocation_id in sorted(self.on.store.records.keys() - self._known):
                self._known.add(invocation_id)
                self.people.consider_cancelling(invocation_id)
            self.invariants.after_commit()
        elif name == "runtimes.start":
            self.invariants.after_start()

    def _webhook(self, raw: bytes, signature: str) -> bool:
        request = {"body": raw.decode(), "headers": {"X-Notion-Signature": signature}}
        status, _ = self._ask("webhook door", self.services.webhook, request)
        return status == HTTPStatus.OK

    def _ask(
        self, what: str, door: Callable[[Any], Any], request: dict[str, Any]
    ) -> tuple[int, dict[str, Any]]:
        lived, answer = self.sim.process(what, API_LIMIT, lambda: door(request))
        if not lived:
            return 0, {}
        if self.sim.weather.strikes(LOST_ACK, 0.03):
            self.sim.say(f"{LOST_ACK}: the answer of {what}")
            return 0, {}
        self.sim.say(f"{what} answers {answer['statusCode']}")
        return answer["statusCode"], json.loads(answer["body"])

    def _call_tool(self, call: Any, context: Any) -> dict[str, Any]:
        return self.tools.targets[call.target](call.arguments, context)

    def _sweep(self) -> None:
        self.sim.process("sweep", SWEEP_LIMIT, self.services.sweep)
        if self.sim.busy or any(not record.ended for record in self.records()):
            self.sim.later(SWEEP_EVERY, "", self._sweep)


@dataclass(frozen=True)
class Played:
    """How a schedule went."""

    seed: int
    steps: int
    faults: dict[str, int]
    broken: BrokenInvariantError | None = None


def play(
    seed: int,
    trace: Lines | None = None,
    adapters: Callable[[Simulation], Adapters] = Adapters,
) -> Played:
    """Play one schedule; with `trace`, write it down."""
    broken = None
    world = World(seed, trace, adapters)
    with quiet():
        try:
            world.play()
        except BrokenInvariantError as error:
            world.sim.say(f"BROKEN: {error}")
            broken = error
    return Played(seed, world.sim.steps, dict(world.sim.weather.counts), broken)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """No log lines and no metrics of the services; ours are the trace."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            yield
    finally:
        logging.disable(before)
