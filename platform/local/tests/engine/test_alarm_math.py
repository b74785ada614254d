import pytest

from switchboard.local.engine.alarm_math import (
    ExpressionError,
    Selection,
    evaluate,
    selection,
    unsupported,
)


def metric(name, period=300, **more):
    return {"Id": name, "MetricStat": {"Period": period}, "ReturnData": False, **more}


def of(expression, *metrics):
    return [{"Id": "rate", "Expression": expression}, *metrics]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("100 * share", 25.0),
        ("100 * errors / MAX([errors, calls])", 25.0),
        ("errors + calls - 1", 4.0),
        ("-(errors / 2)", -0.5),
        ("SUM([errors, calls, silent])", 5.0),
        ("MIN([errors, calls]) + AVG([errors, calls])", 3.5),
        ("share + silent", None),
        ("MAX([silent])", None),
        ("calls / (errors - 1)", None),
    ],
)
def test_arithmetic_is_computed_in_one_period(expression, expected):
    values = {"share": 0.25, "errors": 1.0, "calls": 4.0, "silent": None}

    assert evaluate(expression, values.__getitem__) == expected


@pytest.mark.parametrize(
    "expression",
    [
        "__import__('os').system('true')",
        "share.real",
        "share ** 2",
        "'text'",
        "True",
        "lambda: 1",
        "MAX(share)",
        "FILL(share, 0)",
        "RATE([share])",
        "100 *",
        "",
    ],
)
def test_nothing_else_is_computed(expression):
    with pytest.raises(ExpressionError):
        evaluate(expression, lambda _name: 1.0)


def test_a_select_names_statistic_metric_namespace_and_dimensions():
    schema = 'SELECT AVG(ToolErrors) FROM SCHEMA("Switchboard", tool, service)'
    whole = 'SELECT SUM(SystemErrors) FROM "AWS/Bedrock-AgentCore"'

    assert selection(schema) == Selection(
        "Average", "ToolErrors", "Switchboard", frozenset({"tool", "service"})
    )
    assert selection(whole) == Selection("Sum", "SystemErrors", "AWS/Bedrock-AgentCore", None)


@pytest.mark.parametrize(
    "end", [" WHERE tool = 'a'", " GROUP BY tool", " ORDER BY MAX() DESC", " LIMIT 1", "; x"]
)
def test_other_parts_of_a_select_are_refused(end):
    with pytest.raises(ExpressionError):
        selection(f'SELECT MAX(Cost) FROM SCHEMA("Switchboard", service){end}')


def test_what_can_be_computed_is_not_refused():
    assert unsupported(of("100 * share", metric("share"))) is None
    assert unsupported([{"Id": "q", "Expression": 'SELECT SUM(x) FROM "n"', "Period": 60}]) is None


@pytest.mark.parametrize(
    ("entries", "why"),
    [
        (of("100 * other", metric("share")), "`100 * other`: there is no metric other"),
        (of("FILL(share, 0)", metric("share")), "`FILL(share, 0)` is not known here"),
        (of("ANOMALY_DETECTION_BAND(share)", metric("share")), "ANOMALY_DETECTION_BAND"),
        (of("SEARCH('x', 'Sum')"), "`SEARCH('x', 'Sum')`"),
        (of("a + b", metric("a"), metric("b", 60)), "different periods"),
        (of("a", metric("a", ReturnData=True)), "exactly one"),
        (of("rate + 1"), "rate refer to each other in a circle"),
    ],
)
def test_what_cannot_be_computed_is_said_with_the_expression(entries, why):
    assert why in (unsupported(entries) or "")
