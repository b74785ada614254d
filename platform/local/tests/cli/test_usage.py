import json

import pytest
from typer.testing import CliRunner

from switchboard.local.cli.console import CommandError
from switchboard.local.cli.main import app
from switchboard.local.usage.evidence import FILE, Evidence
from switchboard.local.usage.grants import Grant
from switchboard.local.usage.journal import Use

QUEUE = "arn:aws:sqs:us-east-1:111122223333:jobs"
SEND, READ = "sqs:SendMessage", "sqs:ReceiveMessage"


@pytest.fixture
def usage(tmp_path):
    """Run the command over a run in which the worker has sent and then done `more`."""

    def run(*more, options=(), whole=False, actions=(SEND,)):
        uses = [(Use("worker-1", action, QUEUE), 3) for action in (SEND, *more)]
        grants = [Grant("shop/Worker/Role", "Beside", 0, actions, (QUEUE,))]
        labels = {"worker-1": "shop/Worker/Role"}
        Evidence("2026-01-01", whole, labels, grants, uses, ["somebody"]).write(tmp_path / FILE)
        return CliRunner().invoke(app, ["usage", "--of", str(tmp_path), *options])

    return run


def test_a_run_without_a_missing_grant_passes_and_says_that_it_judged_a_part(usage):
    ended = usage()

    assert ended.exit_code == 0
    assert "shop/Worker/Role: 2 of 2 granted actions and resources used" in ended.output
    assert "unused grants are not judged" in ended.output
    assert "of no stack of ours: somebody" in ended.output
    assert "3 calls" not in ended.output
    assert "used sqs:SendMessage (3 calls)" in usage(options=["--all"]).output


def test_a_missing_grant_is_named_and_fails(usage):
    ended = usage(READ)

    assert ended.exit_code == 1
    assert f"MISSING {READ} on {QUEUE} (3 calls): the action is not granted" in ended.output


def test_an_unused_grant_fails_a_whole_run_only(usage):
    part, whole = usage(actions=(SEND, READ)), usage(actions=(SEND, READ), whole=True)

    assert (part.exit_code, whole.exit_code) == (0, 1)
    assert f"not used {READ}" in part.output
    assert f"UNUSED {READ} (Beside, 0)" in whole.output
    # The excuses of this repository speak of other roles.
    assert "stale excuse" in whole.output


def test_programs_get_the_same_as_json(usage):
    found = json.loads(usage(READ, options=["--json"]).stdout)

    assert (found["passed"], found["whole"]) == (False, False)
    assert found["missing"][0]["action"] == READ
    assert found["others"] == ["somebody"]


@pytest.mark.parametrize("left", [None, "{}"])
def test_without_a_run_it_is_said_how_to_get_one(tmp_path, left):
    if left:
        (tmp_path / FILE).write_text(left)

    ended = CliRunner().invoke(app, ["usage", "--of", str(tmp_path)])

    assert isinstance(ended.exception, CommandError)
    assert "flow tests" in ended.exception.remedy
