"""Run a stand-in inside another process, on a port the system chose (tests, experiments)."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread

import uvicorn
from starlette.types import ASGIApp

HOST = "127.0.0.1"


@contextmanager
def served(build: Callable[[int], ASGIApp]) -> Iterator[int]:
    """Serve `build(port)` until the block ends; yields the port.

    The socket listens before the app starts, so the first request waits instead of failing.
    """
    # asyncio turns Nagle's algorithm off only where the protocol is given: 40 ms a request
    with socket.socket(proto=socket.IPPROTO_TCP) as listener:
        listener.bind((HOST, 0))
        listener.listen()
        port: int = listener.getsockname()[1]
        config = uvicorn.Config(build(port), log_level="warning", ws="none", lifespan="on")
        server = uvicorn.Server(config)
        thread = Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            yield port
        finally:
            server.should_exit = True
            thread.join(timeout=15)
