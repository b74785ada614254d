"""`costs`: the cost sheet, counted from the templates as they are now."""

import json as json_
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from switchboard.local.cli.console import CommandError, as_json, progress, say

if TYPE_CHECKING:
    from switchboard.local.costs.at_rest import Template
    from switchboard.local.costs.sheet import AtRest, InUse


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command("costs")(costs)


def costs(
    *,
    env: Annotated[
        list[str] | None, typer.Option(help="only this environment (repeat); default: all")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="for programs")] = False,
    write: Annotated[
        bool, typer.Option("--write", help="put the sheet into docs/costs.md")
    ] = False,
) -> None:
    """What every environment costs at rest, and a thousand stories and calls.

    Counts what the templates hold; prices are data with source and date. No account is asked.
    Exit status 1 when a resource type is there of which nobody has said what it costs.
    """
    from switchboard.constructs.environments import ENVIRONMENTS
    from switchboard.local.checkout import ROOT
    from switchboard.local.costs import page
    from switchboard.local.costs.prices import prices, workload
    from switchboard.local.costs.sheet import at_rest_sheet, in_use_sheet

    if unknown := sorted(set(env or []) - set(ENVIRONMENTS)):
        raise CommandError(
            f"no environment {', '.join(unknown)}", f"choose from: {', '.join(ENVIRONMENTS)}"
        )
    if write and env:
        raise CommandError("--write writes the whole sheet", "leave --env out")
    table = prices()
    chosen = [name for name in ENVIRONMENTS if not env or name in env]
    rest = [at_rest_sheet(name, _templates(ROOT / "build/costs", name), table) for name in chosen]
    use = [in_use_sheet(name, unit, table) for name, unit in workload().items()]
    if json:
        as_json(_as_dict(rest, use))
    else:
        say(page.markdown(rest, use, table))
    if write:
        path = ROOT / "docs/costs.md"
        path.write_text(page.placed(path.read_text(), page.markdown(rest, use, table)))
        progress(f"written: {path.relative_to(ROOT)}")
    _demand_judged(rest)


def _templates(out: Path, environment: str) -> "dict[str, Template]":
    """Every stack's template, by the stack's name."""
    from switchboard.local.templates import synthesize_all

    folder = out / environment
    apps = [name for name, _ in synthesize_all(folder, environment)]
    progress(f"{environment}: {len(apps)} apps synthesized")
    return {
        path.name.removesuffix(".template.json"): json_.loads(path.read_text())
        for app in apps
        for path in sorted((folder / app).glob("*.template.json"))
    }


def _demand_judged(sheets: "Sequence[AtRest]") -> None:
    if kinds := sorted({kind for sheet in sheets for kind in sheet.not_judged}):
        raise CommandError(
            f"nobody has said what these cost: {', '.join(kinds)}",
            "count them in costs/at_rest.py, or name them in costs/prices.json (at_rest_free)",
        )


def _as_dict(rest: "Sequence[AtRest]", use: "Sequence[InUse]") -> dict[str, Any]:
    def lines(sheet: "AtRest | InUse") -> dict[str, Any]:
        return {
            item.item: {"quantity": str(item.quantity), "usd": f"{item.usd:.4f}"}
            for item in sheet.items
        }

    return {
        "at_rest": {
            sheet.environment: {
                "usd": f"{sheet.usd:.2f}",
                "desk_usd": f"{sheet.desk_usd:.2f}",
                "items": lines(sheet),
            }
            for sheet in rest
        },
        "per_thousand": {
            sheet.name: {
                "usd": f"{sheet.plumbing_usd:.2f}",
                "model_usd": f"{sheet.model_usd:.2f}",
                "items": lines(sheet),
            }
            for sheet in use
        },
    }
