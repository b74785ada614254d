"""What the templates grant, as the usage proof reads it (NEW-12); the flows judge the rest."""

from pathlib import Path

import pytest

from switchboard.local.infra_gates.assembly import Stack, read_stacks
from switchboard.local.templates import APPS
from switchboard.local.usage.evidence import EXCUSES
from switchboard.local.usage.excuses import Excuses, Pair, read_excuses
from switchboard.local.usage.grants import ROLE, Grant, template_grants


def stacks(assemblies: Path, environment: str) -> list[Stack]:
    return [stack for app in APPS for stack in read_stacks(app, environment, assemblies / app)]


def actions(grants: list[Grant]) -> set[tuple[str, str]]:
    return {(grant.role, action) for grant in grants for action in grant.actions}


def idle(excuses: list[Pair], granted: set[tuple[str, str]]) -> list[Pair]:
    """Those that speak of nothing."""
    return [p for p in excuses if not any(p.covers(role, action) for role, action in granted)]


@pytest.fixture(scope="module")
def excuses(root: Path) -> Excuses:
    return read_excuses(root / EXCUSES)


@pytest.mark.requirement("NEW-12", "S")
def test_every_role_of_every_template_is_read_statement_by_statement(assemblies: Path) -> None:
    every = stacks(assemblies, "dev")
    statements = sum(
        len(document["Statement"])
        for stack in every
        for _path, kind, properties in stack.resources("AWS::IAM::Policy", ROLE)
        for document in (
            [properties["PolicyDocument"]]
            if kind != ROLE
            else [inline["PolicyDocument"] for inline in properties.get("Policies", [])]
        )
    )

    grants = template_grants(every)

    assert len(grants) == statements > 200
    assert ("orchestrator/Worker/Role", "bedrock-agentcore:InvokeAgentRuntime") in actions(grants)
    assert ("desk/Gateway/Role", "execute-api:Invoke") in actions(grants), "a policy of another app"


@pytest.mark.requirement("NEW-12", "S")
def test_every_excuse_speaks_of_a_grant_that_is_in_the_templates(
    assemblies: Path, excuses: Excuses
) -> None:
    granted = actions(template_grants(stacks(assemblies, "dev")))

    # Resources have their names only when they are deployed: the flows judge those excuses.
    of_actions = [pair for pair in excuses.here if not pair.what.startswith("arn:")]
    assert idle(of_actions, granted) == []


@pytest.mark.requirement("NEW-12", "S")
def test_prod_grants_nothing_more_than_the_flows_in_dev_judge_but_what_says_why(
    assemblies: Path, prod_assemblies: Path, excuses: Excuses
) -> None:
    judged = actions(template_grants(stacks(assemblies, "dev")))

    more = actions(template_grants(stacks(prod_assemblies, "prod"))) - judged

    unjudged = {
        (role, action)
        for role, action in more
        if not any(pair.covers(role, action) for pair in excuses.elsewhere)
    }
    assert unjudged == set()
    assert idle(excuses.elsewhere, more) == []


@pytest.mark.requirement("NEW-12", "S")
@pytest.mark.parametrize(
    ("role", "action"),
    [
        ("*", "sqs:GetQueueUrl"),
        ("*/State/Relay/Role", "sqs:GetQueueAttributes"),
        ("ingress/Sync/Door/Role", "sqs:GetQueueAttributes"),
        ("desk/ApiCalls/Role", "bedrock-agentcore:GetGateway"),
        ("platform/Tools/Prototype/Role", "dynamodb:UpdateItem"),
        ("platform/Tools/Sandbox/Role", "dynamodb:UpdateItem"),
    ],
)
def test_what_no_run_has_ever_used_is_granted_no_more(
    assemblies: Path, role: str, action: str
) -> None:
    found = Pair(role, action, "taken out by the usage proof")

    again = [g for g in actions(template_grants(stacks(assemblies, "dev"))) if found.covers(*g)]

    assert again == []
