"""Runs the engine: `python -m switchboard.local.engine.runner`, in the engine's own environment.

Listens on 127.0.0.1 only. Configuration comes from `EngineSettings`; ministack reads its own
variables (`GATEWAY_PORT`, `PERSIST_STATE`...), which the supervisor sets.
"""

import asyncio
import signal
import sys
import time
from functools import partial
from typing import Any

from switchboard.local.engine import (
    alarms,
    aws_sources,
    custom_resources,
    fixes,
    leasing,
    measuring,
    resting,
    saving,
    streams,
    vendor,
    warming,
)
from switchboard.local.engine.bundles import Bundles
from switchboard.local.engine.calls import CallJournal
from switchboard.local.engine.registry import Registry
from switchboard.local.engine.resource_types import ResourceTypes
from switchboard.local.engine.settings import EngineSettings
from switchboard.local.engine.uses import Uses, note_targets
from switchboard.local.engine.worker import CLIENT_CONTEXT, Worker

QUIET = ("/_localstack/health", "/_ministack/health")
"""Paths whose requests change no state."""
KEEP_ALIVE_SECONDS = 3600
"""A deployment uploads over a connection that idles while the apps are synthesized."""
OWN = "/_switchboard/"
"""Our own doors: `warm` starts all functions, `save` writes the state now."""


class Front:
    """ministack's ASGI application, with what it does not hand on."""

    def __init__(
        self,
        app: Any,
        saver: saving.Saver,
        warmer: warming.Warmer,
        rester: resting.Rester,
        watch: alarms.Alarms,
    ) -> None:
        """Serve `app`."""
        self._app = app
        self.saver = saver
        self.watch = watch
        self._warmer = warmer
        self.rester = rester

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request."""
        path = scope.get("path", "")
        if scope["type"] == "http" and path.startswith(OWN):
            await self._own_door(path)
            await _accepted(send)
            return
        if scope["type"] == "http" and not path.startswith(QUIET):
            self.saver.touched()
            headers = {key.decode().lower(): value for key, value in scope["headers"]}
            CLIENT_CONTEXT.set(headers.get("x-amz-client-context", b"").decode() or None)
            aws_sources.CALLER.set(aws_sources.caller(headers))
        await self._app(scope, receive, send)

    async def _own_door(self, path: str) -> None:
        if path.endswith("/warm"):
            self._warmer.start()
        elif path.endswith("/rest"):
            await asyncio.to_thread(self.rester.rest, 0)
        else:
            await asyncio.to_thread(self.saver.save)


def prepare(settings: EngineSettings, engine: vendor.Vendor) -> Front:
    """Add everything the engine lacks; nothing is served yet."""
    responses = engine.responses
    ResourceTypes(
        Registry(settings.registry),
        scope=lambda: (responses.get_account_id(), responses.get_region()),
        gateway_url=settings.gateway_url,
    ).register(engine.provisioners._RESOURCE_HANDLERS)  # noqa: SLF001
    bundles = Bundles(settings.bundles)
    fixes.apply(engine, bundles)
    custom_resources.apply(engine)
    aws_sources.let_in(engine.eventbridge)
    saving.extend(engine)
    engine.lambda_svc._poll_dynamodb_streams = streams.StreamPoller(engine)  # noqa: SLF001
    uses = Uses(settings.journal)
    note_targets(engine.eventbridge, uses)
    _use_workers(engine, bundles, uses)
    leasing.apply(engine.lambda_svc, engine.lambda_runtime)
    measuring.apply(engine, time.time)
    saver = saving.Saver(engine, settings.save_every_seconds)
    app = CallJournal(engine.app.app, settings.journal)
    watch = alarms.Alarms(engine, saver.touched)
    return Front(app, saver, warming.Warmer(engine, bundles), resting.Rester(), watch)


def _use_workers(engine: vendor.Vendor, bundles: Bundles, uses: Uses) -> None:
    runtime = engine.lambda_runtime
    shipped = runtime._worker_class_for  # noqa: SLF001
    credentials = runtime.execution_credentials
    python = partial(Worker, bundles=bundles, credentials=credentials, uses=uses)

    def worker_class_for(config: dict[str, Any]) -> Any:
        is_python = str(config.get("Runtime", "python")).startswith("python")
        return python if is_python else shipped(config)

    runtime._worker_class_for = worker_class_for  # noqa: SLF001


async def serve(settings: EngineSettings, engine: vendor.Vendor, front: Front) -> None:
    """Serve until SIGTERM or SIGINT, then save."""
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    config = engine.config()
    config.bind = [f"127.0.0.1:{settings.port}"]
    config.keep_alive_timeout = KEEP_ALIVE_SECONDS
    config.graceful_timeout = 1

    async def asked_to_stop() -> None:
        await stopped.wait()
        front.rester.stop()
        await asyncio.to_thread(front.watch.stop)
        await asyncio.to_thread(front.saver.stop)

    front.saver.start()
    front.rester.start()
    front.watch.start()
    await engine.serve(front, config, shutdown_trigger=asked_to_stop)
    engine.lambda_runtime.reset()


def main() -> int:
    """Check the installed engine, then serve it."""
    settings = EngineSettings.from_env()
    try:
        engine = vendor.load()
    except vendor.EngineMismatchError as error:
        sys.stderr.write(f"{error}\n")
        return 3
    asyncio.run(serve(settings, engine, prepare(settings, engine)))
    return 0


async def _accepted(send: Any) -> None:
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 202, "headers": headers})
    await send({"type": "http.response.body", "body": b"{}"})


if __name__ == "__main__":
    sys.exit(main())
