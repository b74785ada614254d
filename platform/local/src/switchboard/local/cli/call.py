"""`call`: ring the desk from the terminal, typed or by a script."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from switchboard.local.cli.console import CommandError, as_json, progress, say

if TYPE_CHECKING:
    from switchboard.local.cli.phone import Screen
    from switchboard.local.cli.telephone import Telephone
    from switchboard.local.connect.client import Caller, CallRefusedError, Desk
    from switchboard.local.connect.script import Script

NUMBER = "+15555550100"
LEGEND = (
    "Type what you say. Empty line or (silence): say nothing. #1: press keys. "
    "hangup or Ctrl-D: end."
)


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(call)


def call(
    *,
    caller: Annotated[
        str, typer.Option("--from", help="who rings: a number (E.164), a name, or anonymous")
    ] = NUMBER,
    script: Annotated[
        Path | None,
        typer.Option(help="a Connect test case (JSON), or a list of what the caller does"),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="print the report")] = False,
    phone: Annotated[
        bool, typer.Option("--phone", help="let softphones on this machine ring the desk (SIP)")
    ] = False,
    bind: Annotated[
        str, typer.Option(help="with --phone: the address to listen on; only loopback is taken")
    ] = "127.0.0.1",
    namespace: Annotated[
        bool,
        typer.Option(
            "--namespace", help="--bind may be 10.x: this is a network namespace for tests"
        ),
    ] = False,
) -> None:
    """Ring the service desk and talk with it. Starts the platform when it is not running.

    Exit status 1 when the assertions of a script fail.
    """
    from switchboard.local.cli.phone import Screen
    from switchboard.local.cli.telephone import Telephone
    from switchboard.local.connect.client import CallRefusedError, Desk

    if phone:
        if script is not None:
            raise CommandError("--phone takes no --script", "choose one of the two")
        _by_phone(caller, Screen(json=json), bind, namespace=namespace)
        return
    given = _script(script)
    settings = _running()
    telephone = Telephone(quiet=json)
    try:
        with Desk.of(settings) as desk:
            report = _talked(desk, caller, given, telephone)
    except CallRefusedError as error:
        raise _refused(error) from error
    if json:
        as_json(report)
    else:
        _tell_end(report)
    if not report.get("passed", True):
        raise typer.Exit(1)


def _by_phone(caller: str, screen: "Screen", bind: str, *, namespace: bool) -> None:
    """What can be missing is looked for before the platform is started for it."""
    from switchboard.local.cli.phone import address_of, speech, take_calls
    from switchboard.local.settings import LocalSettings

    address = address_of(LocalSettings.from_env(), bind, namespace=namespace)
    with speech() as heard:
        take_calls(_running(), address, heard, caller, screen)


def _talked(
    desk: "Desk", caller: str, script: "Script | None", telephone: "Telephone"
) -> dict[str, Any]:
    """Ring, talk to the end, and say what came of it."""
    if script is not None and script.case is not None:
        return _rehearsed(desk, caller, script, telephone)
    if script is None:
        telephone.note(LEGEND)
    with desk.ring(caller, on_line=telephone.show, strict=False) as line:
        turns = iter(script.turns) if script else _typed(line, telephone)
        _go_through(line, turns, telephone, echo=script is not None)
    return line.report()


def _go_through(
    line: "Caller", turns: Iterator[str], telephone: "Telephone", *, echo: bool
) -> None:
    from switchboard.local.connect.script import play

    for turn in turns:
        if line.is_over:
            return
        if echo:
            telephone.said_by_caller(turn)
        play(turn, line)


def _typed(line: "Caller", telephone: "Telephone") -> Iterator[str]:
    """What a person types, until the end of the input; then the caller hangs up."""
    while not line.is_over:
        try:
            yield telephone.ask(line.waiting_for)
        except (EOFError, KeyboardInterrupt):
            telephone.note("(you hang up)")
            return


def _rehearsed(
    desk: "Desk", caller: str, script: "Script", telephone: "Telephone"
) -> dict[str, Any]:
    from switchboard.local.connect.client import report_of

    turn = desk.rehearse(script.name, script.case, caller, telephone.show)
    contact = next(line["contact_id"] for line in turn.lines if line["type"] == "contact")
    verdict = turn.verdict
    return {
        **report_of(desk.call(contact)),
        "script": script.name,
        "passed": verdict["passed"],
        "failures": verdict.get("failures", []),
    }


def _script(path: Path | None) -> "Script | None":
    from switchboard.local.connect.script import ScriptError, read_script

    if path is None:
        return None
    try:
        return read_script(path)
    except ScriptError as error:
        raise CommandError(
            str(error),
            "give a Connect test case (services/voice/src/switchboard/voice/flows/scenarios/), or "
            "a text file with one turn a line: words, #1, (silence), hangup",
        ) from error


def _running() -> Any:
    """The settings of the platform, which is up."""
    from switchboard.local import embedded
    from switchboard.local.cli.platform import bring_up
    from switchboard.local.settings import LocalSettings

    if embedded.status().is_up:
        return LocalSettings.from_env()
    progress("the platform is not running: starting it")
    return bring_up().settings


def _refused(error: "CallRefusedError") -> CommandError:
    return CommandError(f"{error.code}: {error}", error.remedy or "look at: hatch run status")


def _tell_end(report: dict[str, Any]) -> None:
    say()
    if "passed" in report:
        colour, word = ("green", "passed") if report["passed"] else ("red", "FAILED")
        say(f"{report['script']}: " + typer.style(word, fg=colour, bold=True))
        for failure in report["failures"]:
            say(f"  {failure}")
    say(f"the call is over: {report['outcome']}, {report['turns']} turns, "
        f"{report['seconds']:.1f} s")  # fmt: skip
    for ticket in report["tickets"]:
        say("ticket:  " + typer.style(ticket, bold=True))
    say(f"contact: {report['correlation_id']}")
    say(f"next:    hatch run explain {report['correlation_id']}")
