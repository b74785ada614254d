"""Bus and queues as the templates make them: rules by catalogue, visibility, redrive, DLQ."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from switchboard.events.catalogue import consumed_by
from switchboard.local.simulation.faults import DELAY, DUPLICATE, LOST_ACK, PARTIAL, REORDER
from switchboard.local.simulation.kernel import Simulation

MAX_RECEIVES = 5
"""`EventQueue` in platform/constructs: one more than the consumer's own four."""
Handler = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass(eq=False)
class Message:
    """A copy of an event in a queue."""

    number: int
    about: str
    body: str
    visible_at: Any = None
    received: int = 0
    done: bool = False


@dataclass(frozen=True)
class DeadLetter:
    """A message nobody could handle, and why."""

    about: str
    body: str
    reason: str


@dataclass
class Queue:
    """A service's inbox with its worker; it is the worker's `Visibility` as well."""

    sim: Simulation
    name: str
    limit: float
    """Seconds the function may run; a message is hidden for six times that."""
    handler: Handler = lambda _: {"batchItemFailures": []}
    messages: list[Message] = field(default_factory=list)
    dead: list[DeadLetter] = field(default_factory=list)
    _last_arrival: Any = None

    def send(self, body: str, about: str, transit: float) -> None:
        """A message arrives after `transit` seconds."""
        message = Message(len(self.messages) + 1, about, body)
        self.messages.append(message)
        message.visible_at = self.sim.now + timedelta(seconds=transit)
        if self._last_arrival and message.visible_at < self._last_arrival:
            self.sim.weather.note(REORDER)
        self._last_arrival = message.visible_at
        self._look_at(message)

    def hide(self, receipt_handle: str, seconds: int) -> None:
        """ChangeMessageVisibility."""
        message = self.messages[int(receipt_handle) - 1]
        self.sim.say(f"{message.about} is hidden for {seconds} s")
        message.visible_at = self.sim.now + timedelta(seconds=seconds)
        self._look_at(message)

    def bury(self, body: str, reason: str) -> None:
        """SendMessage to the DLQ."""
        about = next((item.about for item in self.messages if item.body == body), "message")
        self.sim.say(f"{about} goes to the DLQ: {reason}")
        self.dead.append(DeadLetter(about, body, reason))

    def redrive(self) -> None:
        """An operator moves everything back from the DLQ."""
        dead, self.dead = self.dead, []
        for letter in dead:
            self.sim.say(f"{letter.about} is redriven to {self.name}")
            self.send(letter.body, letter.about, 1)

    @property
    def open(self) -> list[Message]:
        """What is not handled yet."""
        return [message for message in self.messages if not message.done]

    def _look_at(self, message: Message) -> None:
        wait = (message.visible_at - self.sim.now).total_seconds()
        self.sim.later(wait, "", lambda: self._deliver(message))

    def _deliver(self, message: Message) -> None:
        if message.done or message.visible_at > self.sim.now:
            return
        message.received += 1
        if message.received > MAX_RECEIVES:
            message.done = True
            self.dead.append(DeadLetter(message.about, message.body, "received too often"))
            return
        message.visible_at = self.sim.now + timedelta(seconds=6 * self.limit)
        self._look_at(message)
        self.sim.say(f"{self.name} takes {message.about}, delivery {message.received}")
        record = {
            "messageId": str(message.number),
            "receiptHandle": str(message.number),
            "body": message.body,
            "attributes": {"ApproximateReceiveCount": str(message.received)},
        }
        lived, answer = self.sim.process(
            self.name, self.limit, lambda: self.handler({"Records": [record]})
        )
        if not lived or answer["batchItemFailures"]:
            return
        if self.sim.weather.strikes(LOST_ACK, 0.05):
            self.sim.say(f"{LOST_ACK}: {message.about} stays in {self.name}")
            return
        message.done = True


@dataclass
class Bus:
    """EventBridge: each rule's queue gets a copy, perhaps two, perhaps late, in any order."""

    sim: Simulation
    queues: dict[str, Queue]
    taken: set[str] = field(default_factory=set)
    """Ids of the events the bus has taken."""
    passed_on: list[tuple[str, str]] = field(default_factory=list)
    """Detail-type and id of each copy that a consumer was given."""

    def put_events(self, Entries: Sequence[dict[str, str]]) -> dict[str, Any]:  # noqa: N803 - boto3's name
        """PutEvents; it can refuse some and take the others, without raising."""
        results: list[dict[str, str]] = []
        for entry in Entries:
            if self.sim.weather.strikes(PARTIAL, 0.05):
                self.sim.say(f"{PARTIAL}: {entry['DetailType']}")
                results.append({"ErrorCode": "ThrottlingException"})
                continue
            self._take(entry)
            results.append({"EventId": "taken"})
        failed = sum("ErrorCode" in result for result in results)
        return {"FailedEntryCount": failed, "Entries": results}

    def _take(self, entry: dict[str, str]) -> None:
        kind, detail = entry["DetailType"], entry["Detail"]
        event_id = json.loads(detail)["metadata"]["id"]
        self.taken.add(event_id)
        body = f'{{"detail-type":"{kind}","source":"{entry["Source"]}","detail":{detail}}}'
        self.sim.say(f"the bus takes {kind} {event_id}")
        for name, queue in self.queues.items():
            if kind in SUBSCRIPTIONS[name]:
                for _ in range(1 + self.sim.weather.strikes(DUPLICATE, 0.3)):
                    self.passed_on.append((name, event_id))
                    queue.send(body, f"{kind} {event_id}", self._transit())

    def _transit(self) -> float:
        chance = self.sim.chance
        if self.sim.weather.strikes(DELAY, 0.2):
            return chance.uniform(60, chance.choice((300, 900, 7200)))
        return chance.uniform(0.05, 2)


SUBSCRIPTIONS = {
    name: frozenset(consumed_by(name))
    for name in ("ingress", "orchestrator", "completion", "itsm-mock")
}
"""What each service's rule lets through; the templates' rules are made from the same list."""
