"""The linter as a command."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from switchboard.contact_flows.document import FlowFormatError, read_flow
from switchboard.contact_flows.linter.finding import RULES, Finding
from switchboard.contact_flows.linter.lint import FLOW_TYPES, lint

app = typer.Typer(add_completion=False)


class UnreadableError(ValueError):
    """A file that holds no flow; the message says what to do."""


def _read(path: Path, flow_type: str) -> tuple[int, list[Finding]]:
    try:
        flow = read_flow(path.read_bytes())
    except FileNotFoundError as error:
        raise UnreadableError(
            "no such file. Give the path of an exported flow (Export flow in the designer, or "
            "aws connect describe-contact-flow)."
        ) from error
    except OSError as error:
        raise UnreadableError(
            f"cannot be read ({error.strerror}). Give a readable file."
        ) from error
    except FlowFormatError as error:
        raise UnreadableError(str(error)) from error
    return len(flow.actions), lint(flow, flow_type)


def _print_rules(value: bool) -> None:  # noqa: FBT001 - typer calls it with the flag
    if value:
        for rule in RULES.values():
            typer.echo(f"{rule.code} {rule.level:7} {rule.demands}")
        raise typer.Exit


def _print(path: Path, actions: int, findings: list[Finding]) -> None:
    if not findings:
        typer.echo(f"{path}: {actions} actions, no findings")
        return
    errors = sum(found.level == "error" for found in findings)
    warnings = len(findings) - errors
    typer.echo(f"{path}: {actions} actions, {errors} errors, {warnings} warnings")
    for found in findings:
        place = f" {found.action}" if found.action else ""
        typer.echo(f"  {found.level:7} {found.code}{place}: {found.message}")
        typer.echo(f"          {found.remedy}")


@app.command()
def lint_flows(
    files: Annotated[list[Path], typer.Argument(help="exported flows, as JSON")],
    *,
    flow_type: Annotated[
        str, typer.Option(help=f"instead of the metadata's: {', '.join(FLOW_TYPES)}")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="findings as JSON")] = False,
    rules: Annotated[  # noqa: ARG001 - its callback answers
        bool, typer.Option("--rules", callback=_print_rules, is_eager=True, help="list the rules")
    ] = False,
) -> None:
    """Say what Connect would refuse, drop or never reach; ends with 1 when there are errors."""
    if flow_type and flow_type not in FLOW_TYPES:
        raise typer.BadParameter(f"{flow_type!r}; known: {', '.join(FLOW_TYPES)}")
    report: list[dict[str, Any]] = []
    failed = False
    for path in files:
        try:
            actions, findings = _read(path, flow_type)
        except UnreadableError as error:
            failed = True
            typer.echo(f"{path}: {error}", err=True)
            report.append({"file": str(path), "error": str(error)})
            continue
        failed = failed or any(found.level == "error" for found in findings)
        report.append(
            {"file": str(path), "actions": actions, "findings": [asdict(f) for f in findings]}
        )
        if not as_json:
            _print(path, actions, findings)
    if as_json:
        typer.echo(json.dumps(report, indent=2))
    raise typer.Exit(int(failed))


def main() -> None:
    """The entry point."""
    app(prog_name="lint-flow")
