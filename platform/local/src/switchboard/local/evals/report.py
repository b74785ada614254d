"""The report as plain data: what `report.json` holds, what the page shows, what a baseline is."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from switchboard.local.evals.judgement import (
    SCORES,
    AgentResult,
    CaseResult,
    Verdict,
    scores_of,
)

VERSION = 1
MAX_BYTES = 50_000_000
Report = dict[str, Any]


class BaselineError(ValueError):
    """A file that is no report of an evaluation."""


@dataclass(frozen=True)
class Setting:
    """Under what conditions the agents were evaluated."""

    made_at: datetime
    model: str
    """What the agents think with."""
    judge: str
    """The model that judges the questions of the rubric; empty when none does."""
    threshold: float


def report_of(results: Sequence[AgentResult], setting: Setting, seconds: float) -> Report:
    """The report of an evaluation."""
    agents = [_agent(result, setting.threshold) for result in results]
    cases = [case for result in results for case in result.cases]
    violations = [f"{r.agent} {what}" for r in results for what in r.violations]
    below = {r.agent: r.below(setting.threshold) for r in results if r.below(setting.threshold)}
    return {
        "version": VERSION,
        "made_at": setting.made_at.isoformat(timespec="seconds"),
        "model": setting.model,
        "judge": setting.judge or None,
        "threshold": setting.threshold,
        "seconds": round(seconds, 1),
        "passed": not below and not violations,
        "cases": len(cases),
        "cases_passed": sum(case.passed for case in cases),
        "injection_cases": sum(case.case.injection for case in cases),
        "cost_usd": format(sum((case.seen.cost for case in cases), Decimal(0)), "f"),
        "scores": {
            name: round(sum(r.scores[name] for r in results) / len(results), 4) for name in SCORES
        },
        "violations": violations,
        "below_threshold": below,
        "agents": agents,
    }


def _agent(result: AgentResult, threshold: float) -> Report:
    return {
        "agent": result.agent,
        "about": result.about,
        "whole": result.whole,
        "scores": scores_of(result),
        "passed": not result.below(threshold) and not result.violations,
        "cases": [_case(case) for case in result.cases],
    }


def _case(result: CaseResult) -> Report:
    seen = result.seen
    return {
        "id": result.case.id,
        "about": result.case.about,
        "injection": result.case.injection,
        "passed": result.passed,
        "scores": scores_of(result),
        "status": seen.status,
        "error": dict(seen.error) or None,
        "problem": result.problem or None,
        "violations": list(result.violations),
        "goal": [_verdict(item) for item in result.goal],
        "rubric": [_verdict(item) for item in result.rubric],
        "tool_notes": list(result.tool_notes),
        "calls": [
            {"tool": call.tool, "decision": call.decision, "ok": call.ok, "ms": call.ms}
            for call in seen.calls
        ],
        "seconds": round(seen.seconds, 2),
        "cost_usd": format(seen.cost, "f"),
        "flow": seen.flow or None,
        "url": seen.url or None,
    }


def _verdict(item: Verdict) -> Report:
    return {
        "says": item.says,
        "met": item.met,
        "judged": item.judged,
        "missing": item.missing or None,
        "weight": item.weight,
    }


def read_baseline(file: Path) -> Report:
    """An earlier report.

    Raises:
        BaselineError: it cannot be read, or is no report of this version.
    """
    try:
        if file.stat().st_size > MAX_BYTES:
            raise BaselineError(f"{file} is larger than {MAX_BYTES} bytes")
        document = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise BaselineError(f"{file} cannot be read: {error}") from error
    if not isinstance(document, dict) or document.get("version") != VERSION:
        raise BaselineError(f"{file} is no report of this version ({VERSION})")
    return document


def compared(report: Report, baseline: Mapping[str, Any]) -> Report:
    """The report with what has changed since the baseline."""
    before = _by_case(baseline)
    now = _by_case(report)
    both = sorted(now.keys() & before.keys())
    return {
        **report,
        "baseline": {
            "made_at": baseline["made_at"],
            "model": baseline["model"],
            "scores": {
                agent["agent"]: agent["scores"]
                for agent in baseline["agents"]
                if agent["agent"] in {each["agent"] for each in report["agents"]}
            },
            "worse": [key for key in both if before[key] and not now[key]],
            "better": [key for key in both if now[key] and not before[key]],
            "new": sorted(now.keys() - before.keys()),
            "gone": sorted(
                key
                for key in before.keys() - now.keys()
                if key.partition("/")[0] in {agent["agent"] for agent in report["agents"]}
            ),
        },
    }


def _by_case(report: Mapping[str, Any]) -> dict[str, bool]:
    return {
        f"{agent['agent']}/{case['id']}": bool(case["passed"])
        for agent in report["agents"]
        for case in agent["cases"]
    }
