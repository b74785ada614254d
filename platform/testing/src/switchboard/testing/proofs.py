"""What `@pytest.mark.requirement` says: checked when tests are collected, noted when they ran."""

import json
from pathlib import Path
from typing import Any

import pytest

from switchboard.testing.fingerprint import fingerprint

RESULTS = Path("build/requirements")
PROPERTY = "requirement"
"""The marks travel with a test's report, so that they arrive from another process too."""


def attach(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Give each test its marks to report.

    Raises:
        pytest.UsageError: A mark names no row, or a kind of proof the row does not ask for.
    """
    rows = _rows(config.rootpath)
    marked = [(item, list(mark.args)) for item in items for mark in item.iter_markers(PROPERTY)]
    wrong = [
        f"{item.nodeid}: {problem}" for item, args in marked if (problem := _problem(args, rows))
    ]
    if wrong and rows:
        raise pytest.UsageError("requirement markers:\n  " + "\n  ".join(wrong))
    for item, args in marked:
        item.user_properties.append((PROPERTY, args))


def _rows(root: Path) -> dict[str, list[str]]:
    for folder in (root, *root.parents):
        data = folder / "docs/requirements/requirements.json"
        if data.exists():
            return {row["id"]: row["proofs"] for row in json.loads(data.read_text())}
    return {}


def _problem(args: list[Any], rows: dict[str, list[str]]) -> str | None:
    if not args or args[0] not in rows:
        return f"no requirement {args[:1]}"
    if len(args) == 1:
        return f"{args[0]}: say which kinds of proof ({' '.join(rows[args[0]])})"
    extra = [kind for kind in args[1:] if kind not in rows[args[0]]]
    return f"{args[0]} asks for {' '.join(rows[args[0]])}, not {' '.join(extra)}" if extra else None


class Recorder:
    """Outcomes of this run; a run of everything replaces what earlier runs left."""

    def __init__(self, config: pytest.Config) -> None:
        self._folder = config.rootpath / RESULTS
        self._results: dict[str, dict[str, Any]] = {}
        self._whole = config.args_source == pytest.Config.ArgsSource.TESTPATHS
        self._code = fingerprint(config.rootpath) if self._whole else ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note the outcome of each marked test, in whichever process it ran."""
        marks = [args for name, args in report.user_properties if name == PROPERTY]
        if not marks:
            return
        passed = report.passed and self._results.get(report.nodeid, {}).get("passed", True)
        self._results[report.nodeid] = {"markers": marks, "passed": passed}

    def pytest_sessionfinish(self) -> None:
        """Write the outcomes; after a run of everything also for which code they hold."""
        if not self._results:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / "results.json"
        known = json.loads(path.read_text()) if path.exists() and not self._whole else {}
        path.write_text(json.dumps({**known, **self._results}, indent=1, sort_keys=True))
        if self._whole:
            (self._folder / "stamp.txt").write_text(self._code)
