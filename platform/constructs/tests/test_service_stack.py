"""Where a stack goes, what it is tagged with, and what it offers to others."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template

from switchboard.constructs.environments import RegionRefusedError, environment
from switchboard.constructs.service_stack import ServiceStack


def _stack(context: dict[str, str] | None = None, **options: Any) -> ServiceStack:
    app = cdk.App(context=context or {})
    return ServiceStack(app, service="sample", environment=environment("dev"), **options)


@pytest.mark.requirement("VOI-09", "S")
@pytest.mark.parametrize("allowed", [{}, {"switchboard:allow-other-region": "false"}])
def test_another_region_is_refused_with_the_words_that_would_allow_it(
    allowed: dict[str, str],
) -> None:
    with pytest.raises(RegionRefusedError, match="-c switchboard:allow-other-region=true"):
        _stack({"region": "eu-central-1", **allowed})


def test_the_region_is_us_east_1_unless_another_is_asked_for_and_allowed() -> None:
    elsewhere = {"region": "eu-central-1", "switchboard:allow-other-region": "true"}

    assert _stack().region == "us-east-1"
    assert _stack({"region": "us-east-1"}).region == "us-east-1"
    assert _stack(elsewhere).region == "eu-central-1"


@pytest.mark.parametrize(("given", "tagged"), [({}, "dev"), ({"environment_tag": "PoC"}, "PoC")])
def test_the_environment_tag_is_its_name_unless_the_stack_has_one_of_its_own(
    given: dict[str, str], tagged: str
) -> None:
    stack = _stack(**given)
    stack.publish_value("Version", "version", "1")

    (parameter,) = Template.from_stack(stack).find_resources("AWS::SSM::Parameter").values()

    assert parameter["Properties"]["Tags"] == stack.own_tags
    assert stack.own_tags == {
        "Project": "Switchboard",
        "Owner": "platform-team",
        "Environment": tagged,
        "CostCenter": "switchboard-sample",
    }


def test_a_stack_of_the_platform_offers_its_values_among_the_platforms() -> None:
    stack = _stack()
    stack.publish_value("Url", "api/url", "here")
    stack.publish_platform_values({"connect/instance-arn": "arn"})

    parameters = Template.from_stack(stack).find_resources("AWS::SSM::Parameter").values()

    assert {item["Properties"]["Name"] for item in parameters} == {
        "/switchboard/dev/sample/api/url",
        "/switchboard/dev/platform/connect/instance-arn",
    }
