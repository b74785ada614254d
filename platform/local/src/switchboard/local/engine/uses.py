"""What AWS services do with our roles, where a part of the platform does it in their place.

An event source mapping reads its queue with the function's role, the scheduler sends with its
own: no request of ours shows it. Whoever plays the service notes it, once for each role, action
and resource.
"""

import json
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from switchboard.local.engine.need import Need
from switchboard.local.engine.roles import role_name

BATCH_SOURCES = {
    "aws:sqs": ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
    "aws:dynamodb": (
        "dynamodb:DescribeStream",
        "dynamodb:GetRecords",
        "dynamodb:GetShardIterator",
    ),
}
"""What Lambda's documentation asks of a function's role for a mapping of this event source."""
STREAM_SOURCE = "aws:dynamodb"
TARGETS = {
    "sqs": "sqs:SendMessage",
    "lambda": "lambda:InvokeFunction",
    "events": "events:PutEvents",
}

Credentials = Callable[[dict[str, Any]], dict[str, str]]


class Uses:
    """Appends to the journal of calls; safe for threads of one process."""

    def __init__(self, path: Path) -> None:
        """Append to `path`."""
        self._path = path
        self._noted: set[tuple[str, Need]] = set()
        self._lock = threading.Lock()

    def note(self, role_arn: str, needs: Iterable[Need]) -> None:
        """Note what is new of `needs`; nothing for what is no role's ARN."""
        role = role_name(role_arn)
        with self._lock:
            new = [need for need in needs if role and (role, need) not in self._noted]
            if not new:
                return
            self._noted.update((role, need) for need in new)
            line = {
                "at": datetime.now(UTC).isoformat(),
                "app": "",
                "service": "",
                "operation": "",
                "role": role,
                "needs": [need.as_list() for need in new],
            }
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a") as journal:
                journal.write(json.dumps(line) + "\n")

    def of_function(self, config: dict[str, Any]) -> None:
        """A function's process was started: its log is written with its role.

        One without a log group of its own (Lambda@Edge) logs elsewhere, not here.
        """
        name = (config.get("LoggingConfig") or {}).get("LogGroup")
        if name in (None, f"/aws/lambda/{config['FunctionName']}"):
            return
        region, account = config["FunctionArn"].split(":")[3:5]
        stream = f"arn:aws:logs:{region}:{account}:log-group:{name}:log-stream:own"
        needs = [Need("logs:CreateLogStream", stream), Need("logs:PutLogEvents", stream)]
        self.note(config.get("Role", ""), needs)

    def of_batch(self, config: dict[str, Any], event: Any) -> None:
        """A function was given a batch: Lambda read it with the function's role."""
        records = event.get("Records") if isinstance(event, dict) else None
        if not isinstance(records, list) or not records or not isinstance(records[0], dict):
            return
        source, arn = records[0].get("eventSource", ""), records[0].get("eventSourceARN", "")
        needs = [Need(action, arn) for action in BATCH_SOURCES.get(source, ())]
        if source == STREAM_SOURCE:
            needs.append(Need("dynamodb:ListStreams", "*"))
        self.note(config.get("Role", ""), needs)

    def of_target(self, target: dict[str, Any]) -> None:
        """A schedule or rule reached a target for which it names a role."""
        arn = target.get("Arn", "")
        service = arn.split(":")[2] if arn.startswith("arn:") else ""
        if action := TARGETS.get(service):
            self.note(target.get("RoleArn", ""), [Need(action, arn)])


def note_targets(eventbridge: Any, uses: Uses) -> None:
    """Have every target of a rule or schedule noted when it is reached."""
    shipped: Callable[..., Any] = eventbridge._invoke_target  # noqa: SLF001

    def invoke(target: Any, *arguments: Any, **more: Any) -> Any:
        uses.of_target(target)
        return shipped(target, *arguments, **more)

    eventbridge._invoke_target = invoke  # noqa: SLF001
