from types import SimpleNamespace

from switchboard.local.engine.trimming import CHANGES, POINTS, STREAMS, trim


def _engine(streams, points, changes=0):
    scoped = SimpleNamespace
    groups = {"group": {"streams": {f"invocation-{index}": {} for index in range(streams)}}}
    return SimpleNamespace(
        cloudwatch_logs=scoped(_log_groups=scoped(_data=groups)),
        cloudwatch=scoped(
            _metrics=scoped(_data={"metric": list(range(points))}),
            _alarm_history=scoped(_data={"entries": list(range(changes))}),
        ),
    )


def test_the_newest_logs_points_and_changes_of_alarms_are_kept():
    engine = _engine(STREAMS + 3, POINTS + 2, CHANGES + 1)

    trim(engine)

    streams = engine.cloudwatch_logs._log_groups._data["group"]["streams"]
    assert (len(streams), next(iter(streams))) == (STREAMS, "invocation-3")
    assert engine.cloudwatch._metrics._data["metric"] == list(range(2, POINTS + 2))
    assert engine.cloudwatch._alarm_history._data["entries"][0] == 1


def test_what_is_little_stays():
    engine = _engine(2, 1)

    trim(engine)

    assert len(engine.cloudwatch_logs._log_groups._data["group"]["streams"]) == 2
    assert engine.cloudwatch._metrics._data["metric"] == [0]
