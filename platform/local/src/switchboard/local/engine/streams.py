"""DynamoDB streams to functions, the way Lambda does it, and streams that survive a restart.

ministack 1.5.33 invokes on the one polling thread (a cold relay holds up every queue), advances
past records that the function reports in `batchItemFailures` (an event would be lost), never gives
up and never bisects. After a restart its streams are empty but its read positions are not, so that
the next records are skipped. Tables feed our outbox relays, so all of that matters.
"""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from switchboard.local.engine.vendor import Vendor

STATE = "switchboard_streams"
"""Name of the state file that ministack does not write."""


@dataclass
class Trouble:
    """A batch that keeps failing."""

    position: int
    attempts: int = 0
    size: int | None = None


class StreamPoller:
    """Takes the place of `_poll_dynamodb_streams` in ministack's polling loop."""

    def __init__(self, engine: Vendor) -> None:
        """Read mappings and streams of `engine`."""
        self._engine = engine
        self._lambda = engine.lambda_svc
        self._troubles: dict[str, Trouble] = {}

    def __call__(self) -> bool:
        """Start what is due; True when some batch was taken."""
        taken = False
        for account, region, mapping in self._lambda._iter_all_esms():  # noqa: SLF001
            if ":dynamodb:" in mapping.get("EventSourceArn", ""):
                with self._scope(account, region):
                    taken = self._take(mapping) or taken
        return taken

    @contextlib.contextmanager
    def _scope(self, account: str, region: str) -> Iterator[None]:
        responses = self._engine.responses
        with contextlib.ExitStack() as stack:
            for variable, value in (
                (responses._request_account_id, account),  # noqa: SLF001
                (responses._request_region, region),  # noqa: SLF001
            ):
                stack.callback(variable.reset, variable.set(value))
            yield

    def _take(self, mapping: dict[str, Any]) -> bool:
        batch = self._due(mapping)
        if not batch:
            return False
        function, _config = self._lambda._get_func_record_for_qualifier(  # noqa: SLF001
            mapping["FunctionName"], mapping.get("Qualifier")
        )
        if function is None:
            return False
        # A shard is read in order: one batch in flight. The batch runs on its own thread.
        self._lambda._dispatch_esm_batch(  # noqa: SLF001
            mapping["UUID"], self._run, mapping, function, batch
        )
        return True

    def _due(self, mapping: dict[str, Any]) -> list[dict[str, Any]]:
        identity = mapping["UUID"]
        table = self._engine.dynamodb._tables.get(_table(mapping))  # noqa: SLF001
        if (
            not mapping.get("Enabled", True)
            or identity in self._lambda._esm_inflight  # noqa: SLF001
            or self._lambda._esm_backoff_until.get(identity, 0) > self._now()  # noqa: SLF001
            or table is None
            or table.get("LatestStreamArn") != mapping["EventSourceArn"]
        ):
            return []
        position = self._position(mapping)
        trouble = self._troubles.get(identity)
        size = trouble.size if trouble and trouble.size else int(mapping.get("BatchSize", 100))
        found: list[dict[str, Any]] = self._engine.dynamodb.stream_records_since(
            _table(mapping), position, size
        )
        return found

    def _position(self, mapping: dict[str, Any]) -> int:
        table, identity = _table(mapping), mapping["UUID"]
        horizon: int = self._engine.dynamodb.stream_start_position(table)
        positions = self._lambda._dynamodb_stream_positions  # noqa: SLF001
        end: int = self._engine.dynamodb.stream_end_position(table)
        with self._lambda._dynamodb_stream_positions_lock:  # noqa: SLF001
            if identity not in positions:
                latest = mapping.get("StartingPosition", "LATEST") == "LATEST"
                positions[identity] = end if latest else horizon
            # A kill between two files of one save may leave a position beyond what is there; the
            # next records would then be passed over.
            position: int = min(max(int(positions[identity]), horizon), end)
            positions[identity] = position
        return position

    def _advance(self, mapping: dict[str, Any], position: int) -> None:
        with self._lambda._dynamodb_stream_positions_lock:  # noqa: SLF001
            self._lambda._dynamodb_stream_positions[mapping["UUID"]] = position  # noqa: SLF001

    def _run(
        self,
        mapping: dict[str, Any],
        function: dict[str, Any],
        batch: list[dict[str, Any]],
    ) -> None:
        position = self._position(mapping)
        wanted = self._lambda._apply_filter_criteria(batch, mapping)  # noqa: SLF001
        if not wanted:
            self._advance(mapping, position + len(batch))
            return
        result = self._lambda._execute_function(function, {"Records": wanted})  # noqa: SLF001
        done = len(batch) if not result.get("error") else 0
        failed = _first_failure(result, mapping)
        if failed is not None:
            numbers = [record["dynamodb"]["SequenceNumber"] for record in batch]
            done = numbers.index(failed) if failed in numbers else 0
        if done:
            self._troubles.pop(mapping["UUID"], None)
            self._advance(mapping, position + done)
        if done < len(batch):
            self._failed(mapping, function, batch[done:], position + done, result)

    def _failed(
        self,
        mapping: dict[str, Any],
        function: dict[str, Any],
        rest: list[dict[str, Any]],
        position: int,
        result: dict[str, Any],
    ) -> None:
        identity = mapping["UUID"]
        trouble = self._troubles.get(identity)
        if trouble is None or trouble.position != position:
            trouble = self._troubles[identity] = Trouble(position)
        trouble.attempts += 1
        if mapping.get("BisectBatchOnFunctionError") and len(rest) > 1:
            trouble.size = max(1, len(rest) // 2)
        limit = int(mapping.get("MaximumRetryAttempts", -1))
        if (len(rest) > 1 and trouble.size) or limit < 0 or trouble.attempts <= limit:
            pause = self._lambda._ESM_BACKOFF_SECONDS  # noqa: SLF001
            self._lambda._esm_backoff_until[identity] = self._now() + pause  # noqa: SLF001
            return
        self._lambda._send_ddb_stream_failure_record(  # noqa: SLF001
            mapping,
            function,
            rest,
            mapping["EventSourceArn"],
            result,
            "RetryAttemptsExhausted",
        )
        self._troubles.pop(identity, None)
        self._advance(mapping, position + len(rest))

    def _now(self) -> float:
        now: float = self._lambda.time.time()
        return now


def state(engine: Vendor) -> dict[str, Any]:
    """The records of all streams, for the state file."""
    return {
        "records": engine.dynamodb._stream_records,  # noqa: SLF001
        "trimmed": engine.dynamodb._stream_trimmed,  # noqa: SLF001
    }


def restore(engine: Vendor) -> None:
    """Put back the records that were saved, after the tables themselves."""
    saved = engine.persistence.load_state(STATE) or {}
    for name, store in state(engine).items():
        if name in saved:
            store._data.update(saved[name]._data)  # noqa: SLF001


def _table(mapping: dict[str, Any]) -> str:
    name: str = mapping["EventSourceArn"].split(":table/")[-1].split("/")[0]
    return name


def _first_failure(result: dict[str, Any], mapping: dict[str, Any]) -> str | None:
    """The sequence number to go on from, when the function reported one."""
    if "ReportBatchItemFailures" not in (mapping.get("FunctionResponseTypes") or []):
        return None
    body = result.get("body")
    body = json.loads(body) if isinstance(body, str) and body.startswith("{") else body
    failures = body.get("batchItemFailures") if isinstance(body, dict) else None
    return min((item["itemIdentifier"] for item in failures), default=None) if failures else None
