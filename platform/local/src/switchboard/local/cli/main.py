"""The `switchboard` command; each group imports what it needs only when it is used."""

import sys

import typer
from pydantic import ValidationError

from switchboard.local.cli import (
    acceptance,
    alarms,
    bench,
    call,
    costs,
    demo,
    evals,
    events,
    explain,
    gate,
    infra,
    knowledge,
    platform,
    policies,
    simulate,
    stories,
    usage,
)
from switchboard.local.cli.console import CommandError, fail
from switchboard.local.settings import LocalSettings

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help=(
        "Switchboard on this machine: stories become pull requests, calls become tickets.\n\n"
        "Start with `hatch run demo`; look around with `hatch run status`; "
        "stop with `hatch run down`."
    ),
)
app.add_typer(events.app, name="events")
app.add_typer(bench.app, name="bench")
platform.register(app)
alarms.register(app)
demo.register(app)
stories.register(app)
call.register(app)
explain.register(app)
knowledge.register(app)
evals.register(app)
gate.register(app)
infra.register(app)
policies.register(app)
costs.register(app)
acceptance.register(app)
simulate.register(app)
usage.register(app)


def main() -> None:
    """Run the command line; a known problem is one clear message and exit status 1."""
    try:
        app()
    except CommandError as error:
        fail(error)
        sys.exit(1)
    except ValidationError as error:
        if error.title != LocalSettings.__name__:
            raise
        fail(_about_a_variable(error))
        sys.exit(1)


def _about_a_variable(error: ValidationError) -> CommandError:
    """What a person has set in the environment, and what it may be; never a value."""
    first = error.errors(include_input=False, include_url=False)[0]
    name = f"SWITCHBOARD_{first['loc'][0]}".upper()
    wanted = str(first["msg"])
    return CommandError(f"the variable {name} is wrong: {wanted}", f"set it anew, or unset {name}")
