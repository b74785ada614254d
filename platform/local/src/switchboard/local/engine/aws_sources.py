"""Events of AWS services (`aws.connect`...) on the default bus.

Only AWS itself may publish them, and the engine refuses them from everybody. Here a stand-in plays
the service: its events are let in, those of our own services and agents are refused as on AWS. Our
own code names itself in the user agent (`app/switchboard-<service>`), a stand-in does not.
"""

import re
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any

CALLER: ContextVar[str | None] = ContextVar("caller", default=None)
"""The service of ours that makes the request being served; None for anybody else."""
_APP = re.compile(r"\bapp/(switchboard-[a-z-]+)")


def caller(headers: Mapping[str, bytes]) -> str | None:
    """Which service of ours sent a request with these headers (lower-case names)."""
    agent = b" ".join(headers.get(name, b"") for name in ("user-agent", "x-amz-user-agent"))
    found = _APP.search(agent.decode("latin-1"))
    return found[1] if found else None


def let_in(eventbridge: Any) -> None:
    """Let stand-ins publish what AWS services publish."""
    shipped: Callable[..., Any] = eventbridge._put_events  # noqa: SLF001

    def put_events(data: Any, allow_aws_source: bool = False) -> Any:  # noqa: FBT001, FBT002 - its own signature
        return shipped(data, allow_aws_source=allow_aws_source or CALLER.get() is None)

    eventbridge._put_events = put_events  # noqa: SLF001
