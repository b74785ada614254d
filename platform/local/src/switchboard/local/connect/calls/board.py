"""Everybody's calls: who is on the line, one turn at a time each, and what is left of a call."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from switchboard.contact_flows.document import FlowDocument, FlowFormatError, read_flow
from switchboard.contact_flows.interpreter.contact import Contact
from switchboard.contact_flows.interpreter.contact_events import ContactEvents
from switchboard.contact_flows.interpreter.run import BY_OTHER, interpret
from switchboard.local.connect import lines
from switchboard.local.connect.calls.call import Call
from switchboard.local.connect.calls.caller_input import CallerInput, Kind
from switchboard.local.connect.calls.connection import Connection, cut_off_record
from switchboard.local.connect.calls.world import World
from switchboard.local.connect.contacts import Contacts, Snapshot
from switchboard.local.connect.desk import Line, NotDeployedError
from switchboard.local.connect.lines import Tell

logger = logging.getLogger(__name__)

MAX_LIVE = 200
IDLE_SECONDS = 300.0
"""A caller who does nothing for so long is treated as one who says nothing."""
HANG_UP_SECONDS = 5.0
MAX_SILENCES = 12
"""After so many the line is closed, whatever the flow still asks."""


class CallError(Exception):
    """A request about a call cannot be served; `code` and `remedy` say what to do.

    NoSuchCallError, CallOverError, CallBusyError, TooManyCallsError.
    """

    status, code, remedy = 400, "CALL_ERROR", ""


class NoSuchCallError(CallError):
    """Nobody with this contact id is or was on the line."""

    status, code = 404, "NO_SUCH_CALL"
    remedy = "place a call: POST /calls; those known are at GET /calls"


class CallOverError(CallError):
    """The call is over."""

    status, code = 409, "CALL_OVER"
    remedy = "place a new call: POST /calls; what was said is at GET /calls/{contact_id}"


class CallBusyError(CallError):
    """The desk is still answering the turn before."""

    status, code = 409, "CALL_BUSY"
    remedy = "wait for the line 'waiting' of the turn before; only hang_up is taken at any time"


class TooManyCallsError(CallError):
    """So many calls at once are not taken."""

    status, code = 429, "TOO_MANY_CALLS"
    remedy = f"at most {MAX_LIVE} calls at once; hang some up"


class Board:
    """Any number of calls at once; each is only ever worked on by one thread."""

    def __init__(
        self,
        world: World,
        contacts: Contacts,
        new_id: Callable[[], str],
        clock: Callable[[], float] = time.monotonic,
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        """Calls live in `world`; what is left of them goes to `contacts`."""
        self._world = world
        self._contacts = contacts
        self._new_id = new_id
        self._clock = clock
        self._idle_seconds = idle_seconds
        self._connections: dict[str, Connection] = {}
        self._lock = threading.Lock()

    def ring(self, caller: str, to: str | None = None) -> Connection:
        """A call comes in; `begin` answers it.

        Raises:
            NotDeployedError: nothing is rung by that number.
            TooManyCallsError: too many are on the line.
        """
        rung, instance = self._world.desk.line(to), self._world.desk.instance()
        document, now = _readable(rung), self._world.now
        contact = Contact(self._new_id(), instance.arn, caller, rung.number)
        run = interpret(document, contact, now=now, new_id=self._new_id)
        connection = Connection(Call(contact, run, self._world), now(), self._clock())
        with self._lock:
            if len(self._connections) >= MAX_LIVE:
                raise TooManyCallsError(f"{len(self._connections)} calls are going on")
            self._connections[connection.contact_id] = connection
        self._contacts.begin(lambda: connection.snapshot(now()))
        connection.busy.acquire()
        return connection

    def begin(self, connection: Connection, tell: Tell) -> None:
        """Answer the call: up to the caller's first turn."""
        contact = connection.call.contact
        tell(lines.contact(contact.contact_id, contact.customer, contact.system))
        try:
            self._work(connection, tell, connection.call.begin)
        finally:
            connection.busy.release()

    def reserve(self, contact_id: str, given: CallerInput) -> Connection:
        """Take the line for a turn; whoever did gives it back with `turn`.

        Raises:
            NoSuchCallError, CallOverError, CallBusyError: there is no turn to take.
        """
        connection = self._found(contact_id)
        if given.kind is Kind.HANG_UP:
            connection.call.leave()  # a desk that is at work hears it at its next step
            connection.busy.acquire()
        elif not connection.busy.acquire(blocking=False):
            raise CallBusyError(f"call {contact_id} is at work")
        return connection

    def turn(self, connection: Connection, given: CallerInput, tell: Tell) -> None:
        """A reserved turn."""
        call = connection.call
        try:
            if call.ending is not None:  # it ended while the caller hung up
                tell(lines.ended(call.ending, list(call.transcript.tickets), 0, 0))
                return
            connection.last_turn = self._clock()
            self._work(connection, tell, lambda noting: call.turn(given, noting))
        finally:
            connection.busy.release()

    def hang_up(self, connection: Connection) -> None:
        """End a call, whoever works on it; one that is stuck is left as if it were cut off."""
        connection.call.leave()
        if connection.busy.acquire(timeout=HANG_UP_SECONDS):
            self._end(connection, iter([CallerInput(Kind.HANG_UP)]))

    def record(self, contact_id: str) -> dict[str, Any]:
        """What is known of a call, going on or over.

        Raises:
            NoSuchCallError: nothing.
        """
        connection = self._connections.get(contact_id)
        now = self._world.now()
        found = connection.record(now) if connection else self._contacts.record(contact_id)
        if found is None:
            raise NoSuchCallError(f"no call {contact_id}")
        return found

    def live(self) -> list[dict[str, Any]]:
        """The calls that are going on, oldest first."""
        now = self._world.now()
        # The last line is told a moment before the call is put away.
        going_on = [item for item in self._going_on() if item.call.ending is None]
        return [connection.record(now) for connection in going_on]

    def end_idle(self) -> int:
        """Calls whose caller does nothing any more end as those of silent callers do."""
        limit = self._clock() - self._idle_seconds
        idle = [item for item in self._going_on() if item.last_turn < limit]
        for connection in idle:
            if not connection.busy.acquire(blocking=False):
                continue
            logger.info("idle call ends", extra={"contact_id": connection.contact_id})
            self._end(connection, _silent_caller(connection.call))
        return len(idle)

    def finish_cut_off(self) -> int:
        """Tell the bus that calls are over which a kill of this process has cut off."""
        lost = self._contacts.cut_off()
        for snapshot in lost:
            now = self._world.now()
            self._tell_the_end(snapshot)
            ended = replace(snapshot, ended_at=now.timestamp(), reason=BY_OTHER)
            self._contacts.end(ended, cut_off_record(snapshot, now))
        return len(lost)

    def close(self) -> None:
        """Hang up for everybody."""
        for connection in self._going_on():
            self.hang_up(connection)

    def _going_on(self) -> list[Connection]:
        with self._lock:
            return list(self._connections.values())

    def _found(self, contact_id: str) -> Connection:
        connection = self._connections.get(contact_id)
        if connection is not None:
            return connection
        if self._contacts.record(contact_id) is not None:
            raise CallOverError(f"call {contact_id} is over")
        raise NoSuchCallError(f"no call {contact_id}")

    def _end(self, connection: Connection, inputs: Iterator[CallerInput]) -> None:
        """Turns without anybody who listens, on a line that is reserved."""

        def act(tell: Tell) -> None:
            for given in inputs:
                if connection.call.ending is None:
                    connection.call.turn(given, tell)

        try:
            self._work(connection, lambda _line: None, act)
        finally:
            connection.busy.release()

    def _work(self, connection: Connection, tell: Tell, act: Callable[[Tell], None]) -> None:
        """One piece of work on a call; whatever happens, a call that is over is released."""
        call = connection.call
        try:
            act(tell)
        except Exception:  # the outermost edge of a call: its caller must hear of it
            logger.exception("call failed", extra={"contact_id": connection.contact_id})
            call.drop("an error of the local Amazon Connect")
            self._tell_the_end(connection.snapshot(self._world.now()))
            tell(
                lines.failed(
                    "CALL_FAILED",
                    "the call cannot go on: an error of the local Amazon Connect",
                    "see .switchboard/logs/serve.log, and place the call again",
                )
            )
        if call.ending is not None:
            self._release(connection)

    def _release(self, connection: Connection) -> None:
        """Only the record stays: everything else of the call is forgotten."""
        now = self._world.now()
        self._contacts.end(connection.snapshot(now), connection.record(now))
        self._world.sessions.close(connection.contact_id)
        with self._lock:
            self._connections.pop(connection.contact_id, None)

    def _tell_the_end(self, snapshot: Snapshot) -> None:
        instance = snapshot.arn.partition("/contact/")[0]
        contact = Contact(snapshot.contact_id, instance, snapshot.caller, snapshot.to)
        events = ContactEvents(contact, self._world.now, self._new_id)
        for event in (events.disconnected(BY_OTHER), events.completed()):
            self._world.publish(event)


def _readable(rung: Line) -> FlowDocument:
    try:
        return read_flow(rung.document)
    except FlowFormatError as error:
        raise NotDeployedError(f"flow {rung.flow_name} cannot be run: {error}") from error


def _silent_caller(call: Call) -> Iterator[CallerInput]:
    """Says nothing until the desk gives up; in a queue, where nothing is asked, hangs up."""
    for _ in range(MAX_SILENCES):
        yield CallerInput(Kind.HANG_UP if call.waits_for == "person" else Kind.SILENCE)
    yield CallerInput(Kind.HANG_UP)
