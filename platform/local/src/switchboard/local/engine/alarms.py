"""Alarms that ring: computed once a second, as CloudWatch computes them.

ministack looks at an alarm only when somebody puts a metric, over all dimensions, and knows no
metric mathematics. Here a period ends now, not with the last full minute, so an alarm rings within
a second of its cause; the state, its history and what it tells by SNS are the engine's own.
"""

import logging
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from switchboard.local.engine import alarm_states
from switchboard.local.engine.alarm_math import Value, evaluate, is_selection, period_of, selection
from switchboard.local.engine.metric_store import MetricStore
from switchboard.local.engine.vendor import Vendor

TICK_SECONDS = 1.0
STAND_IN = "-"
"""The metric of an alarm over mathematics until its own are written down (`deployed_alarms`)."""

logger = logging.getLogger("switchboard.engine")


class Alarms:
    """All alarms of the engine."""

    def __init__(
        self,
        engine: Vendor,
        changed: Callable[[], None] = lambda: None,
        now: Callable[[], float] = time.time,
    ) -> None:
        """`changed` is called when an alarm has another state, so that it is saved."""
        self._engine = engine
        self._store = MetricStore(engine)
        self._changed = changed
        self._now = now
        self._complained: set[str] = set()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="switchboard-alarms")
        # Otherwise every PutMetricData would decide, in its own way.
        engine.cloudwatch._evaluate_alarm = lambda _alarm: None  # noqa: SLF001
        engine.cloudwatch._evaluate_all_alarms = lambda: None  # noqa: SLF001

    def start(self) -> None:
        """Look every second, in the background."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more; waits for the look that is going on."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()

    def tick(self) -> None:
        """Look at every alarm once."""
        for (account, region, name), alarm in self._engine.cloudwatch._alarms.all_items():  # noqa: SLF001
            try:
                with self._engine.responses.request_scope(account, region):
                    self._look_at(alarm)
            except Exception:
                # One alarm that cannot be computed must not silence the others.
                if name not in self._complained:
                    self._complained.add(name)
                    logger.exception("alarm %s cannot be computed", name)

    def _run(self) -> None:
        while not self._stopped.wait(TICK_SECONDS):
            self.tick()

    def _look_at(self, alarm: dict[str, Any]) -> None:
        if alarm.get("Namespace") == STAND_IN:
            return
        found, reason = alarm_states.state(alarm, self._values(alarm))
        if found == alarm["StateValue"]:
            return
        before = alarm["StateValue"]
        now = int(self._now())
        alarm |= {
            "StateValue": found,
            "StateReason": reason,
            "StateUpdatedTimestamp": now,
            "StateTransitionedTimestamp": now,
        }
        cloudwatch = self._engine.cloudwatch
        cloudwatch._record_history(alarm["AlarmName"], before, found, reason)  # noqa: SLF001
        cloudwatch._dispatch_alarm_actions(alarm, before, found, reason)  # noqa: SLF001
        cloudwatch._evaluate_parent_alarms(alarm)  # noqa: SLF001
        self._changed()

    def _values(self, alarm: dict[str, Any]) -> list[Value]:
        """What it watches, for each of its periods, the newest first."""
        entries = alarm.get("Metrics") or [_only_metric(alarm)]
        length = next(int(period) for entry in entries if (period := period_of(entry)))
        by_id = {entry["Id"]: entry for entry in entries}
        (watched,) = (entry for entry in entries if entry.get("ReturnData", True))
        evaluated = int(alarm.get("EvaluationPeriods") or 1)
        return [
            self._value(watched["Id"], by_id, period)
            for period in alarm_states.periods(self._now(), length, evaluated)
        ]

    def _value(
        self, entry_id: str, entries: dict[str, dict[str, Any]], period: tuple[float, float]
    ) -> Value:
        entry = entries[entry_id]
        expression = entry.get("Expression")
        if not expression:
            return self._store.value(entry["MetricStat"], period)
        if is_selection(expression):
            return self._store.selected(selection(expression), period)
        return evaluate(expression, partial(self._value, entries=entries, period=period))


def _only_metric(alarm: dict[str, Any]) -> dict[str, Any]:
    """An alarm over one metric as an alarm over mathematics with one entry."""
    metric = {name: alarm.get(name) for name in ("Namespace", "MetricName", "Dimensions")}
    statistic = alarm.get("ExtendedStatistic") or alarm.get("Statistic") or "Average"
    return {
        "Id": "metric",
        "MetricStat": {"Metric": metric, "Period": alarm.get("Period", 60), "Stat": statistic},
    }
