"""`bench gateway`: what the way through the gateway costs, beside a direct call of the tool."""

import statistics
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from typing import TYPE_CHECKING, Annotated, Any

import typer

from switchboard.local.cli.console import as_json, progress, say, table
from switchboard.local.cli.platform import bring_up

if TYPE_CHECKING:
    from switchboard.local.gateway_load import Bench, Pair

GOAL = 2.0
"""What the way through adds is at most so many times a direct call, at the median."""
WARM_UP = 5
_KEYS = ("median", "p95")
READ, WRITE = "notion___notion-fetch", "notion___notion-create-pages"


def gateway(
    *,
    calls: Annotated[int, typer.Option(min=10, help="calls of each tool, each way")] = 100,
    json: Annotated[bool, typer.Option("--json", help="for programs")] = False,
) -> None:
    """One tool that reads and one that writes, directly and through the gateway, in turns.

    Through the gateway a call pays token, policies, interceptor and MCP, and when it writes the
    effect ledger too. Exit status 1 when the goal is missed.
    """
    from switchboard.local.cli.stories import running
    from switchboard.local.gateway_load import Bench
    from switchboard.local.notion.client import LocalWorkspace

    bring_up()
    settings = running().settings
    with LocalWorkspace.of(settings) as workspace:
        page_id = str(workspace.create_story("Bench of the gateway", "Nothing to do.")["id"])
    result = _measure(Bench.of(settings, page_id), page_id, calls)
    if json:
        as_json(result)
    else:
        _tell(result)
    if not result["passed"]:
        raise typer.Exit(1)


def _measure(bench: "Bench", page_id: str, calls: int) -> dict[str, Any]:
    pages, pairs = _pages(page_id), dict[str, "Pair"]()
    kinds: dict[str, Callable[[], dict[str, Any]]] = {
        READ: lambda: {"id": page_id},
        WRITE: lambda: next(pages),
    }
    for tool, arguments in kinds.items():
        progress(f"{tool}: {calls} rounds")
        bench.calls(tool, arguments, WARM_UP)
        pairs[tool] = bench.calls(tool, arguments, calls)
    return measured(pairs)


def measured(pairs: Mapping[str, "Pair"]) -> dict[str, Any]:
    """The comparison.

    The function keeps the ledger of a writing tool also in a direct call, so there it is taken
    off the direct call and added to what the way through costs.
    """
    rows = []
    for tool, pair in pairs.items():
        kept = statistics.median(pair.ledger) if tool == WRITE else 0.0
        direct = statistics.median(pair.direct) - kept
        added = statistics.median(pair.through) - direct
        rows.append(
            {
                "tool": tool,
                "direct": _spread(pair.direct),
                "gateway": _spread(pair.through),
                "ledger": round(kept, 1),
                "added": round(added, 1),
                "ratio": round(added / direct, 2) if direct > 0 else None,
            }
        )
    return {"tools": rows, "goal": GOAL, "passed": all(_holds(row) for row in rows)}


def _holds(row: Mapping[str, Any]) -> bool:
    return row["ratio"] is not None and row["ratio"] <= GOAL


def _pages(page_id: str) -> Iterator[dict[str, Any]]:
    """Arguments that make a page nobody has made."""
    for number in count(1):
        page = {"properties": {"title": f"Bench {number}"}, "content": "Nothing."}
        yield {"parent": {"page_id": page_id}, "pages": [page]}


def _spread(values: list[float]) -> dict[str, float]:
    ordered = sorted(values)
    return {
        "median": round(statistics.median(ordered), 1),
        "p95": round(ordered[int(0.95 * (len(ordered) - 1))], 1),
    }


def _tell(result: dict[str, Any]) -> None:
    table(
        [
            [
                row["tool"],
                *(f"{row[way][key]:.1f}" for way in ("direct", "gateway") for key in _KEYS),
                f"{row['ledger']:.1f}",
                f"{row['added']:.1f}",
                "?" if row["ratio"] is None else f"{row['ratio']:.2f}",
                f"{result['goal']:g}",
                "ok" if _holds(row) else "MISSED",
            ]
            for row in result["tools"]
        ],
        ["tool, ms", "direct", "p95", "gateway", "p95", "ledger", "added", "ratio", "goal", ""],
    )
    say("added: token, policies, interceptor, MCP, and the ledger of a tool that writes")
    say("ratio: what is added, to a direct call of the function without its ledger; medians")
