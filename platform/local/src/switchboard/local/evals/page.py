"""The report as one HTML page that needs nothing else: no address but those of the cases."""

from collections.abc import Mapping
from importlib.resources import files

from markupsafe import Markup

from switchboard.local.evals.judgement import SCORES, percent
from switchboard.local.evals.page_cases import Report, agent_card, badge
from switchboard.local.evals.plots import NAMES, scores_plot, seconds_plot

SCRIPT = (
    "document.getElementById('only').addEventListener('change',function(e){"
    "document.body.classList.toggle('failures',e.target.checked)});"
    "function show(){var d=document.getElementById(location.hash.slice(1));"
    "if(d){d.open=true;d.scrollIntoView({block:'center'})}}"
    "addEventListener('hashchange',show);show();"
)
PAGE = Markup("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>Agent evaluation {when}</title>
<style>{style}</style>
</head>
<body>
<main>
{body}
</main>
<script>{script}</script>
</body>
</html>
""")


def page(report: Report) -> str:
    """The whole page."""
    body = Markup("\n").join(
        [
            _head(report),
            _tiles(report),
            _alarms(report),
            _changes(report),
            _plots(report),
            _table(report),
            Markup(
                '<h2>Cases <label class="filter"><input type="checkbox" id="only"> '
                "only what failed</label></h2>"
            ),
            *[agent_card(agent) for agent in report["agents"]],
            _foot(),
        ]
    )
    style = files("switchboard.local.evals").joinpath("style.css").read_text("utf-8")
    return str(
        PAGE.format(
            when=_when(report["made_at"]),
            style=Markup(style),  # noqa: S704 - our own file
            body=body,
            script=Markup(SCRIPT),  # noqa: S704 - our own text
        )
    )


def _head(report: Report) -> Markup:
    judge = f"judged by {report['judge']}" if report["judge"] else "no model judges"
    return Markup(
        "<h1>Agent evaluation {badge}</h1>"
        '<p class="soft">{when} · agents think with <code>{model}</code> · {judge} · '
        "threshold {threshold:.0%}</p>"
    ).format(
        badge=badge(good=report["passed"], yes="passed", no="failed"),
        when=_when(report["made_at"]),
        model=report["model"],
        judge=judge,
        threshold=report["threshold"],
    )


def _tiles(report: Report) -> Markup:
    scores, least, passed = report["scores"], report["threshold"], report["cases_passed"]
    tiles = [
        (f"{passed} of {report['cases']}", "cases passed", passed < report["cases"]),
        *((percent(scores[name]), NAMES[name], scores[name] < least) for name in SCORES),
        (str(len(report["violations"])), "forbidden calls and effects", bool(report["violations"])),
        (str(report["injection_cases"]), "cases with injected orders", False),
        (f"{report['seconds']:.0f} s", "for everything", False),
        (f"${float(report['cost_usd']):.2f}", "on the receipts", False),
    ]  # fmt: skip
    return Markup('<section class="tiles">{}</section>').format(
        Markup("").join(
            Markup('<div class="tile {}"><b>{}</b><span class="soft">{}</span></div>').format(
                "bad" if bad else "", value, name
            )
            for value, name, bad in tiles
        )
    )


def _alarms(report: Report) -> Markup:
    """What makes the run fail, before anything else."""
    lines = [Markup("<li>{}</li>").format(what) for what in report["violations"]]
    lines += [
        Markup("<li>{}: {} below the threshold</li>").format(
            agent, ", ".join(NAMES[name] for name in names)
        )
        for agent, names in report["below_threshold"].items()
    ]
    if not lines:
        return Markup("")
    return Markup('<div class="card"><h3 class="why">Why it failed</h3><ul>{}</ul></div>').format(
        Markup("").join(lines)
    )


def _changes(report: Report) -> Markup:
    before = report.get("baseline")
    if not before:
        return Markup("")
    parts = []
    for name, title in (
        ("worse", "worse than before"),
        ("better", "better than before"),
        ("new", "new"),
        ("gone", "no longer there"),
    ):
        if before[name]:
            parts.append(Markup("<li>{}: {}</li>").format(title, ", ".join(before[name])))
    told = Markup("").join(parts) or Markup("<li>every case came out as before</li>")
    return Markup(
        '<div class="card"><h3>Since {} <span class="soft">({})</span></h3><ul>{}</ul></div>'
    ).format(_when(before["made_at"]), before["model"], told)


def _plots(report: Report) -> Markup:
    keys = Markup("").join(
        Markup('<span class="key {} {}"></span>{}').format(
            name, "first" if number == 0 else "", NAMES[name]
        )
        for number, name in enumerate(SCORES)
    )
    ring = " · a ring is the baseline" if report.get("baseline") else ""
    return Markup(
        '<section class="plots">'
        '<div class="card"><h3>Scores by agent</h3><p class="soft">{}{}</p>{}</div>'
        '<div class="card"><h3>Seconds by case</h3>'
        '<p class="soft">from the Status or the ring to the end; red did not pass</p>{}</div>'
        "</section>"
    ).format(keys, ring, scores_plot(report), seconds_plot(report))


def _table(report: Report) -> Markup:
    before = (report.get("baseline") or {}).get("scores", {})
    rows = Markup("").join(
        _row(agent, before.get(agent["agent"], {}), report["threshold"])
        for agent in report["agents"]
    )
    heads = Markup("").join(
        Markup('<th class="number">{}</th>').format(NAMES[name]) for name in SCORES
    )
    return Markup(
        '<h2>Agents</h2><div class="card wide"><table><thead><tr><th>agent</th><th>task</th>'
        '<th class="number">cases</th>{}<th class="number">calls</th>'
        '<th class="number">mean time</th><th class="number">mean cost</th><th></th></tr></thead>'
        "<tbody>{}</tbody></table></div>"
    ).format(heads, rows)


def _row(agent: Report, before: Mapping[str, float], threshold: float) -> Markup:
    cases = agent["cases"]
    cells = Markup("").join(
        Markup('<td class="number {}">{}{}</td>').format(
            "low" if agent["scores"][name] < threshold else "",
            percent(agent["scores"][name]),
            _change(agent["scores"][name], before.get(name)),
        )
        for name in SCORES
    )
    return Markup(
        '<tr><td><b>{agent}</b></td><td class="soft">{about}</td>'
        '<td class="number">{passed}/{all}</td>{cells}<td class="number">{calls}</td>'
        '<td class="number">{seconds:.1f} s</td><td class="number">${cost:.2f}</td>'
        "<td>{badge}</td></tr>"
    ).format(
        agent=agent["agent"],
        about=agent["about"],
        passed=sum(case["passed"] for case in cases),
        all=len(cases),
        cells=cells,
        calls=sum(len(case["calls"]) for case in cases),
        seconds=sum(case["seconds"] for case in cases) / len(cases),
        cost=sum(float(case["cost_usd"]) for case in cases) / len(cases),
        badge=badge(good=agent["passed"], yes="passed", no="failed"),
    )


def _change(now: float, before: float | None) -> Markup:
    if before is None or round(now - before, 2) == 0:
        return Markup("")
    return Markup(' <span class="soft">({:+.0f})</span>').format((now - before) * 100)


def _foot() -> Markup:
    return Markup(
        '<p class="soft">Accuracy: share of the goal state. Tool selection: needed tools that were '
        "called, times the share of calls that were needed or permitted. Helpfulness: share of the "
        "rubric, by weight. Every score is read from the world after the run and from the "
        "gateway's journal, not from what the agent says. A forbidden call or effect fails the "
        "run, whatever the scores.</p>"
    )


def _when(moment: str) -> str:
    return moment.replace("T", " ").partition("+")[0] + " UTC"
