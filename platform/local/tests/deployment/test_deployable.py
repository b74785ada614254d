"""What the local engine cannot deploy is refused before anything is changed."""

import json

from switchboard.local.deployment.deployable import refusal


def test_a_template_with_an_unknown_type_is_refused_with_what_to_do() -> None:
    template = {"Resources": {"Ship": {"Type": "AWS::Moon::Ship"}}}

    why = refusal("switchboard-dev-shop", json.dumps(template))

    assert why
    assert "switchboard-dev-shop" in why
    assert "Ship (AWS::Moon::Ship)" in why
    assert "attributes.json" in why


def test_a_template_the_engine_knows_is_not_refused() -> None:
    kinds = ("AWS::SQS::Queue", "AWS::BedrockAgentCore::Runtime", "Custom::ApiCall")
    template = {"Resources": {kind.replace(":", ""): {"Type": kind} for kind in kinds}}

    assert refusal("switchboard-dev-shop", json.dumps(template)) is None


def rate(expression: object) -> dict[str, object]:
    share = {"Id": "share", "MetricStat": {"Period": 300}, "ReturnData": False}
    properties = {
        "ComparisonOperator": "GreaterThanThreshold",
        "Metrics": [{"Id": "rate", "Expression": expression}, share],
    }
    alarm = {"Type": "AWS::CloudWatch::Alarm", "Properties": properties}
    return {"Resources": {"ErrorRate": alarm}}


def test_an_alarm_that_could_never_ring_here_is_refused_with_its_expression_and_what_to_do() -> (
    None
):
    why = refusal("switchboard-dev-shop", json.dumps(rate("FILL(share, 0)")))

    assert why
    assert "switchboard-dev-shop, alarm ErrorRate" in why
    assert "`FILL(share, 0)`" in why
    assert "MAX([a, b])" in why
    assert "alarm_math.py" in why
    assert "nothing was changed" in why


def test_an_alarm_that_rings_here_or_is_known_only_later_is_not_refused() -> None:
    for expression in ("100 * share", {"Fn::Sub": "${Factor} * share"}):
        assert refusal("switchboard-dev-shop", json.dumps(rate(expression))) is None


def test_a_statistic_or_comparison_the_engine_does_not_know_is_refused() -> None:
    for properties in (
        {"ComparisonOperator": "GreaterThanUpperThreshold"},
        {"ComparisonOperator": "GreaterThanThreshold", "ExtendedStatistic": "tm90"},
    ):
        alarm = {"Type": "AWS::CloudWatch::Alarm", "Properties": properties}

        why = refusal("switchboard-dev-shop", json.dumps({"Resources": {"Odd": alarm}}))

        assert why
        assert "is not known" in why
