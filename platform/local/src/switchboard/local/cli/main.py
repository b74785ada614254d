"""The `switchboard` command; each group imports what it needs only when it is used."""

import sys

import typer

from switchboard.local.cli import (
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
    stories,
)
from switchboard.local.cli.console import CommandError, fail

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


def main() -> None:
    """Run the command line; a known problem is one clear message and exit status 1."""
    try:
        app()
    except CommandError as error:
        fail(error)
        sys.exit(1)
