"""Where the functions of an environment send spans, and that their roles may."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template

from switchboard.constructs.bundling import lambda_code
from switchboard.constructs.environments import environment
from switchboard.constructs.service_function import ServiceFunction
from switchboard.constructs.service_stack import ServiceStack
from switchboard.constructs.tracing import CONTEXT, VARIABLE, TracesRefusedError

X_RAY = "https://xray.us-east-1.amazonaws.com"


def function(stage: str, *, sends: bool = True, **context: str) -> tuple[str | None, list[str]]:
    """Where a function sends spans, and what its role may do on anything."""
    app = cdk.App(context={"aws:cdk:bundling-stacks": [], **context})
    stack = ServiceStack(app, service="sample", environment=environment(stage))
    code = lambda_code(stack, ["platform/runtime", "shared-events"])
    door = ServiceFunction(
        stack, "Door", service="sample", code=code, handler="a.b", environment={}
    )
    if sends:
        door.send_spans()
    template = Template.from_stack(stack)
    (made,) = template.find_resources("AWS::Lambda::Function").values()
    (policy,) = template.find_resources("AWS::IAM::Policy").values()
    allowed: list[dict[str, Any]] = policy["Properties"]["PolicyDocument"]["Statement"]
    anywhere = [action for item in allowed if item["Resource"] == "*" for action in item["Action"]]
    return made["Properties"]["Environment"]["Variables"].get(VARIABLE), anywhere


def test_workshop_and_prod_send_spans_to_x_ray_by_themselves_and_dev_sends_none() -> None:
    for stage in ("workshop", "prod"):
        place, may = function(stage)
        assert place == X_RAY
        assert "xray:PutSpans" in may
    place, may = function("dev")
    assert place is None
    assert "xray:PutSpans" not in may


def test_the_context_chooses_x_ray_a_collector_or_nothing() -> None:
    asked, may = function("dev", **{CONTEXT: "x-ray"})
    collector, no_more = function("prod", **{CONTEXT: "http://localhost:4318"})
    silent, nothing = function("prod", **{CONTEXT: "off"})

    assert (asked, collector, silent) == (X_RAY, "http://localhost:4318", None)
    assert "xray:PutSpans" in may
    assert "xray:PutSpans" not in [*no_more, *nothing]


def test_a_function_that_makes_no_spans_may_send_none() -> None:
    place, may = function("prod", sends=False)

    assert place is None
    assert "xray:PutSpans" not in may


@pytest.mark.parametrize("wrong", ["on", "localhost:4318", "file:///etc", "https://x/v1/traces"])
def test_a_place_that_is_none_is_refused_with_those_that_are(wrong: str) -> None:
    with pytest.raises(TracesRefusedError, match="=x-ray, off or http://<collector>"):
        function("dev", **{CONTEXT: wrong})
