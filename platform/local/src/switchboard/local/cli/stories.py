"""`demo` and `story`: a person's story travels the whole way, and the terminal tells it."""

import json as json_module
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from switchboard.local.checkout import ROOT
from switchboard.local.cli.console import CommandError, as_json, progress, say

if TYPE_CHECKING:
    from switchboard.local.access import Access
    from switchboard.local.journey import Journey

OnEvent = Callable[["Journey", dict[str, Any]], None]
EXAMPLES = ROOT / "docs/examples"
DEMO = (("discount-codes.md", "Generate Code"), ("returns-form.md", "Generate Prototype"))
MEANING = {
    "ContentChanged.v1": "Notion told ingress that the page changed",
    "TriggerRejected.v1": "ingress refused the request",
    "InvocationRequested.v1": "ingress asked for the agent's work",
    "InvocationStarted.v1": "orchestrator reserved the money and started the agent",
    "AgentRunCompleted.v1": "the agent reported its result",
    "AgentRunFailed.v1": "the agent reported a failure",
    "InvocationCompleted.v1": "orchestrator settled the cost: completed",
    "InvocationFailed.v1": "orchestrator settled the cost: failed",
    "InvocationCancelled.v1": "orchestrator settled the cost: cancelled",
    "InvocationDelivered.v1": "completion wrote the result to Notion",
    "DeliveryFailed.v1": "completion could not write the result",
}


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(demo)
    app.command()(story)


def demo(
    *,
    report: Annotated[Path | None, typer.Option(help="write what happened as JSON")] = None,
    json: Annotated[bool, typer.Option("--json", help="print the report")] = False,
) -> None:
    """Start everything and run two stories: one becomes a pull request, one a prototype."""
    from switchboard.local.cli.platform import bring_up

    bring_up()
    access = _access()
    journeys = []
    for name, trigger in DEMO:
        title, body = read_story(EXAMPLES / name)
        if not json:
            say(typer.style(f"\n{title}", bold=True) + f"  ({trigger})")
        journeys.append(_travel(access, title, body, trigger, _silent if json else _tell_event))
        if not json:
            _tell_result(journeys[-1])
    result = {"stories": [journey.report() for journey in journeys], **_totals(access)}
    if report is not None:
        report.write_text(json_module.dumps(result, indent=2) + "\n")
    if json:
        as_json(result)
    else:
        _tell_totals(access, result)
    if any(journey.terminal_status != "completed" for journey in journeys):
        raise typer.Exit(1)


def story(
    file: Annotated[Path, typer.Argument(help="Markdown: the first heading is the title")],
    *,
    trigger: Annotated[str, typer.Option(help="the Status a person sets")] = "Generate Code",
    json: Annotated[bool, typer.Option("--json", help="print the report")] = False,
) -> None:
    """Put a story on the Notion board, set its status, and follow it to its result.

    Starts the platform when it is not running.
    """
    from switchboard.local.cli.platform import bring_up

    title, body = read_story(file)
    bring_up()
    access = _access()
    if not json:
        say(typer.style(title, bold=True) + f"  ({trigger})")
    journey = _travel(access, title, body, trigger, _silent if json else _tell_event)
    if json:
        as_json(journey.report())
    else:
        _tell_result(journey)
    if journey.terminal_status != "completed":
        raise typer.Exit(1)


def read_story(file: Path) -> tuple[str, str]:
    """Title and Markdown body of a story file.

    Raises:
        CommandError: the file cannot be read or holds no text.
    """
    try:
        text = file.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"cannot read {file}: {error}", "give a Markdown file") from error
    if not text:
        raise CommandError(f"{file} is empty", "write a heading and what is wanted below it")
    first, _, rest = text.partition("\n")
    return (first.lstrip("# ").strip() or file.stem), rest.strip()


def run_story(title: str, body: str, trigger: str) -> "Journey":
    """Put a story on the board of the running platform and follow it to its end, in silence.

    Raises:
        CommandError: nothing final was seen in time, or the platform is not running.
    """
    return _travel(_access(), title, body, trigger, lambda *_: None)


def _access() -> "Access":
    from switchboard.local.access import Access

    return Access.of_running_platform()


def _travel(access: "Access", title: str, body: str, trigger: str, on_event: OnEvent) -> "Journey":
    from switchboard.local.bus import LocalBus
    from switchboard.local.calls import CallCounter
    from switchboard.local.journey import FollowStory, StoryTimeoutError
    from switchboard.local.notion.client import LocalWorkspace

    board = LocalWorkspace.of(access.settings)
    page_id = str(board.create_story(title, body)["id"])
    calls = CallCounter.of(access.settings)
    with LocalBus.connect().tail() as tail:
        follow = FollowStory(board, tail, on_event)
        try:
            journey = follow(page_id, title, trigger)
        except StoryTimeoutError as error:
            raise CommandError(str(error), "look at: hatch run doctor; hatch run status") from error
    journey.own_aws_calls = calls.own()
    return journey


def _silent(_journey: "Journey", event: dict[str, Any]) -> None:
    progress(MEANING.get(event["detail-type"], event["detail-type"]))


def _tell_event(journey: "Journey", event: dict[str, Any]) -> None:
    name = event["detail-type"]
    say(f"  {journey.seconds(event):5.2f} s  {name:24} {MEANING.get(name, '')}")


def _tell_result(journey: "Journey") -> None:
    ended = journey.ended
    colour = "green" if journey.terminal_status == "completed" else "red"
    say("  " + typer.style(journey.terminal_status, fg=colour, bold=True) + _summary(ended))
    for artifact in ended.get("output_artifacts", []):
        say(f"    {artifact['type'].replace('_', ' ')}: {artifact['url']}")
        if artifact["type"] == "pull_request":
            _tell_clone(artifact)
    if error := ended.get("error") or (ended if "remediation" in ended else None):
        say(f"    {error['code']}: {error['message']}")
        say(f"    remedy: {error['remediation']}")
    _tell_receipt(ended)


def _summary(ended: dict[str, Any]) -> str:
    return f": {ended['output_summary']}" if ended.get("output_summary") else ""


def _tell_clone(artifact: dict[str, Any]) -> None:
    meta = artifact["metadata"]
    host = artifact["url"].split(f"/{meta['repo']}")[0]
    say(f"    try it: git clone {host}/{meta['repo']}.git x && (cd x && git checkout "
        f"{meta['branch']} && python -m pytest)")  # fmt: skip


def _tell_receipt(ended: dict[str, Any]) -> None:
    receipt = ended.get("receipt")
    if not receipt:
        return
    note = f" ({receipt['note']})" if receipt.get("note") else ""
    say(f"    receipt{note}:")
    for line in receipt["lines"]:
        amount = Decimal(line["amount_usd"])
        say(f"      {line['item']:28} {line['quantity']:>12} {line['unit']:10} ${amount:.6f}")
    say(f"      {'total':28} {'':12} {'':10} ${Decimal(receipt['total_usd']):.6f}")


def _totals(access: "Access") -> dict[str, Any]:
    from switchboard.local.notion.client import LocalWorkspace

    project = LocalWorkspace.of(access.settings).project_id
    summary = access.call("orchestrator", "GET", f"/project/{project}/cost-summary")
    listed = access.call("orchestrator", "GET", f"/project/{project}/invocations?limit=100")
    receipts = sum((Decimal(item["cost_usd"]) for item in listed["invocations"]), Decimal(0))
    return {"receipts_total": str(receipts), "ledger_total": str(Decimal(summary["spent_usd"]))}


def _tell_totals(access: "Access", result: dict[str, Any]) -> None:
    say()
    same = Decimal(result["receipts_total"]) == Decimal(result["ledger_total"])
    sign = "equals" if same else "DIFFERS FROM"
    say(f"all receipts ${result['receipts_total']} {sign} the ledger ${result['ledger_total']}")
    say(f"board:   {access.settings.notion_url}   code: {access.settings.github_url}")
    say("next:    hatch run story docs/examples/any-story.md    stop: hatch run down")
