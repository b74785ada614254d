"""`bench voice`: the platform's share of a typed turn, and a thousand calls without a loss."""

import statistics
from http import HTTPStatus
from threading import Event
from typing import TYPE_CHECKING, Annotated, Any

import typer

from switchboard.local.cli.console import as_json, progress, say, table
from switchboard.local.cli.platform import bring_up

if TYPE_CHECKING:
    from switchboard.local.access import Access
    from switchboard.local.desk_load import LoadResult

GOAL_MS = 150.0
QUIET_CALLS = 22
EVERY = 50
PAUSE = 0.1
"""Seconds before a look-up that the ticket API refused for its rate is made again."""


def voice(
    *,
    calls: Annotated[int, typer.Option(min=1, help="calls of the mixed load")] = 1000,
    at_once: Annotated[int, typer.Option(min=1, max=50, help="callers on the line")] = 20,
    json: Annotated[bool, typer.Option("--json", help="for programs")] = False,
) -> None:
    """Quiet calls for the time of a turn, then the load; exit status 1 when a goal is missed."""
    from switchboard.events.envelope import new_id
    from switchboard.local.cli.stories import running
    from switchboard.local.connect.client import Desk
    from switchboard.local.desk_load import place_calls

    bring_up()
    access = running()
    name = f"bench-{new_id()[-6:].lower()}"
    with Desk.of(access.settings) as desk:
        place_calls(desk, 3, 1, _silent, f"{name}-warm")
        quiet = place_calls(desk, QUIET_CALLS, 1, _silent, f"{name}-quiet")
        progress(f"quiet calls done; now {calls} calls, {at_once} at once")
        load = place_calls(desk, calls, at_once, _told(calls), f"{name}-load")
    result = _result(access, quiet, load, calls)
    if json:
        as_json(result)
    else:
        _tell(result)
    if not result["passed"]:
        raise typer.Exit(1)


def _silent(_done: int) -> None:
    """Nothing to tell."""


def _told(calls: int) -> Any:
    def tell(done: int) -> None:
        if done % EVERY == 0 or done == calls:
            progress(f"{done} of {calls} calls")

    return tell


def _result(
    access: "Access", quiet: "LoadResult", load: "LoadResult", calls: int
) -> dict[str, Any]:
    from switchboard.local.desk_load import lost

    progress(f"looking up {len(load.tickets)} tickets")
    missing = list(lost(load, lambda number: _owner(access, number)))
    every = quiet.turns(with_tool=True) + quiet.turns(with_tool=False)
    turn = statistics.median(every)
    checks = {
        "turn_median_ms": round(turn, 1),
        "calls": len(load.calls),
        "failed": [f"{call.caller}: {call.problem}" for call in load.problems],
        "tickets": len(load.tickets),
        "duplicates": load.duplicates,
        "unheard": [call.caller for call in load.unheard],
        "lost": missing,
    }
    clean = not (checks["failed"] or load.duplicates or load.unheard or missing)
    return {
        **checks,
        "turns": {
            "quiet, with a tool": _spread(quiet.turns(with_tool=True)),
            "quiet, without": _spread(quiet.turns(with_tool=False)),
            "load, with a tool": _spread(load.turns(with_tool=True)),
            "load, without": _spread(load.turns(with_tool=False)),
        },
        "seconds": round(load.seconds, 1),
        "calls_per_second": round(calls / load.seconds, 1),
        "passed": clean and turn < GOAL_MS,
    }


def _owner(access: "Access", number: str) -> str | None:
    """Whose ticket it is, as the ticket API knows it; None when it knows no such ticket."""
    from switchboard.local.access import ApiError

    while True:
        try:
            return str(access.call("itsm-mock", "GET", f"/internal/tickets/{number}")["caller_id"])
        except ApiError as error:
            if error.status == HTTPStatus.NOT_FOUND:
                return None
            if error.status != HTTPStatus.TOO_MANY_REQUESTS:
                raise
            Event().wait(PAUSE)  # the stage lets 50 a second through, and this loop is quicker


def _spread(values: list[float]) -> dict[str, float]:
    ordered = sorted(values) or [0.0]
    return {
        "turns": len(values),
        "median": round(statistics.median(ordered), 1),
        "p95": round(ordered[int(0.95 * (len(ordered) - 1))], 1),
        "max": round(ordered[-1], 1),
    }


def _tell(result: dict[str, Any]) -> None:
    say("platform share of a typed turn (flow, gateway, tickets; without the model), ms")
    table(
        [
            [name, *(f"{spread[key]:g}" for key in ("turns", "median", "p95", "max"))]
            for name, spread in result["turns"].items()
        ],
        ["calls", "turns", "median", "p95", "max"],
    )
    say(f"median of all quiet turns {result['turn_median_ms']} ms, goal {GOAL_MS:g} ms")
    say()
    table(
        [
            ["calls", str(result["calls"]), ""],
            ["calls that failed", str(len(result["failed"])), _mark(result["failed"])],
            ["tickets opened", str(result["tickets"]), ""],
            ["numbers given twice", str(len(result["duplicates"])), _mark(result["duplicates"])],
            ["not heard by the caller", str(len(result["unheard"])), _mark(result["unheard"])],
            ["lost", str(len(result["lost"])), _mark(result["lost"])],
        ],
        ["what", "count", ""],
    )
    for problem in result["failed"][:5]:
        say(f"  {problem}")
    say(f"{result['seconds']} s, {result['calls_per_second']} calls a second")


def _mark(found: list[str]) -> str:
    return "MISSED" if found else "ok"
