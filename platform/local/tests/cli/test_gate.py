"""The gate: its steps are run, each says how it ended, and nothing is passed over."""

import sys

from switchboard.local.checks import Step, run_steps

PYTEST = """
for percent in (1, 9, 14, 27, 100):
    print("." * 72 + f" [{percent:3}%]", flush=True)
print("7 passed in 1.00s")
"""


def python(source: str) -> tuple[str, ...]:
    return (sys.executable, "-c", source)


def test_a_failing_command_ends_its_step_and_the_next_step_runs_all_the_same() -> None:
    steps = [
        Step(
            "first", (python("print('found')"), python("raise SystemExit(3)"), python("print(1)"))
        ),
        Step("second", (python("print('fine')"),)),
    ]

    first, second = run_steps(steps, lambda _: None)

    assert (first.passed, first.output) == (False, "found\n")
    assert (second.passed, second.output) == (True, "fine\n")


def test_what_a_command_says_as_an_error_is_kept_in_its_place() -> None:
    source = (
        "import sys; print('a', flush=True); print('b', file=sys.stderr, flush=True); print('c')"
    )

    (only,) = run_steps([Step("noisy", (python(source),))], lambda _: None)

    assert only.output == "a\nb\nc\n"


def test_long_work_tells_how_far_it_is_and_closes_with_pytests_own_line() -> None:
    told: list[str] = []

    (tests,) = run_steps([Step("tests", (python(PYTEST),), lane="tests")], told.append)

    assert told[:-1] == ["tests ...", "tests: 10 %", "tests: 20 %", "tests: 100 %"]
    assert told[-1].startswith("tests: ok in ")
    assert tests.summary == "7 passed in 1.00s"
