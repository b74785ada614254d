"""The tables of the CloudWatch user guide, "How alarm state is evaluated when data is missing"."""

import pytest

from switchboard.local.engine.alarm_states import (
    ALARM,
    INSUFFICIENT,
    OK,
    is_statistic,
    periods,
    state,
    statistic,
)

KEPT = "as it was"
TREATMENTS = ("missing", "ignore", "breaching", "notBreaching")
VALUES = {"0": 0.0, "X": 9.0, "-": None}

# Data points as the guide prints them, the newest last; the states by treatment.
THREE_OF_THREE = [
    ("0 - X - X", (OK, OK, OK, OK)),
    ("- - - - 0", (OK, OK, OK, OK)),
    ("- - - - -", (INSUFFICIENT, KEPT, ALARM, OK)),
    ("0 X X - X", (ALARM, ALARM, ALARM, ALARM)),
    ("- - X - -", (ALARM, KEPT, ALARM, OK)),
]
TWO_OF_THREE = [
    ("0 - X - X", (ALARM, ALARM, ALARM, ALARM)),
    ("0 0 X 0 X", (ALARM, ALARM, ALARM, ALARM)),
    ("0 - X - -", (OK, OK, ALARM, OK)),
    ("- - - - 0", (OK, OK, ALARM, OK)),
    ("- - - X -", (ALARM, KEPT, ALARM, OK)),
]


def alarm(**changed):
    return {
        "ComparisonOperator": "GreaterThanThreshold",
        "Threshold": 1,
        "EvaluationPeriods": 3,
        "StateValue": KEPT,
        **changed,
    }


def newest_first(shown):
    return [VALUES[mark] for mark in reversed(shown.split())]


@pytest.mark.parametrize(
    ("needed", "shown", "treatment", "expected"),
    [
        (needed, shown, treatment, expected)
        for needed, table in ((3, THREE_OF_THREE), (2, TWO_OF_THREE))
        for shown, states in table
        for treatment, expected in zip(TREATMENTS, states, strict=True)
    ],
)
def test_missing_data_is_treated_as_the_guide_says(needed, shown, treatment, expected):
    found = alarm(DatapointsToAlarm=needed, TreatMissingData=treatment)

    assert state(found, newest_first(shown))[0] == expected


@pytest.mark.parametrize(
    ("comparison", "value", "expected"),
    [
        ("GreaterThanThreshold", 1.0, OK),
        ("GreaterThanOrEqualToThreshold", 1.0, ALARM),
        ("LessThanThreshold", 1.0, OK),
        ("LessThanOrEqualToThreshold", 1.0, ALARM),
        ("LessThanThreshold", 0.5, ALARM),
    ],
)
def test_a_value_on_the_threshold_is_judged_by_the_comparison(comparison, value, expected):
    found = alarm(ComparisonOperator=comparison, EvaluationPeriods=1)

    assert state(found, [value, None, None])[0] == expected


def test_the_reason_names_values_threshold_and_how_many_were_needed():
    _state, reason = state(alarm(EvaluationPeriods=1), [12.5, None, None])

    assert reason.startswith(
        "Threshold Crossed: 1 of the last 1 data points [12.5] was greater than the threshold (1)"
    )


def test_the_reason_of_a_quiet_alarm_does_not_say_that_anything_was_crossed():
    _state, reason = state(alarm(EvaluationPeriods=1), [0.5, None, None])

    assert (
        reason == "0 of the last 1 data points [0.5] were greater than the threshold (1), 1 needed"
    )


def test_an_alarm_without_data_says_how_that_was_treated():
    _state, reason = state(alarm(TreatMissingData="notBreaching"), [None] * 5)

    assert reason == "no data points in the periods evaluated; missing is treated as notBreaching"


def test_a_period_ends_now_and_begins_where_the_one_before_ended():
    assert periods(1000.0, 60, 1) == [(940.0, 1000.0), (880.0, 940.0), (820.0, 880.0)]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Average", 2.0),
        ("Sum", 20.0),
        ("Minimum", 1.0),
        ("Maximum", 7.0),
        ("SampleCount", 10.0),
        ("p80", 1.0),
        ("p90", 4.0),
        ("p100", 7.0),
    ],
)
def test_a_statistic_counts_a_point_as_often_as_its_value_was_seen(name, expected):
    points = [{"Value": 1.0, "Count": 8.0}, {"Value": 4.0}, {"Value": 8.0}]
    points[2] = {"_stat": {"SampleCount": 1, "Sum": 8, "Minimum": 7, "Maximum": 7}}

    assert statistic(points, name) == expected


def test_without_points_there_is_no_statistic():
    assert statistic([], "Sum") is None


@pytest.mark.parametrize("name", ["Average", "p95", "p99.9"])
def test_the_five_statistics_and_percentiles_are_known(name):
    assert is_statistic(name)


@pytest.mark.parametrize("name", ["tm90", "IQM", "pig", "p"])
def test_other_statistics_are_not(name):
    assert not is_statistic(name)
