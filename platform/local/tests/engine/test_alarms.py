"""The look at all alarms, without an engine: time stands where the test puts it."""

from contextlib import nullcontext
from types import SimpleNamespace

import pytest

from switchboard.local.engine.alarms import STAND_IN, Alarms

RULE = {
    "ComparisonOperator": "GreaterThanThreshold",
    "Threshold": 0,
    "EvaluationPeriods": 1,
    "TreatMissingData": "notBreaching",
    "StateValue": "OK",
    "Namespace": "AWS/SQS",
    "MetricName": "ApproximateNumberOfMessagesVisible",
    "Dimensions": [{"Name": "QueueName", "Value": "dead"}],
    "Statistic": "Maximum",
    "Period": 300,
}
NOW = 1000.0


class Engine(SimpleNamespace):
    """As much of ministack as a look takes; what was told is kept."""

    def __init__(self, visible_at, **alarms):
        self.told, self.messages = [], [{"visible_at": moment} for moment in visible_at]
        named = {name: {"AlarmName": name, **rule} for name, rule in alarms.items()}
        self.alarms = named
        self.cloudwatch = SimpleNamespace(
            _alarms=SimpleNamespace(
                all_items=lambda: [(("1", "r", name), alarm) for name, alarm in named.items()]
            ),
            _metrics={},
            _dims_key=str,
            _record_history=lambda *_change: None,
            _dispatch_alarm_actions=lambda alarm, *change: self.told.append(
                (alarm["AlarmName"], *change[:2])
            ),
            _evaluate_parent_alarms=lambda _alarm: None,
        )
        self.sqs = SimpleNamespace(
            _queues={"url": {"messages": self.messages}}, _queue_name_to_url={"dead": "url"}
        )
        self.lambda_svc = SimpleNamespace(time=SimpleNamespace(time=lambda: NOW))
        self.responses = SimpleNamespace(request_scope=lambda *_scope: nullcontext())


def test_an_alarm_tells_once_when_it_rings_and_once_when_it_is_over():
    engine = Engine([NOW - 1], depth=RULE)
    alarms = Alarms(engine, now=lambda: NOW)

    for _ in range(3):
        alarms.tick()
    engine.messages.clear()
    for _ in range(3):
        alarms.tick()

    assert engine.told == [("depth", "OK", "ALARM"), ("depth", "ALARM", "OK")]
    assert engine.alarms["depth"]["StateTransitionedTimestamp"] == int(NOW)


@pytest.mark.parametrize("visible_at", [[], [NOW + 30]])
def test_messages_that_are_hidden_do_not_ring(visible_at):
    engine = Engine(visible_at, depth=RULE)

    Alarms(engine, now=lambda: NOW).tick()

    assert not engine.told


def test_an_alarm_that_cannot_be_computed_is_logged_once_and_silences_no_other(caplog):
    engine = Engine([NOW - 1], broken={**RULE, "Threshold": "much"}, depth=RULE)
    alarms = Alarms(engine, now=lambda: NOW)

    alarms.tick()
    alarms.tick()

    assert engine.told == [("depth", "OK", "ALARM")]
    assert [record.message for record in caplog.records] == ["alarm broken cannot be computed"]


def test_an_alarm_that_is_not_written_down_yet_is_left_alone():
    engine = Engine([], half={**RULE, "Namespace": STAND_IN, "StateValue": "INSUFFICIENT_DATA"})

    Alarms(engine, now=lambda: NOW).tick()

    assert engine.alarms["half"]["StateValue"] == "INSUFFICIENT_DATA"


def test_only_a_changed_state_is_saved():
    saved = []
    engine = Engine([NOW - 1], depth=RULE)
    alarms = Alarms(engine, lambda: saved.append(True), now=lambda: NOW)

    alarms.tick()
    alarms.tick()

    assert saved == [True]


def test_what_is_stopped_looks_no_more():
    engine = Engine([NOW - 1], depth=RULE)
    alarms = Alarms(engine, now=lambda: NOW)
    alarms.stop()

    alarms.start()
    alarms.stop()

    assert not engine.told
