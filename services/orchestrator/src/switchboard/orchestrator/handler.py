"""Lambda entry points: the queue's worker, the API and the sweep."""

from functools import cache
from typing import Any

from switchboard.orchestrator import wiring
from switchboard.orchestrator.adapters.inbox import Inbox
from switchboard.orchestrator.adapters.rest import InvocationApi
from switchboard.orchestrator.adapters.sweep import Sweep
from switchboard.orchestrator.settings import Settings, WorkerSettings


@cache
def _worker() -> Inbox:
    return wiring.worker(WorkerSettings.from_env())


@cache
def _api() -> InvocationApi:
    return wiring.orchestrator(Settings.from_env()).api()


@cache
def _sweep() -> Sweep:
    return wiring.orchestrator(Settings.from_env()).sweep()


def worker(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 - AWS calls it so
    """Handle a batch of the service's queue."""
    return _worker()(event)


def api(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 - AWS calls it so
    """Answer a request of the invocation API."""
    return _api()(event)


def reconcile(event: dict[str, Any], context: object) -> dict[str, int]:  # noqa: ARG001 - AWS calls it so
    """Drive overdue invocations."""
    return _sweep()()
