"""One process for all stand-ins: several servers on 127.0.0.1 in one event loop."""

import asyncio
import contextlib
import importlib
import logging
import signal
import sys
from collections.abc import Callable, Iterator
from typing import Any

import uvicorn

from switchboard.local.engine.calls import CallJournal
from switchboard.local.settings import HOST, LocalSettings

STAND_INS = ("agentcore", "gateway", "notion", "github", "prototypes", "connect")
JOURNALLED = {"agentcore", "connect"}
SHUTDOWN_SECONDS = 5
"""How long open requests may take at the end."""

Load = Callable[[str], Callable[[LocalSettings], Any]]


class _Server(uvicorn.Server):
    """Leaves the signals to the one that runs them all."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Nothing: one handler stops all servers."""
        yield


def load(name: str) -> Callable[[LocalSettings], Any]:
    """The stand-in's `create_app`, imported when it is needed."""
    found: Callable[[LocalSettings], Any] = importlib.import_module(
        f"switchboard.local.{name}.app"
    ).create_app
    return found


def application(name: str, settings: LocalSettings, loader: Load = load) -> Any:
    """The stand-in's app; AWS calls of our code are journalled like those to the engine."""
    app = loader(name)(settings)
    return CallJournal(app, settings.folder.aws_journal) if name in JOURNALLED else app


def servers(settings: LocalSettings, loader: Load = load) -> list[uvicorn.Server]:
    """A server for each stand-in, on its port."""
    return [
        _Server(
            uvicorn.Config(
                application(name, settings, loader),
                host=HOST,
                port=getattr(settings, f"port_{name}"),
                log_level="warning",
                access_log=False,
                timeout_graceful_shutdown=SHUTDOWN_SECONDS,
            )
        )
        for name in STAND_INS
    ]


async def run(running: list[uvicorn.Server]) -> None:
    """Serve until SIGTERM or SIGINT, or until one of the servers ends; then end all."""

    def stop() -> None:
        for server in running:
            server.should_exit = True

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    tasks = [asyncio.create_task(server.serve()) for server in running]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    stop()
    await asyncio.gather(*tasks)


def main() -> int:
    """What the supervisor starts."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    for chatty in ("httpx", "mcp"):  # a line for each ping of each agent, for each tool call
        logging.getLogger(chatty).setLevel(logging.WARNING)
    running = servers(LocalSettings.from_env())
    asyncio.run(run(running))
    return 0 if all(server.started for server in running) else 1


if __name__ == "__main__":
    sys.exit(main())
