"""`evals`: what the agents can do, measured: datasets, scores, a report."""

import json as json_module
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from switchboard.local.cli.console import CommandError, as_json, progress, say, table

if TYPE_CHECKING:
    from switchboard.local.access import Access
    from switchboard.local.evals.dataset import Dataset
    from switchboard.local.evals.judgement import AgentResult, CaseResult, Judge

THRESHOLD = 0.9
OUT = Path("build/evals")


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(evals)


def evals(  # noqa: PLR0913 - options of a command
    *,
    agent: Annotated[str | None, typer.Option(help="only this agent, e.g. code")] = None,
    case: Annotated[str | None, typer.Option(help="only the case of this id")] = None,
    out: Annotated[Path, typer.Option(help="folder for report.json and report.html")] = OUT,
    json: Annotated[bool, typer.Option("--json", help="print the report")] = False,
    threshold: Annotated[
        float, typer.Option(min=0, max=1, help="what each score of each agent must reach")
    ] = THRESHOLD,
    baseline: Annotated[
        Path | None,
        typer.Option(help="report.json to compare with [default: the last one in --out]"),
    ] = None,
    judge: Annotated[
        str | None,
        typer.Option(help="model that judges the rubric's questions, of the agents' provider"),
    ] = None,
    datasets: Annotated[
        Path | None, typer.Option(help="folder with the datasets [default: agents/evals]")
    ] = None,
    timeout: Annotated[float, typer.Option(min=1, help="seconds that a run may take")] = 300,
) -> None:
    """Run every agent's dataset on the platform and judge what came of it.

    Starts the platform when it is not running. Exit status 1 when a score is below the threshold
    or anything forbidden happened.
    """
    from switchboard.events.envelope import utc_now
    from switchboard.local.cli.platform import bring_up
    from switchboard.local.cli.stories import running
    from switchboard.local.evals.report import Setting, compared, report_of

    chosen, folder = _chosen(datasets, agent, case)
    before = _baseline(baseline, out / "report.json")
    judges = _judge(judge)
    bring_up()
    access = running()
    _afford(access, chosen, case)
    begun = time.monotonic()
    results = _run(access, chosen, case, (folder, timeout, judges))
    setting = Setting(utc_now(), _model(access), judge or "", threshold)
    report = report_of(results, setting, time.monotonic() - begun)
    if before is not None:
        report = compared(report, before)
    _publish(access, results, setting.made_at)
    _write(out, report)
    if json:
        as_json(report)
    else:
        _tell(report, out)
    if not report["passed"]:
        raise typer.Exit(1)


def _chosen(
    folder: Path | None, agent: str | None, case: str | None
) -> "tuple[list[Dataset], Path]":
    from switchboard.local.evals.dataset import DATASETS, read_datasets
    from switchboard.local.evals.evaluate import select
    from switchboard.local.evals.problems import DatasetError

    place = folder or DATASETS
    try:
        return select(read_datasets(place), agent, case), place
    except DatasetError as error:
        raise CommandError(
            str(error), "mend it; the fields are explained in docs/evals.md"
        ) from error


def _baseline(given: Path | None, last: Path) -> "dict[str, Any] | None":
    """The report to compare with; the last one, unless it is of another version."""
    from switchboard.local.evals.report import BaselineError, read_baseline

    if given is None and not last.exists():
        return None
    try:
        return read_baseline(given or last)
    except BaselineError as error:
        if given is None:
            progress(f"not compared with the last report: {error}")
            return None
        raise CommandError(str(error), "give the report.json of an earlier evaluation") from error


def _judge(model_id: str | None) -> "Judge | None":
    from switchboard.local.evals.wiring import judge
    from switchboard.local.settings import LocalSettings

    return judge(LocalSettings.from_env(), model_id) if model_id else None


def _afford(access: "Access", datasets: "list[Dataset]", case_id: str | None) -> None:
    from switchboard.local.evals.evaluate import chosen
    from switchboard.local.evals.platform import not_affordable

    stories = sum(
        case.story is not None for dataset in datasets for case in chosen(dataset, case_id)
    )
    if problem := not_affordable(access, stories):
        remedy = 'raise "Cost Limit Per Month" of the project on the board, or: hatch run reset'
        raise CommandError(problem, remedy)


def _run(
    access: "Access", datasets: "list[Dataset]", case: str | None, how: tuple[Any, ...]
) -> "list[AgentResult]":
    from switchboard.local.evals.evaluate import Evaluate
    from switchboard.local.evals.platform import open_doors

    folder, timeout, judge = how
    with open_doors(access, folder, timeout) as doors:
        return Evaluate(doors.story, doors.call, _progress, judge)(datasets, case)


def _progress(number: int, total: int, result: "CaseResult") -> None:
    state = "pass" if result.passed else "FAIL"
    progress(f"{number:3}/{total}  {state}  {result.agent:10}  {result.case.id:24}  "
             f"{result.seen.seconds:5.1f} s")  # fmt: skip
    for what in _failures(result):
        progress(f"               {what}")


def _failures(result: "CaseResult") -> list[str]:
    missed = [f"{item.says}: {item.missing}" for item in result.goal if not item.met]
    forbidden = [f"FORBIDDEN: {what}" for what in result.violations]
    return [result.problem] if result.problem else [*forbidden, *missed]


def _model(access: "Access") -> str:
    """What the deployed agents think with."""
    from switchboard.local.agentcore.registry import Registry

    runtimes = Registry(access.settings.folder.registry).of_type("AWS::BedrockAgentCore::Runtime")
    ids = {str(r.property("EnvironmentVariables", "MODEL_ID", default="?")) for r in runtimes}
    return ", ".join(sorted(ids))


def _publish(access: "Access", results: "list[AgentResult]", at: Any) -> None:
    from switchboard.local.evals.metrics import publish

    named = publish(results, at, access.client("cloudwatch"))
    if named:
        progress(f"scores published to CloudWatch: {', '.join(named)}")


def _write(out: Path, report: dict[str, Any]) -> None:
    from switchboard.local.evals.page import page

    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / "report.json").write_text(json_module.dumps(report, indent=2) + "\n", "utf-8")
        (out / "report.html").write_text(page(report), "utf-8")
    except OSError as error:
        raise CommandError(
            f"the report cannot be written: {error}", "choose another --out"
        ) from error


def _tell(report: dict[str, Any], out: Path) -> None:
    from switchboard.local.evals.judgement import percent

    say()
    rows = [
        [
            agent["agent"],
            f"{sum(case['passed'] for case in agent['cases'])}/{len(agent['cases'])}",
            *(percent(score) for score in agent["scores"].values()),
            str(sum(len(case["violations"]) for case in agent["cases"])),
            f"{sum(case['seconds'] for case in agent['cases']) / len(agent['cases']):.1f} s",
            "passed" if agent["passed"] else "FAILED",
        ]
        for agent in report["agents"]
    ]
    table(rows, ["agent", "cases", "accuracy", "tools", "helpful", "forbidden", "mean", ""])
    say()
    for what in report["violations"]:
        say(typer.style("forbidden: ", fg="red", bold=True) + what)
    for agent, names in report["below_threshold"].items():
        say(f"below {report['threshold']:.0%}: {agent}: {', '.join(names)}")
    _tell_changes(report.get("baseline"))
    colour, word = ("green", "passed") if report["passed"] else ("red", "FAILED")
    say(typer.style(word, fg=colour, bold=True) + f": {report['cases_passed']} of "
        f"{report['cases']} cases in {report['seconds']:.0f} s, model {report['model']}, "
        f"receipts ${float(report['cost_usd']):.2f}")  # fmt: skip
    say(f"report: {out / 'report.html'}    data: {out / 'report.json'}")


def _tell_changes(before: dict[str, Any] | None) -> None:
    if before is None:
        return
    for name in ("worse", "better", "new", "gone"):
        if before[name]:
            say(f"{name} since {before['made_at']}: {', '.join(before[name])}")
