"""An environment has an AWS account and a Notion workspace of its own, or is not deployed."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from switchboard.constructs.bundling import repository_root
from switchboard.constructs.deployment.account import signed_in
from switchboard.constructs.deployment.assignment import (
    Assignment,
    assigned,
    demand_assigned,
    demand_own_account,
    pin,
)
from switchboard.constructs.deployment.plan import parameter_names, read_plan
from switchboard.constructs.deployment.refusal import Refusal
from switchboard.constructs.deployment.synthesis import synthesize
from switchboard.constructs.environments import ENVIRONMENTS

ROOT = repository_root(Path(__file__))
ACCOUNT, HERE = "111122223333", "123456789012"
WORKSPACES = [f"{digit}1111111-0000-4000-8000-000000000001" for digit in "123"]


def write(folder: Path, **entries: tuple[str, str]) -> Path:
    """The file, an account and a workspace for each environment."""
    file = folder / "environments.json"
    given = {
        name: {"account": account, "notion_workspace": workspace}
        for name, (account, workspace) in entries.items()
    }
    file.write_text(json.dumps(given))
    return file


@pytest.fixture
def session() -> Iterator[boto3.Session]:
    with mock_aws():
        yield boto3.Session("x", "x", region_name="us-east-1")


@pytest.mark.requirement("ENV-01", "S")
@pytest.mark.parametrize("name", list(ENVIRONMENTS))
def test_each_environment_is_made_for_its_own_account_and_reads_its_own_workspace(
    name: str, tmp_path: Path
) -> None:
    number = list(ENVIRONMENTS).index(name)
    others = {other: (f"{i}" * 12, WORKSPACES[i]) for i, other in enumerate(ENVIRONMENTS)}
    own = demand_assigned(name, assigned(name, file=write(tmp_path, **others)))

    assembly = synthesize(ROOT / "platform/infra", {"env": name}, bundle=False)
    plans = read_plan(assembly, {"NotionWorkspaceId": own.notion_workspace})
    before = (assembly / f"switchboard-{name}-platform.template.json").read_bytes()
    pin(assembly, own.account)

    manifest = json.loads((assembly / "manifest.json").read_text())["artifacts"].values()
    places = {item["environment"] for item in manifest if "environment" in item}
    assert own == Assignment(f"{number}" * 12, WORKSPACES[number])
    assert places == {f"aws://{own.account}/us-east-1"}
    assert "NotionWorkspaceId" in parameter_names(plans)
    # the template itself names neither, so it is the same for every account
    template = (assembly / f"switchboard-{name}-platform.template.json").read_bytes()
    assert template == before
    assert own.account.encode() not in template
    published = {
        item["Properties"]["Name"]: item["Properties"]["Value"]
        for item in json.loads(template)["Resources"].values()
        if item["Type"] == "AWS::SSM::Parameter"
    }
    wanted = f"/switchboard/{name}/platform/notion/workspace-id"
    assert published[wanted] == {"Ref": "NotionWorkspaceId"}


def test_an_environment_nobody_has_given_an_account_is_not_deployed(tmp_path: Path) -> None:
    file = write(tmp_path, dev=(ACCOUNT, WORKSPACES[0]))

    assert assigned("prod", file=tmp_path / "nothing.json") is None
    with pytest.raises(Refusal, match="belong to environment prod") as refused:
        demand_assigned("prod", assigned("prod", file=file))
    assert '{"prod": {"account"' in refused.value.remedy


@pytest.mark.parametrize(
    ("prod", "said"),
    [
        ((ACCOUNT, WORKSPACES[1]), "dev and prod the same AWS account"),
        ((HERE, WORKSPACES[0].replace("-", "")), "dev and prod the same Notion workspace"),
        (("12345", WORKSPACES[1]), "account of prod is no number of 12 digits"),
        ((HERE, "acme"), "workspace of prod is no id"),
    ],
)
def test_what_two_environments_share_or_what_is_none_is_refused(
    tmp_path: Path, prod: tuple[str, str], said: str
) -> None:
    file = write(tmp_path, dev=(ACCOUNT, WORKSPACES[0]), prod=prod)

    with pytest.raises(Refusal, match=said):
        assigned("dev", file=file)


@pytest.mark.parametrize("text", ["", "[]", '{"dev": 7}', '{"moon": {}}'])
def test_a_file_that_is_no_list_of_environments_is_refused_with_how_to_write_it(
    tmp_path: Path, text: str
) -> None:
    file = tmp_path / "environments.json"
    file.write_text(text)

    with pytest.raises(Refusal) as refused:
        assigned("dev", file=file)
    assert refused.value.remedy


def test_an_account_in_which_another_environment_lives_is_refused(session: boto3.Session) -> None:
    account: Any = signed_in("us-east-1", session)
    put = session.client("ssm").put_parameter
    put(Name="/switchboard/dev/platform/bus/arn", Value="arn:bus", Type="String")

    demand_own_account("dev", account)
    with pytest.raises(Refusal, match=f"environment dev lives in account {HERE}"):
        demand_own_account("prod", account)
