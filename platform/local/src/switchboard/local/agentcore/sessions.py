"""Sessions: one agent process per (runtime, session id), with idle and life limits.

A spare process per runtime waits ready-made, so that a session starts in milliseconds; a session
cannot tell whether its process was a spare.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import uuid4

import httpx

from switchboard.local.agentcore.agent_process import AgentProcess, Launcher
from switchboard.local.agentcore.bundles import BundleError
from switchboard.local.agentcore.journal import Journal
from switchboard.local.agentcore.runtimes import Runtimes, RuntimeSpec

logger = logging.getLogger(__name__)

BOOT_SECONDS = 60.0
RETRY_SPARE_SECONDS = 30.0
RETRY_CODE_SECONDS = 1.0
"""Code that is missing may only not be there yet: the front starts before the engine."""
REFILL_SECONDS = 3.0
"""A new spare waits this long after a session began, so as not to take its processor time."""


class SessionStartError(RuntimeError):
    """The agent did not become healthy; the message says why.

    CodeMissingError: it was not even started.
    """

    retry_seconds = RETRY_SPARE_SECONDS


class CodeMissingError(SessionStartError):
    """The agent's code cannot be had."""

    retry_seconds = RETRY_CODE_SECONDS


@dataclass
class Session:
    """One session of one runtime."""

    spec: RuntimeSpec
    session_id: str
    process: AgentProcess
    started: float
    last_used: float
    in_flight: int = 0
    tokens: list[str] = field(default_factory=list)
    """Workload tokens given to it; they end with the session."""


@dataclass
class Timing:
    """Clock and intervals, in seconds."""

    now: Callable[[], float] = time.monotonic
    poll_seconds: float = 1.0
    boot_seconds: float = BOOT_SECONDS
    refill_seconds: float = REFILL_SECONDS
    spares: bool = True


Key = tuple[str, str]


class SessionPool:
    """Starts, finds and ends sessions."""

    def __init__(
        self,
        runtimes: Runtimes,
        launcher: Launcher,
        journal: Journal,
        on_end: Callable[[Session], None],
        timing: Timing,
    ) -> None:
        """Tell `on_end` about each session that ended."""
        self._runtimes = runtimes
        self._launcher = launcher
        self._journal = journal
        self._on_end = on_end
        self._timing = timing
        self._sessions: dict[Key, Session] = {}
        self._locks: dict[Key, asyncio.Lock] = {}
        self._spares: dict[str, AgentProcess] = {}
        self._broken: dict[str, float] = {}
        self._closing = asyncio.Event()
        self._last_start = float("-inf")
        self._http = httpx.AsyncClient(timeout=2)

    async def take(self, spec: RuntimeSpec, session_id: str) -> Session:
        """The running session, started if there is none; `release` it after use.

        Raises:
            SessionStartError: the agent did not come up.
        """
        key = (spec.runtime_id, session_id)
        async with self._lock(key):
            known = self._sessions.get(key)
            if known and not known.process.running:
                await self._end(known, "exited")
                known = None
            session = known or await self._begin(spec, session_id)
            session.in_flight += 1
            return session

    def release(self, session: Session) -> None:
        """Say that a request taken with `take` has been answered; the idle time begins."""
        session.in_flight -= 1
        session.last_used = self._timing.now()

    async def stop(self, spec: RuntimeSpec, session_id: str) -> bool:
        """End a session; False when there is none."""
        key = (spec.runtime_id, session_id)
        async with self._lock(key):
            known = self._sessions.get(key)
            if known is None:
                return False
            await self._end(known, "stopped")
            return True

    async def watch(self) -> None:
        """Reap ended and idle sessions and keep spares, until `close`."""
        while not self._closing.is_set():
            try:
                for session in list(self._sessions.values()):
                    await self._inspect(session)
                if self._timing.spares:
                    await self._keep_spares()
            except Exception:
                # The watch must outlive any single fault: without it nothing is ever reaped.
                logger.exception("session watch failed once")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), self._timing.poll_seconds)

    def begin_close(self) -> None:
        """Start nothing any more; `watch` returns soon."""
        self._closing.set()

    async def close(self) -> None:
        """End everything; `watch` has returned."""
        self.begin_close()
        spares = [asyncio.to_thread(spare.stop) for spare in self._spares.values()]
        self._spares.clear()
        sessions = [self._end(session, "shutdown") for session in list(self._sessions.values())]
        await asyncio.gather(*sessions, *spares)
        await self._http.aclose()

    def _lock(self, key: Key) -> asyncio.Lock:
        return self._locks.setdefault(key, asyncio.Lock())

    async def _begin(self, spec: RuntimeSpec, session_id: str) -> Session:
        begun = self._timing.now()
        spare = self._spares.pop(spec.fingerprint, None)
        process = spare if spare and spare.running else await self._start(spec)
        process.name_log(session_id)
        now = self._last_start = self._timing.now()
        session = Session(spec, session_id, process, started=now, last_used=now)
        self._sessions[spec.runtime_id, session_id] = session
        took = round((now - begun) * 1000)
        self._write("started", session, ms=took, spare=process is spare, pid=process.popen.pid)
        return session

    async def _start(self, spec: RuntimeSpec) -> AgentProcess:
        try:
            process = await asyncio.to_thread(self._launcher.launch, spec, uuid4().hex)
        except BundleError as error:
            raise CodeMissingError(str(error)) from error
        deadline = self._timing.now() + self._timing.boot_seconds
        while await self._health(process) is None:
            late = self._timing.now() > deadline or self._closing.is_set()
            if late or not process.running:
                code = process.popen.poll()
                await asyncio.to_thread(process.stop, 0.0)
                why = "did not become healthy in time" if code is None else f"exited with {code}"
                raise SessionStartError(f"the agent {why}: {process.log_tail()}")
            await asyncio.sleep(0.02)
        return process

    async def _health(self, process: AgentProcess) -> str | None:
        try:
            answer = await self._http.get(f"{process.url}/ping")
            return str(answer.json()["status"]) if answer.is_success else None
        except (httpx.HTTPError, ValueError, KeyError):
            return None

    async def _inspect(self, session: Session) -> None:
        now = self._timing.now()
        if not session.process.running:
            await self._end(session, "exited")
        elif now - session.started > session.spec.life_seconds:
            await self._end(session, "life limit")
        elif session.in_flight or await self._health(session.process) == "HealthyBusy":
            session.last_used = max(session.last_used, now)
        elif now - session.last_used > session.spec.idle_seconds:
            async with self._lock((session.spec.runtime_id, session.session_id)):
                if not session.in_flight:  # a request may have come while we asked for its health
                    await self._end(session, "idle")

    async def _end(self, session: Session, why: str) -> None:
        if self._sessions.get((session.spec.runtime_id, session.session_id)) is not session:
            return
        del self._sessions[session.spec.runtime_id, session.session_id]
        self._on_end(session)
        await asyncio.to_thread(session.process.stop)
        self._write("ended", session, why=why)

    async def _keep_spares(self) -> None:
        specs = {spec.fingerprint: spec for spec in await asyncio.to_thread(self._runtimes.all)}
        for fingerprint in [known for known in self._spares if known not in specs]:
            await asyncio.to_thread(self._spares.pop(fingerprint).stop)
        for fingerprint, spec in specs.items():
            spare = self._spares.get(fingerprint)
            if spare and spare.running:
                continue
            now = self._timing.now()
            if self._closing.is_set() or now - self._last_start < self._timing.refill_seconds:
                return
            if now < self._broken.get(fingerprint, now):
                continue
            try:
                self._spares[fingerprint] = await self._start(spec)
            except SessionStartError as error:
                # A real start reports the reason to its caller; here it is only a lost spare.
                if fingerprint not in self._broken:
                    logger.warning("no spare | runtime=<%s> reason=<%s>", spec.name, error)
                self._broken[fingerprint] = now + error.retry_seconds

    def _write(self, event: str, session: Session, **fields: object) -> None:
        self._journal.write(
            event=event,
            runtime=session.spec.name,
            agent_type=session.spec.agent_type,
            session_id=session.session_id,
            **fields,
        )
