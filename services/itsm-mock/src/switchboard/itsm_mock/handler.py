"""Lambda entry points: the REST API and the queue of bus events; and two commands.

`python -m switchboard.itsm_mock.handler check-openapi --env dev` compares the stored OpenAPI file
with this one; `... tools` prints `agentcore-tools.json`.
"""

import sys
from functools import cache
from typing import Any

from switchboard.itsm_mock import wiring
from switchboard.itsm_mock.adapters import command_line
from switchboard.itsm_mock.adapters.inbox import Inbox
from switchboard.itsm_mock.adapters.rest import DeskApi
from switchboard.itsm_mock.settings import Settings, WorkerSettings


@cache
def _api() -> DeskApi:
    return wiring.api_on_aws(Settings.from_env())


@cache
def _inbox() -> Inbox:
    return wiring.inbox_on_aws(WorkerSettings.from_env())


def api(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 - AWS calls it so
    """Answer a request of the ticket API (API Gateway proxy)."""
    return _api()(event)


def worker(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 - AWS calls it so
    """Handle a batch of the service's queue."""
    return _inbox()(event)


if __name__ == "__main__":
    sys.exit(command_line.main(wiring.stored_copy))
