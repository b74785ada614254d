"""A finding is explained beside the code, and an explanation does not outlive its finding."""

from typing import Any

import pytest

from switchboard.local.infra_gates.assembly import Explanation
from switchboard.local.infra_gates.check import unexplained, without_finding
from switchboard.local.infra_gates.finding import Finding, once


def finding(path: str = "shop/Door/Role", rule: str = "IAM5", detail: str = "") -> Finding:
    return Finding("shop", path, rule, "message", "remedy", "dev", detail)


def explanation(path: str, rule: str = "IAM5", narrowed: str = "") -> Explanation:
    return Explanation(path, rule, narrowed, "because")


@pytest.mark.parametrize("path", ["shop/Door/Role", "shop/Door", "shop"])
def test_an_explanation_covers_what_is_inside_its_construct(make_stack: Any, path: str) -> None:
    stack = make_stack(explanations=(explanation(path),))

    left, used = unexplained([finding()], [stack])

    assert left == []
    assert list(without_finding([stack], used)) == []


@pytest.mark.parametrize(
    "other",
    [
        explanation("shop/Door/Role2"),
        explanation("shop/Do"),
        explanation("shop/Door", rule="IAM4"),
        explanation("shop/Door", narrowed="/snapshots/*"),
        explanation("shop/Door", narrowed="*"),
    ],
)
def test_another_explanation_leaves_the_finding_and_is_one_itself(
    make_stack: Any, other: Explanation
) -> None:
    stack = make_stack(explanations=(other,))

    left, used = unexplained([finding(detail="arn:x/other/*")], [stack])

    assert left == [finding(detail="arn:x/other/*")]
    assert [item.rule for item in without_finding([stack], used)] == ["explanation-without-finding"]


def test_a_star_alone_explains_just_that(make_stack: Any) -> None:
    stack = make_stack(explanations=(explanation("shop/Door", narrowed="*"),))

    left, _ = unexplained([finding(detail="*"), finding(detail="arn:x/*")], [stack])

    assert [item.detail for item in left] == ["arn:x/*"]


def test_what_one_environment_needs_is_no_leftover_in_another(make_stack: Any) -> None:
    stacks = [
        make_stack(environment=name, explanations=(explanation("shop/Door"),))
        for name in ("dev", "prod")
    ]

    _, used = unexplained([finding()], stacks)

    assert list(without_finding(stacks, used)) == []


def test_a_finding_of_every_environment_is_said_once() -> None:
    found = [
        Finding("shop", "shop/Door", "IAM5", "m", "r", name) for name in ("dev", "prod", "dev")
    ]

    assert [item.environment for item in once(found, ["dev", "prod"])] == ["all"]
    assert [item.environment for item in once(found, ["dev", "prod", "x"])] == ["dev, prod"]
