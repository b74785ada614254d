"""Plots as inline SVG: scores of the agents against the threshold, seconds of the cases."""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from switchboard.local.evals.judgement import SCORES, percent

NAMES = {
    "accuracy": "accuracy",
    "tool_selection": "tool selection",
    "helpfulness": "helpfulness",
}
LEFT, RIGHT, ROW, TOP = 88, 20, 44, 26
WIDTH = 520
SPAN = WIDTH - LEFT - RIGHT
VISIBLE = 0.005
"""A smaller change of a score is not drawn."""


def scores_plot(report: Mapping[str, Any]) -> Markup:
    """A row per agent with its three scores; the threshold is a line, the baseline a ring."""
    agents = report["agents"]
    height = TOP + ROW * len(agents) + 22
    before = (report.get("baseline") or {}).get("scores", {})
    parts = [_axis(height, [0, 0.25, 0.5, 0.75, 1], lambda tick: f"{tick:.0%}")]
    x = LEFT + SPAN * report["threshold"]
    parts.append(
        Markup(
            '<line class="limit" x1="{0:.1f}" x2="{0:.1f}" y1="{1}" y2="{2}"/>'
            '<text class="tick limit" x="{0:.1f}" y="{3}" text-anchor="middle">threshold</text>'
        ).format(x, TOP, height - 20, TOP - 8)
    )
    for row, agent in enumerate(agents):
        parts.append(_scores_row(row, agent, before.get(agent["agent"], {})))
    return _svg(height, "Scores by agent", parts)


def _scores_row(row: int, agent: Mapping[str, Any], before: Mapping[str, float]) -> Markup:
    middle = TOP + ROW * row + ROW / 2
    parts = [_label(agent["agent"], middle)]
    for place, name in enumerate(SCORES):
        value, y = agent["scores"][name], middle + (place - 1) * 12
        title = f"{agent['agent']}, {NAMES[name]}: {percent(value)}"
        if name in before:
            title += f" (baseline {percent(before[name])})"
        parts.append(
            Markup(
                '<g><title>{0}</title><rect class="bar {1}" x="{2}" y="{3:.1f}" '
                'width="{4:.1f}" height="9" rx="2"/>'
            ).format(title, name, LEFT, y - 4.5, max(SPAN * value, 1.5))
        )
        if abs(before.get(name, value) - value) >= VISIBLE:
            parts.append(
                Markup('<circle class="before" cx="{0:.1f}" cy="{1:.1f}" r="3.6"/>').format(
                    LEFT + SPAN * before[name], y
                )
            )
        parts.append(Markup("</g>"))
    return Markup("").join(parts)


def seconds_plot(report: Mapping[str, Any]) -> Markup:
    """A row per agent, a dot per case: how long it took, and whether it passed."""
    agents = report["agents"]
    height = TOP + ROW * len(agents) + 22
    most = max((case["seconds"] for agent in agents for case in agent["cases"]), default=1) or 1
    step = next(size for size in (0.5, 1, 2, 5, 10, 30, 60, 300, 1e9) if most / size <= 8)  # noqa: PLR2004 - ticks that fit
    end = step * (int(most / step) + 1)
    ticks = [step * number for number in range(int(end / step) + 1)]
    parts = [_axis(height, ticks, lambda tick: f"{tick:g} s", end)]
    for row, agent in enumerate(agents):
        y = TOP + ROW * row + ROW / 2
        parts.append(_label(agent["agent"], y))
        for case in agent["cases"]:
            state = "good" if case["passed"] else "bad"
            parts.append(
                Markup(
                    '<a href="#{0}"><title>{1}: {2:.1f} s</title>'
                    '<circle class="case {3}" cx="{4:.1f}" cy="{5:.1f}" r="6"/></a>'
                ).format(
                    f"{agent['agent']}-{case['id']}",
                    case["id"],
                    case["seconds"],
                    state,
                    LEFT + SPAN * case["seconds"] / end,
                    y,
                )
            )
    return _svg(height, "Seconds by case", parts)


def calls_plot(calls: Sequence[Mapping[str, Any]]) -> Markup:
    """The tool calls of a case as a strip, each as wide as it took."""
    if not calls:
        return Markup('<p class="soft">no tool was called</p>')
    total = sum(max(call["ms"], 8) for call in calls)
    x, parts = 0.0, []
    for call in calls:
        width = 700 * max(call["ms"], 8) / total
        state = "deny" if call["decision"] == "deny" else "call" if call["ok"] else "fail"
        title = f"{call['tool']}: {call['ms']:.0f} ms, {call['decision']}"
        parts.append(
            Markup(
                '<g><title>{0}</title><rect class="{1}" x="{2:.1f}" y="0" width="{3:.1f}" '
                'height="14" rx="2"/></g>'
            ).format(title, state, x, max(width - 2, 1))
        )
        x += width
    return Markup(
        '<svg class="strip" viewBox="0 0 700 14" preserveAspectRatio="none" role="img" '
        'aria-label="Tool calls">{0}</svg>'
    ).format(Markup("").join(parts))


def _axis(height: int, ticks: Sequence[float], name: Any, end: float = 1) -> Markup:
    parts = [
        Markup(
            '<line class="grid" x1="{0:.1f}" x2="{0:.1f}" y1="{1}" y2="{2}"/>'
            '<text class="tick" x="{0:.1f}" y="{3}" text-anchor="middle">{4}</text>'
        ).format(LEFT + SPAN * tick / end, TOP, height - 20, height - 6, name(tick))
        for tick in ticks
    ]
    return Markup("").join(parts)


def _label(text: str, middle: float) -> Markup:
    return Markup('<text class="name" x="{0}" y="{1:.1f}" text-anchor="end">{2}</text>').format(
        LEFT - 10, middle + 4, text
    )


def _svg(height: int, name: str, parts: Sequence[Markup]) -> Markup:
    return Markup('<svg viewBox="0 0 {0} {1}" role="img" aria-label="{2}">{3}</svg>').format(
        WIDTH, height, name, Markup("").join(parts)
    )
