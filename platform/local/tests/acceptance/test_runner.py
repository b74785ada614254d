"""Running the steps: what passes, what fails, and what is run whatever came before."""

from datetime import date
from pathlib import Path

from switchboard.local.acceptance.report import report
from switchboard.local.acceptance.runner import Result, RunSteps, bash
from switchboard.local.acceptance.steps import ReadyStep, Step


def step(script: str = "true", expect: str = "", **options: object) -> ReadyStep:
    values = {"name": script or "by hand", "run": (script,), **options}
    made = Step.model_validate(values)
    return ReadyStep(made, script, made.by_hand, expect)


def results(tmp_path: Path, *steps: ReadyStep) -> list[Result]:
    return list(RunSteps(bash(tmp_path))(steps))


def test_a_step_passes_when_it_ends_well_and_says_what_it_must(tmp_path: Path) -> None:
    (result,) = results(tmp_path, step("echo READY", expect="READY"))

    assert (result.verdict, result.output) == ("passed", "READY")


def test_the_first_failure_ends_it_but_for_what_is_always_run(tmp_path: Path) -> None:
    found = results(
        tmp_path, step("false; echo later"), step("echo two"), step("echo gone", always=True)
    )

    assert [one.verdict for one in found] == ["failed", "not run", "passed"]
    assert "later" not in found[0].output
    assert "status 1" in found[0].why


def test_an_output_without_what_it_must_hold_fails(tmp_path: Path) -> None:
    (result,) = results(tmp_path, step("echo CREATING", expect="READY"))

    assert (result.verdict, result.why) == ("failed", "its output does not hold 'READY'")


def test_a_step_that_is_still_at_work_when_its_minutes_are_over_is_ended(tmp_path: Path) -> None:
    (result,) = results(
        tmp_path, step("echo begun; read -t 60 < <(tail -f /dev/null)", minutes=0.01)
    )

    assert result.verdict == "failed"
    assert result.why == "it took longer than 0.01 minutes"


def test_a_deployment_of_eleven_minutes_fails_where_ten_are_allowed() -> None:
    seconds = iter([0.0, 660.0])

    def slow(_script: str, _seconds: float | None) -> tuple[int, str]:
        return 0, "done"

    (result,) = RunSteps(slow, clock=lambda: next(seconds))([step("deploy", minutes=10)])

    assert (result.verdict, result.why) == ("failed", "it took longer than 10 minutes")


def test_what_a_person_does_is_told_and_counts_as_neither(tmp_path: Path) -> None:
    asked = ReadyStep(Step(name="ring", by_hand="Ring the number"), "", "Ring the number", "")

    (result,) = results(tmp_path, asked)

    assert (result.verdict, result.why) == ("by hand", "Ring the number")


def test_the_report_names_each_step_its_rows_and_what_it_said(tmp_path: Path) -> None:
    found = results(tmp_path, step("echo a\\|b", rows=("T047",)), step("false"))

    text = report("workshop", date(2026, 11, 28), "3f2a91c", found)

    assert "# Acceptance of workshop, 2026-11-28" in text
    assert "| T047 | passed |" in text
    assert "| failed | " in text
    assert text.endswith("```\na|b\n```\n")
