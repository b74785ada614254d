"""The steps of an acceptance: what they show, and what is refused before any of them is run."""

import json
from pathlib import Path

import pytest

from switchboard.local.acceptance.steps import Step, StepsError, read_steps, ready
from switchboard.local.checkout import REQUIREMENTS

VALUES = {"env": "workshop", "alias": "acme-desk", "projects": "source"}


def test_every_row_that_needs_an_account_has_a_step_and_no_other() -> None:
    needed = {row["id"] for row in json.loads(REQUIREMENTS.read_text()) if "A" in row["proofs"]}

    shown = {row for step in read_steps() for row in step.rows}

    assert shown == needed


def test_places_are_filled_in_and_the_shells_own_stay() -> None:
    step = Step(name="x", run=("deploy {env} ${RUNTIME##*/}",), expect="in {env}")

    (made,) = ready([step], VALUES)

    assert made.script.endswith("deploy workshop ${RUNTIME##*/}")
    assert made.expect == "in workshop"


def test_a_place_without_a_value_is_refused_with_the_option_that_gives_it() -> None:
    with pytest.raises(StepsError, match="no value for alias, projects") as caught:
        ready(read_steps(), {"env": "workshop"})

    assert caught.value.remedy == "--set alias=... --set projects=..."


def test_the_cleanup_of_the_document_is_made_for_the_environment_that_is_meant() -> None:
    (down,) = [one for one in ready(read_steps(), VALUES) if one.step.name.startswith("take it")]

    assert "ENV=workshop" in down.script
    assert "ENV=dev" not in down.script
    assert down.script.index("gone agents") < down.script.index("gone platform")


def test_a_section_without_a_shell_block_is_refused() -> None:
    with pytest.raises(StepsError, match=r"no shell block below '## 9\. Nowhere'"):
        ready([Step(name="x", blocks="docs/cleanup.md ## 9. Nowhere")], VALUES)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[step]]\nname = 'x'\n", "one of run, blocks and by_hand"),
        ("[[step]]\nname = 'x'\nrun = ['a']\nby_hand = 'b'\n", "one of run, blocks and by_hand"),
        ("[[step]]\nname = 'x'\nrun = ['a']\nminuts = 1\n", "minuts"),
        ("step = 1", "no list of steps"),
        ("[[step", "no list of steps"),
    ],
)
def test_a_file_that_is_no_list_of_steps_is_refused(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "acceptance.toml"
    file.write_text(text)

    with pytest.raises(StepsError, match=said):
        read_steps(file)
