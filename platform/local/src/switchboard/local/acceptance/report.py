"""The report of an acceptance, for docs/deployments/deployment_reports."""

from collections.abc import Sequence
from datetime import date

from switchboard.local.acceptance.runner import Result


def report(environment: str, day: date, commit: str, results: Sequence[Result]) -> str:
    """Markdown: a table of the steps, then what each said; for a person to read through first.

    Account numbers and addresses may stand in the outputs: look before it is committed.
    """
    minutes = sum(result.seconds for result in results) / 60
    lines = [
        f"# Acceptance of {environment}, {day.isoformat()}",
        "",
        f"Commit {commit}. {minutes:.1f} minutes in all (goal of P003-10: about 10).",
        "",
        "| step | rows | result | seconds | why |",
        "|---|---|---|---:|---|",
    ]
    for result in results:
        step = result.ready.step
        cells = (
            step.name,
            ", ".join(step.rows),
            result.verdict,
            f"{result.seconds:.0f}",
            result.why.replace("|", "\\|"),
        )
        lines.append(f"| {' | '.join(cells)} |")
    for result in results:
        if result.output:
            lines += ["", f"## {result.ready.step.name}", "", "```", result.output, "```"]
    return "\n".join(lines) + "\n"
