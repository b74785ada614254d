"""Small processes to supervise."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest

from switchboard.local.home import Home
from switchboard.local.processes.ports import Port
from switchboard.local.processes.supervisor import ProcessSpec, Supervisor
from switchboard.local.settings import user_environment

READY = "import pathlib, threading; pathlib.Path('ready').touch(); threading.Event().wait()"


@dataclass
class Workshop:
    """A state folder with a supervisor, and processes that do what a test needs."""

    supervisor: Supervisor
    names: list[str] = field(default_factory=list)

    def spec(self, code: str = READY, name: str = "worker", *ports: Port) -> ProcessSpec:
        self.names.append(name)
        environment = {"PATH": user_environment()["PATH"]}
        return ProcessSpec(name, [sys.executable, "-c", code], environment, ports)

    def start(self, spec: ProcessSpec) -> psutil.Process:
        self.supervisor.start(spec)
        self.supervisor.wait_until(spec.name, self.is_ready, 10)
        found = self.supervisor.find(spec.name)
        assert found is not None
        return found

    def is_ready(self) -> bool:
        return (self.supervisor.home.root / "ready").exists()


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    made = Workshop(Supervisor(Home(tmp_path)))
    yield made
    for name in made.names:
        made.supervisor.stop(name, 1)
    made.supervisor.sweep()


@pytest.fixture
def until(workshop: Workshop) -> Callable[[Callable[[], Any]], None]:
    """Wait for a condition."""

    def wait(condition: Callable[[], Any], tries: int = 500) -> None:
        for _ in range(tries):
            if condition():
                return
            workshop.supervisor.pause(0.02)
        raise AssertionError("it did not come")

    return wait
