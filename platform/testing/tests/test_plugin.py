"""What the repository's pytest plugin adds, seen in runs of small suites of their own."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROWS = [{"id": "ING-01", "proofs": ["U", "E"]}, {"id": "ING-02", "proofs": ["U"]}]
CONFIGURATION = """
[tool.pytest.ini_options]
addopts = ["--import-mode=importlib"]
testpaths = ["."]
"""
WHERE_IT_RAN = """
import os, pathlib, pytest

@pytest.mark.parametrize("number", range(8))
def test_of_this_folder(number):
    with (pathlib.Path(__file__).parent / "processes.txt").open("a") as file:
        file.write(f"{os.getpid()}\\n")
"""
MARKED = """
import pytest

@pytest.mark.requirement("ING-01", "U")
def test_that_passes(): pass

@pytest.mark.requirement("ING-02", "U")
def test_that_fails(): assert False

@pytest.mark.requirement("ING-01", "E")
@pytest.mark.requirement("ING-02", "U")
def test_that_is_skipped(): pytest.skip()
"""


@dataclass
class Suite:
    """A checkout with requirements, folders of tests, and runs of them."""

    root: Path

    def __post_init__(self) -> None:
        (self.root / "pyproject.toml").write_text(CONFIGURATION)
        data = self.root / "docs/requirements/requirements.json"
        data.parent.mkdir(parents=True)
        data.write_text(json.dumps(ROWS))

    def add(self, folder: str, tests: str, name: str = "test_it.py") -> None:
        (self.root / folder).mkdir(exist_ok=True)
        (self.root / folder / name).write_text(tests)

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *words],
            cwd=self.root,
            capture_output=True,
            text=True,
            check=False,
        )

    def processes(self, folder: str) -> set[str]:
        return set((self.root / folder / "processes.txt").read_text().split())

    def results(self) -> dict[str, Any]:
        found = json.loads((self.root / "build/requirements/results.json").read_text())
        return {name.split("::")[1]: noted for name, noted in found.items()}


@pytest.fixture
def suite(tmp_path: Path) -> Suite:
    return Suite(tmp_path)


def test_a_folder_has_one_process_and_another_folder_another_one(suite: Suite) -> None:
    suite.add("one", WHERE_IT_RAN)
    suite.add("one", WHERE_IT_RAN, "test_more.py")
    suite.add("two", WHERE_IT_RAN)

    done = suite.run("-n", "2")

    assert done.returncode == 0, done.stdout
    one, two = suite.processes("one"), suite.processes("two")
    assert len(one) == len(two) == 1
    assert one != two


@pytest.mark.parametrize("processes", ["0", "2"])
def test_what_a_marked_test_proved_is_noted_in_whichever_process_it_ran(
    suite: Suite, processes: str
) -> None:
    suite.add("one", MARKED)

    suite.run("-n", processes)

    assert suite.results() == {
        "test_that_passes": {"markers": [["ING-01", "U"]], "passed": True},
        "test_that_fails": {"markers": [["ING-02", "U"]], "passed": False},
        "test_that_is_skipped": {"markers": [["ING-02", "U"], ["ING-01", "E"]], "passed": False},
    }
    assert (suite.root / "build/requirements/stamp.txt").exists()


def test_a_run_of_a_part_keeps_what_is_known_of_the_rest(suite: Suite) -> None:
    suite.add("one", MARKED)
    suite.add("two", MARKED.replace("def test_that", "def test_here_that"))
    suite.run()
    suite.add("two", MARKED.replace("def test_that", "def test_here_that").replace("False", "True"))

    suite.run("two")

    results = suite.results()
    assert results["test_here_that_fails"]["passed"]
    assert not results["test_that_fails"]["passed"]


@pytest.mark.parametrize(
    ("mark", "problem"),
    [
        ('"ING-99", "U"', "no requirement ['ING-99']"),
        ('"ING-01"', "ING-01: say which kinds of proof (U E)"),
        ('"ING-02", "E"', "ING-02 asks for U, not E"),
    ],
)
def test_a_mark_that_no_row_asks_for_is_refused_before_anything_runs(
    suite: Suite, mark: str, problem: str
) -> None:
    suite.add("one", f"import pytest\n@pytest.mark.requirement({mark})\ndef test_it(): pass\n")

    done = suite.run()

    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert problem in done.stderr
