"""The statements fit the tools they speak of, and AgentCore's limits."""

import re
from pathlib import Path
from typing import Any

import cedarpy
import pytest

from switchboard.tools.cedar_schema import cedar_schema
from switchboard.tools.manifest import ALLOW_LIST, TARGETS
from switchboard.tools.policy_files import Policy, PolicyFileError, load

ARN = "arn:aws:bedrock-agentcore:us-east-1:111122223333:gateway/switchboard-dev-abcdefghij"
NAMELESS = "permit (principal, action, resource);"
TWICE = '@id("a") permit (principal, action, resource);' * 2


def _errors(statement: str) -> list[str]:
    result = cedarpy.validate_policies(statement, cedar_schema(TARGETS))
    return [error.error for error in result.errors]


@pytest.mark.requirement("NEW-09", "U")
def test_every_statement_is_valid_against_the_schema_of_the_tools(policies: list[Policy]) -> None:
    faults = {policy.name: _errors(policy.statement(ARN)) for policy in policies}

    assert {name: errors for name, errors in faults.items() if errors} == {}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("github___push_files", "github___push_file"),
        ("context.input.branch ==", "context.input.branches =="),
        ('principal.hasTag("work_branch") &&', ""),
    ],
    ids=["an unknown tool", "an unknown argument", "an unguarded tag"],
)
def test_the_validation_finds_a_planted_mistake(old: str, new: str, policies: list[Policy]) -> None:
    bound = next(policy for policy in policies if policy.name == "own_branch_only")
    statement = bound.statement(ARN)
    assert old in statement

    assert _errors(statement.replace(old, new))


def test_there_is_a_permit_for_each_agent_and_no_other(policies: list[Policy]) -> None:
    permits = {policy.name for policy in policies if policy.template.startswith("permit")}

    assert permits == {f"{agent}_tools" for agent in ALLOW_LIST}


def test_statements_keep_agentcores_limits_and_name_the_gateway(policies: list[Policy]) -> None:
    for policy in policies:
        statement = policy.statement(ARN)
        assert 35 <= len(statement) <= 10_000, policy.name
        assert re.search(rf'resource == AgentCore::Gateway::"{ARN}"', statement), policy.name


@pytest.mark.parametrize(
    "text",
    [NAMELESS, TWICE],
    ids=["a statement without a name", "two of the same name"],
)
def test_a_file_that_cannot_be_deployed_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.cedar").write_text(text)

    with pytest.raises(PolicyFileError):
        load(tmp_path)


def test_objects_arrays_and_numbers_have_their_cedar_types() -> None:
    actions: dict[str, Any] = cedar_schema(TARGETS)["AgentCore"]["actions"]
    push = actions["github___push_files"]["appliesTo"]["context"]["attributes"]["input"]
    review = actions["github___pull_request_read"]["appliesTo"]["context"]["attributes"]["input"]

    assert push["attributes"]["files"]["type"] == "Set"
    assert push["attributes"]["files"]["element"]["type"] == "Record"
    assert review["attributes"]["pullNumber"] == {"type": "Long", "required": True}
