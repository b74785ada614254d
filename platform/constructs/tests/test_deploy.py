"""What the deploy command refuses before anything is changed, and what a dry run shows."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws

from switchboard.constructs.bundling import repository_root
from switchboard.constructs.deploy import main

ROOT = repository_root(Path(__file__))
BUS = "/switchboard/dev/platform/bus/arn"
BOOTSTRAP = "/cdk-bootstrap/hnb659fds/version"
APP = """
import json, os, pathlib, sys
context = json.loads(os.environ["CDK_CONTEXT_JSON"])
if context.get("region", "us-east-1") != "us-east-1":
    sys.exit("switchboard.constructs.environments.RegionRefusedError: region "
             + context["region"] + " is refused: Switchboard is made for us-east-1")
out = pathlib.Path(os.environ["CDK_OUTDIR"])
out.mkdir(exist_ok=True)
for name, text in json.loads(pathlib.Path("assembly.json").read_text()).items():
    (out / name).write_text(json.dumps(text))
"""
STACK_NAME = "switchboard-dev-shop"
WORKSPACE = "11111111-0000-4000-8000-000000000001"


def template(**changes: Any) -> dict[str, Any]:
    return {
        "Parameters": {
            "BootstrapVersion": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/x"},
            "Bus": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": BUS},
            "Limit": {"Type": "Number", "Default": 5},
        },
        "Resources": {
            "Queue": {"Type": "AWS::SQS::Queue"},
            "Url": {
                "Type": "AWS::SSM::Parameter",
                "Properties": {"Name": "/switchboard/dev/shop/api/url", "Value": "x"},
            },
        },
        **changes,
    }


def service(folder: Path, wanted: dict[str, Any] | None = None) -> str:
    """A service whose app writes just this template."""
    (folder / "cdk.json").write_text('{"app": "python app.py"}')
    (folder / "app.py").write_text(APP)
    artifact = {
        "type": "aws:cloudformation:stack",
        "environment": "aws://unknown-account/us-east-1",
        "properties": {
            "templateFile": f"{STACK_NAME}.template.json",
            "requiresBootstrapStackVersion": 6,
        },
    }
    assembly = {
        "manifest.json": {"artifacts": {STACK_NAME: artifact}},
        f"{STACK_NAME}.template.json": wanted or template(),
        f"{STACK_NAME}.assets.json": {"files": {}},
    }
    (folder / "assembly.json").write_text(json.dumps(assembly))
    return str(folder)


@pytest.fixture
def session() -> Iterator[boto3.Session]:
    """An account that was prepared, with the bus of a platform."""
    with mock_aws():
        made = boto3.Session("x", "x", region_name="us-east-1")
        ssm = made.client("ssm")
        ssm.put_parameter(Name=BOOTSTRAP, Value="30", Type="String")
        ssm.put_parameter(Name=BUS, Value="arn:bus", Type="String")
        yield made


@pytest.fixture(autouse=True)
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a person says what belongs to which environment; dev has moto's account."""
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "environments.json"
    file.write_text(json.dumps({"dev": {"account": "123456789012", "notion_workspace": WORKSPACE}}))
    return file


def refusal(capsys: pytest.CaptureFixture[str]) -> str:
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("error: ") == said.err.count("remedy: ") == 1
    assert said.err.endswith("Nothing was changed.\n")
    return said.err


def test_a_dry_run_shows_stacks_parameters_and_account_and_changes_nothing(
    tmp_path: Path, session: boto3.Session, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main([service(tmp_path), "--dry-run", "--parameter", "Limit=7"], session)

    shown = capsys.readouterr().out
    assert status == 0
    assert "account: 123456789012" in shown
    assert f"1. {STACK_NAME} (new)" in shown
    assert f"reads {BUS} = arn:bus" in shown
    assert "Limit" in shown
    assert "'7' (given)" in shown
    assert session.client("cloudformation").list_stacks()["StackSummaries"] == []


def test_a_dry_run_needs_no_account(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    signed_out(monkeypatch, tmp_path)

    status = main([service(tmp_path), "--dry-run"])

    assert status == 0
    assert "not signed in" in capsys.readouterr().out


def signed_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN", "PROFILE"):
        monkeypatch.delenv(f"AWS_{name}", raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))


def test_a_missing_account_is_refused_with_how_to_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    signed_out(monkeypatch, tmp_path)

    status = main([service(tmp_path)])

    assert status == 2
    assert "sign in to the account of the environment" in refusal(capsys)


def test_another_account_than_the_named_one_is_refused(
    tmp_path: Path, session: boto3.Session, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main([service(tmp_path), "--account", "111122223333"], session)

    assert status == 2
    assert "signed in to account 123456789012, 111122223333 was named" in refusal(capsys)


def test_an_environment_is_deployed_to_its_own_account_only(
    tmp_path: Path, own: Path, session: boto3.Session, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = service(tmp_path)
    workspace = {"notion_workspace": WORKSPACE}

    own.write_text(json.dumps({"dev": {"account": "111122223333", **workspace}}))
    assert main([folder], session) == 2
    assert "signed in to account 123456789012, dev belongs to 111122223333" in refusal(capsys)
    own.unlink()
    assert main([folder], session) == 2
    assert "no AWS account and no Notion workspace belong to environment dev" in refusal(capsys)
    assert main([folder, "--dry-run"], session) == 0
    assert "belongs to it: nothing yet" in capsys.readouterr().out
    given = json.dumps({"dev": {"account": "123456789012", **workspace}})
    assert main([folder, "--dry-run", "--environments", given], session) == 0
    assert f"account 123456789012, Notion workspace {WORKSPACE}" in capsys.readouterr().out
    assert session.client("cloudformation").list_stacks()["StackSummaries"] == []


def test_the_account_of_another_environment_is_refused(
    tmp_path: Path, session: boto3.Session, capsys: pytest.CaptureFixture[str]
) -> None:
    session.client("ssm").put_parameter(
        Name="/switchboard/prod/platform/bus/arn", Value="arn:bus", Type="String"
    )

    status = main([service(tmp_path)], session)

    assert status == 2
    assert "environment prod lives in account 123456789012" in refusal(capsys)


def test_a_role_that_may_not_look_is_refused_in_one_sentence(
    tmp_path: Path,
    session: boto3.Session,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    ssm = session.client("ssm")
    stubbed = Stubber(ssm)
    stubbed.add_client_error("get_parameters", "AccessDeniedException", "not authorized")
    stubbed.activate()
    clients = {"ssm": ssm, "sts": session.client("sts")}
    monkeypatch.setattr(session, "client", clients.__getitem__)

    status = main([service(tmp_path)], session)

    assert status == 2
    assert "AccessDeniedException" in refusal(capsys)


def test_what_was_looked_at_is_handed_over_for_this_account_with_its_workspace(
    tmp_path: Path, session: boto3.Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stand-in for npx writes down what it was given."""
    text = {"Type": "String", "Default": "unset"}
    folder = service(tmp_path, template(Parameters={"NotionWorkspaceId": text}))
    npx = tmp_path / "npx"
    npx.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/given\n')
    npx.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")

    assert main([folder], session) == 0

    given = (tmp_path / "given").read_text()
    assert f"--parameters {STACK_NAME}:NotionWorkspaceId={WORKSPACE}" in given
    assert given.count("--parameters") == 1
    manifest = (tmp_path / "cdk.out" / "manifest.json").read_text()
    assert "aws://123456789012/us-east-1" in manifest
    assert "unknown-account" not in manifest


def test_an_unknown_environment_is_refused_with_those_that_exist(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main([service(tmp_path), "--env", "moon"])

    assert status == 2
    assert "dev, workshop, prod" in refusal(capsys)


def test_another_region_is_refused_by_what_the_app_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main([service(tmp_path), "--dry-run", "--region", "eu-west-1"])

    assert status == 2
    assert "region eu-west-1 is refused: Switchboard is made for us-east-1" in refusal(capsys)


def test_an_account_that_was_not_prepared_is_refused_with_the_command_that_does_it(
    tmp_path: Path, session: boto3.Session, capsys: pytest.CaptureFixture[str]
) -> None:
    session.client("ssm").delete_parameter(Name=BOOTSTRAP)

    status = main([service(tmp_path)], session)

    assert status == 2
    assert "bootstrap aws://123456789012/us-east-1" in refusal(capsys)


def test_an_account_prepared_by_an_older_cdk_is_refused(
    tmp_path: Path, session: boto3.Session, capsys: pytest.CaptureFixture[str]
) -> None:
    session.client("ssm").put_parameter(Name=BOOTSTRAP, Value="3", Type="String", Overwrite=True)

    status = main([service(tmp_path)], session)

    assert status == 2
    assert "prepared with version 3, 6 is needed" in refusal(capsys)


@pytest.mark.requirement("CARD-09", "S")
def test_a_value_that_does_not_exist_is_refused_with_the_app_that_makes_it(
    tmp_path: Path, session: boto3.Session, capsys: pytest.CaptureFixture[str]
) -> None:
    session.client("ssm").delete_parameter(Name=BUS)

    status = main([service(tmp_path)], session)

    said = refusal(capsys)
    assert status == 2
    assert f"{BUS} does not exist" in said
    assert "hatch run platform:deploy --env dev" in said


def test_a_name_that_is_too_long_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "b" * 64}}

    status = main([service(tmp_path, template(Resources={"Bucket": bucket})), "--dry-run"])

    assert status == 2
    assert "has 64 characters, 63 are allowed" in refusal(capsys)


def test_a_parameter_without_a_value_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted = template(Parameters={"ConnectAlias": {"Type": "String"}})

    status = main([service(tmp_path, wanted), "--dry-run"])

    assert status == 2
    assert "add --parameter ConnectAlias=<value>" in refusal(capsys)


@pytest.mark.parametrize(
    ("definition", "value", "said"),
    [
        ({"Type": "String", "MaxLength": 5}, "a-long-alias", "has 12 characters, its MaxLength"),
        ({"Type": "String", "MinLength": 2}, "a", "has 1 characters, its MinLength is 2"),
        ({"Type": "String", "AllowedValues": ["on", "off"]}, "yes", "one of on, off"),
        ({"Type": "String", "AllowedPattern": "^[a-z]+$"}, "ACME", "does not fit"),
        ({"Type": "Number"}, "many", "must be a number"),
    ],
)
def test_a_value_that_cloudformation_would_refuse_later_is_refused_now(
    definition: dict[str, Any],
    value: str,
    said: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = service(tmp_path, template(Parameters={"Alias": definition}))

    status = main([folder, "--dry-run", "--parameter", f"Alias={value}"])

    assert status == 2
    message = refusal(capsys)
    assert said in message
    assert "--parameter Alias=<value>" in message


def test_a_parameter_no_stack_has_is_refused_with_those_that_exist(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main([service(tmp_path), "--dry-run", "--parameter", "Limti=7"])

    assert status == 2
    assert "choose from: Limit" in refusal(capsys)


def test_a_parameter_in_another_form_is_refused_with_the_form(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main([service(tmp_path), "--parameter", "ConnectAlias"])

    assert status == 2
    assert "--parameter Name=value" in refusal(capsys)


def test_a_folder_without_an_app_is_refused_with_the_remedy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main([str(tmp_path)])

    assert status == 2
    assert "name the folder of a service" in refusal(capsys)


def test_an_app_that_fails_is_refused_with_what_it_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = service(tmp_path)
    (tmp_path / "app.py").write_text("raise SystemExit('no such module')")

    status = main([folder, "--dry-run"])

    assert status == 2
    assert "no such module" in refusal(capsys)


@pytest.mark.parametrize("folder", ["services/completion", "platform/infra"])
def test_a_real_app_is_shown_stack_by_stack_in_order(
    folder: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    signed_out(monkeypatch, tmp_path)

    status = main([str(ROOT / folder), "--dry-run", "--env", "prod"])

    shown = capsys.readouterr().out
    stacks = [line.split(". ")[1].split()[0] for line in shown.splitlines() if ". switch" in line]
    assert status == 0
    assert all(name.startswith("switchboard-prod-") for name in stacks)
    if folder == "platform/infra":
        assert stacks.index("switchboard-prod-platform") < stacks.index("switchboard-prod-desk")
