"""`hatch run platform:acceptance`: a plan without an account, and what it will not take down."""

from typer.testing import CliRunner

from switchboard.local.cli.main import app

OPTIONS = ["acceptance", "--set", "alias=acme-desk", "--set", "projects=source"]


def test_without_run_it_shows_every_step_and_changes_nothing() -> None:
    said = CliRunner().invoke(app, ["acceptance", "--env", "workshop"])

    assert said.exit_code == 0
    assert "hatch run agents:deploy --env workshop --approve never" in said.output
    assert "shows: T041, T042" in said.output
    assert "Nothing was run." in said.output


def test_prod_is_never_taken_down() -> None:
    said = CliRunner().invoke(app, [*OPTIONS, "--env", "prod", "--run", "--yes"])

    assert said.exit_code == 1
    assert "prod keeps its data" in str(said.exception)


def test_an_environment_that_nobody_configured_is_not_even_planned() -> None:
    said = CliRunner().invoke(app, ["acceptance", "--env", "moon"])

    assert said.exit_code == 1
    assert "no environment 'moon'" in str(said.exception)


def test_an_environment_without_an_account_is_refused() -> None:
    said = CliRunner().invoke(app, [*OPTIONS, "--env", "workshop", "--run", "--yes"])

    assert said.exit_code == 1
    assert "no AWS account and no Notion workspace belong to environment" in str(said.exception)
