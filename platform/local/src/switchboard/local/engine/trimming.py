"""Logs and metrics the engine keeps: the newest, so that it stays quick after a long day.

It never forgets any, and writes them all whenever it saves its state.
"""

from typing import Any

from switchboard.local.engine.vendor import Vendor

STREAMS = 500
"""Log streams kept in a group: one for each invocation."""
POINTS = 500
"""Points kept of a metric; each is a value and how often it was seen in a minute."""
CHANGES = 1000
"""Changes of alarms kept."""


def trim(engine: Vendor) -> None:
    """Forget the oldest; requests may be served meanwhile."""
    for group in list(engine.cloudwatch_logs._log_groups._data.values()):  # noqa: SLF001
        _newest(group["streams"], STREAMS)
    for points in list(engine.cloudwatch._metrics._data.values()):  # noqa: SLF001
        del points[:-POINTS]
    for changes in list(engine.cloudwatch._alarm_history._data.values()):  # noqa: SLF001
        del changes[:-CHANGES]


def _newest(kept: dict[str, Any], most: int) -> None:
    for name in list(kept)[:-most]:
        kept.pop(name, None)
