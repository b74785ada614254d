"""What a run says when its execution role lacks a permission."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from switchboard.agents.memory import MemoryBus
from switchboard.agents.payload import RunRequest
from switchboard.agents.run import RunAgent

DENIED = (
    "User: arn:aws:sts::111122223333:assumed-role/switchboard-dev-agent-code/x is not authorized "
    "to perform: bedrock:InvokeModel on resource: arn:aws:bedrock:us-east-1::foundation-model/y"
)


def _denied(_messages: Any) -> Any:
    raise ClientError(
        {"Error": {"Code": "AccessDeniedException", "Message": DENIED}}, "ConverseStream"
    )


@pytest.mark.requirement("S001-EC-3", "F")
def test_a_permission_the_role_lacks_is_named_in_the_failure(
    run: Callable[..., RunAgent],
    request_of: Callable[..., RunRequest],
    bus: MemoryBus,
    cancel: threading.Event,
) -> None:
    run([_denied])(request_of(), "inv-01JD2Q3R4S5T6V7W8X9Y0ZABCD-0a1b2c3d", cancel)

    [event] = bus.events
    error = event.data.error
    assert error.code == "AGENT_ERROR"
    assert "not authorized to perform: bedrock:InvokeModel" in error.message
    assert error.remediation
