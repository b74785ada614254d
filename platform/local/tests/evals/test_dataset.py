"""Datasets: the ones of this repository, and what is said about mistakes in one."""

from pathlib import Path

import pytest

from switchboard.local.evals.dataset import read_dataset, read_datasets
from switchboard.local.evals.evaluate import select
from switchboard.local.evals.problems import DatasetError

GOOD = """\
agent: code
about: A story becomes a pull request.
trigger: Generate Code
cases:
  - id: first-case
    about: The everyday case.
    story: {title: Something}
    goal:
      - {check: status, is: completed}
"""


def _mistakes(tmp_path: Path, text: str, name: str = "code.yaml") -> list[str]:
    file = tmp_path / name
    file.write_text(text)
    with pytest.raises(DatasetError) as raised:
        read_dataset(file)
    return raised.value.mistakes


def test_every_agent_of_the_repository_has_a_dataset_with_an_injected_case() -> None:
    datasets = {dataset.agent: dataset for dataset in read_datasets()}

    assert set(datasets) == {
        "code", "mock", "demo_deck", "insight", "spec", "review", "a_b_test", "l1_support",
    }  # fmt: skip
    for dataset in datasets.values():
        assert len(dataset.cases) >= 3
        assert any(case.injection for case in dataset.cases), dataset.agent


def test_a_case_without_own_rubric_and_tools_has_those_of_the_dataset() -> None:
    dataset = next(item for item in read_datasets() if item.agent == "code")
    cases = {case.id: case for case in dataset.cases}

    assert dataset.rubric_of(cases["discount-code"]) == dataset.rubric
    assert dataset.rubric_of(cases["nothing-to-do"]) != dataset.rubric
    assert dataset.tools_of(cases["nothing-to-do"]).must == []
    assert "prototype___*" in dataset.never_of(cases["nothing-to-do"]).tools


def test_a_good_dataset_is_read(tmp_path: Path) -> None:
    (tmp_path / "code.yaml").write_text(GOOD)

    (dataset,) = read_datasets(tmp_path)

    assert [case.id for case in dataset.cases] == ["first-case"]


@pytest.mark.parametrize(
    ("old", "new", "mistake"),
    [
        (
            "{check: status, is: completed}",
            "{check: colour, is: red}",
            "code.yaml, line 9, case first-case, goal 1: `check` must be one of status, artifact",
        ),
        (
            "is: completed",
            "equals: completed",
            "code.yaml, line 9, case first-case, goal 1 status is: the field `is` is missing; add",
        ),
        (
            "    about: The everyday case.\n",
            "    abuot: The everyday case.\n",
            "code.yaml, line 6, case first-case, abuot: there is no field `abuot` here",
        ),
        (
            "    story: {title: Something}\n",
            "",
            "code.yaml, line 5, case first-case: a case has either a `story` or a `call`",
        ),
        (
            "trigger: Generate Code\n",
            "",
            "code.yaml, case first-case: a story needs the dataset's `trigger`",
        ),
        (
            "{title: Something}",
            "{title: Something, feedback: nowhere.csv}",
            "code.yaml, case first-case: there is no nowhere.csv beside the dataset",
        ),
        ("agent: code", "agent: mock", "code.yaml: agent is `mock`; name the file mock.yaml"),
        ("cases:", "cases: {", "code.yaml, line 5: no YAML"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_what_to_do(
    tmp_path: Path, old: str, new: str, mistake: str
) -> None:
    found = _mistakes(tmp_path, GOOD.replace(old, new))

    assert any(each.startswith(mistake) for each in found), found


def test_an_id_is_given_once(tmp_path: Path) -> None:
    case = GOOD[GOOD.index("  - id") :]

    assert _mistakes(tmp_path, GOOD + case) == [
        "code.yaml, case first-case: the id is given twice; choose another"
    ]


def test_forbidding_every_tool_is_refused(tmp_path: Path) -> None:
    (mistake,) = _mistakes(tmp_path, GOOD + '    never: {tools: ["*"]}\n')

    assert mistake.endswith("a pattern that forbids every tool leaves nothing to evaluate")


def test_a_file_that_is_no_text_or_far_too_large_is_refused(tmp_path: Path) -> None:
    (tmp_path / "code.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DatasetError, match="cannot be read"):
        read_dataset(tmp_path / "code.yaml")

    assert "larger than" in _mistakes(tmp_path, "x" * 1_000_001)[0]


def test_an_empty_folder_says_so(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"there is no dataset \(\*\.yaml\)"):
        read_datasets(tmp_path)


def test_an_unknown_agent_or_case_names_the_known_ones() -> None:
    datasets = read_datasets()

    with pytest.raises(DatasetError, match="there is no dataset for cook; there are: a_b_test"):
        select(datasets, "cook", None)
    with pytest.raises(DatasetError, match="there is no case nope; there are: discount-code"):
        select(datasets, "code", "nope")
    assert [item.agent for item in select(datasets, None, "laptop")] == ["l1_support"]
