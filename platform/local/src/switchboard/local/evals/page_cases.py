"""The cases on the report's page: checks with what is missing, tool calls, how each ended."""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from switchboard.local.evals.judgement import SCORES, percent
from switchboard.local.evals.plots import calls_plot

Report = Mapping[str, Any]


def agent_card(agent: Report) -> Markup:
    """All cases of an agent; those that failed are open."""
    return Markup('<div class="card"><h3>{}</h3><p class="soft">{}</p>{}</div>').format(
        agent["agent"],
        agent["about"],
        Markup("").join(_case(agent["agent"], case) for case in agent["cases"]),
    )


def _case(agent: str, case: Report) -> Markup:
    injected = Markup(' <span class="badge plain">injection</span>') if case["injection"] else ""
    scores = " · ".join(percent(case["scores"][name]) for name in SCORES)
    return Markup(
        '<details id="{id}" class="{state}"{open}><summary>{badge}<h3>{name}{injected}</h3>'
        '<span class="soft about">{about}</span>'
        '<span class="number" title="accuracy · tool selection · helpfulness">{scores}</span>'
        '<span class="number">{seconds:.1f} s</span></summary>'
        '<div class="inside">{inside}</div></details>'
    ).format(
        id=f"{agent}-{case['id']}",
        state="good" if case["passed"] else "bad",
        open="" if case["passed"] else Markup(" open"),
        badge=badge(good=case["passed"], yes="pass", no="fail"),
        name=case["id"],
        injected=injected,
        about=case["about"],
        scores=scores,
        seconds=case["seconds"],
        inside=_inside(case),
    )


def _inside(case: Report) -> Markup:
    parts = []
    if case["problem"]:
        parts.append(Markup('<p class="why">Could not be run: {}</p>').format(case["problem"]))
    if case["violations"]:
        lines = Markup("").join(Markup("<li>{}</li>").format(w) for w in case["violations"])
        parts.append(Markup('<h4>Forbidden</h4><ul class="why">{}</ul>').format(lines))
    parts.append(_checks("Goal state", case["goal"]))
    parts.append(_checks("Rubric", case["rubric"]))
    parts.append(
        Markup("<h4>Tool calls ({})</h4>{}").format(len(case["calls"]), calls_plot(case["calls"]))
    )
    if case["calls"]:
        names = ", ".join(call["tool"] for call in case["calls"])
        parts.append(Markup('<p class="soft"><code>{}</code></p>').format(names))
    if case["tool_notes"]:
        parts.append(Markup('<p class="why">{}</p>').format("; ".join(case["tool_notes"])))
    parts.append(_ending(case))
    return Markup("").join(parts)


def _ending(case: Report) -> Markup:
    error = case["error"]
    told = f": {error.get('code', '')} {error.get('message', '')}" if error else ""
    flow = (
        Markup(" · <code>hatch run explain {}</code>").format(case["flow"]) if case["flow"] else ""
    )
    return Markup('<p class="soft">It ended {}{}{}</p>').format(case["status"], told, flow)


def _checks(title: str, checks: Sequence[Report]) -> Markup:
    if not checks:
        return Markup("")
    lines = []
    for item in checks:
        state = "open" if not item["judged"] else "met" if item["met"] else "missed"
        why = "" if item["met"] else Markup(' <span class="{}">{}</span>').format(
            "why" if item["judged"] else "soft", item["missing"]
        )  # fmt: skip
        lines.append(Markup('<li class="{}">{}{}</li>').format(state, item["says"], why))
    return Markup('<h4>{}</h4><ul class="checks">{}</ul>').format(title, Markup("").join(lines))


def badge(*, good: bool, yes: str, no: str) -> Markup:
    """A word in green or red."""
    state, text = ("good", yes) if good else ("bad", no)
    return Markup('<span class="badge {}">{}</span>').format(state, text)
