import json
from types import SimpleNamespace

import pytest

from switchboard.local.engine.measuring import Measures, embedded


def line(**changed):
    document = {
        "_aws": {
            "Timestamp": 1,
            "CloudWatchMetrics": [
                {
                    "Namespace": "Switchboard",
                    "Dimensions": [["service"], ["service", "tool"]],
                    "Metrics": [{"Name": "ToolErrors", "Unit": "Count"}, {"Name": "Cost"}],
                }
            ],
        },
        "service": "tools",
        "tool": "notion",
        "ToolErrors": [0.0, 1.0],
        "Cost": 2,
        **changed,
    }
    return json.dumps(document)


def test_a_line_carries_each_metric_under_each_set_of_dimensions():
    of, with_tool = {"service": "tools"}, {"service": "tools", "tool": "notion"}

    assert list(embedded(line())) == [
        ("Switchboard", "ToolErrors", "Count", [0.0, 1.0], of),
        ("Switchboard", "Cost", "None", [2.0], of),
        ("Switchboard", "ToolErrors", "Count", [0.0, 1.0], with_tool),
        ("Switchboard", "Cost", "None", [2.0], with_tool),
    ]


@pytest.mark.parametrize(
    "text",
    ["plain", '{"_aws": ', '{"_aws": 7}', '{"x": "_aws"}', line(ToolErrors="many"), line()[:-9]],
)
def test_a_line_without_a_whole_metric_is_only_a_line(text):
    assert not list(embedded(text))


def test_of_a_minute_each_value_is_kept_once_with_its_count():
    points = []
    engine = SimpleNamespace(
        cloudwatch=SimpleNamespace(_dims_key=str, _metric_bucket=lambda _key: points)
    )
    clock = iter([120.0, 125.0, 179.0, 180.0])
    measures = Measures(engine, lambda: next(clock))

    for values in ([0.0], [1.0, 0.0], [0.0], [0.0]):
        measures.add("Switchboard", "ComponentErrors", values, {"service": "x"})

    kept = [(point["Timestamp"], point["Value"], point["Count"]) for point in points]
    assert kept == [(120.0, 0.0, 3.0), (120.0, 1.0, 1.0), (180.0, 0.0, 1.0)]
