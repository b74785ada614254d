"""Fixtures and hooks every test suite of the repository gets (entry point `pytest11`).

- `aws`: an empty AWS account in memory; the only place where tests get their clients.
- `@pytest.mark.requirement("ING-03", "U", "E")`: this test proves these kinds of that row of
  `docs/requirements/requirements.json`. An unknown id or kind is an error.
- Results of marked tests go to `build/requirements/` for `hatch run requirements`.
"""

import json
import os
import platform
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.loaders import create_loader
from moto import mock_aws

from switchboard.testing.fingerprint import fingerprint

# Template assertions need no schema validation; `synth` keeps it on. aws_cdk reads it at import.
os.environ.setdefault("CDK_VALIDATION", "false")

# pytest names test modules after their folders and would put a namespace module `platform` (for
# platform/*/tests) over the standard library's; a `__path__` makes it take the real one as parent.
vars(platform).setdefault("__path__", [])

_MODELS = create_loader()
RESULTS = Path("build/requirements")


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[boto3.Session]:
    """An empty AWS account in memory."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "111122223333")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "local")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Switchboard")
    with mock_aws():
        yield boto3.Session(botocore_session=_session())


def _session() -> botocore.session.Session:
    """A session that shares the service models: reading them again takes most of a test's time."""
    session = botocore.session.get_session()
    session.register_component("data_loader", _MODELS)
    return session


def pytest_configure(config: pytest.Config) -> None:
    """Register the requirement marker."""
    config.addinivalue_line(
        "markers",
        "requirement(id, *kinds): proves these kinds (U C S E F D) of that requirement row",
    )


def _rows(root: Path) -> dict[str, list[str]]:
    for folder in (root, *root.parents):
        data = folder / "docs/requirements/requirements.json"
        if data.exists():
            return {row["id"]: row["proofs"] for row in json.loads(data.read_text())}
    return {}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Refuse markers that name no row, or a kind of proof the row does not ask for."""
    rows = _rows(config.rootpath)
    wrong = [
        f"{item.nodeid}: {problem}"
        for item in items
        for marker in item.iter_markers("requirement")
        if (problem := _problem(marker.args, rows))
    ]
    if wrong and rows:
        raise pytest.UsageError("requirement markers:\n  " + "\n  ".join(wrong))


def _problem(args: tuple[Any, ...], rows: dict[str, list[str]]) -> str | None:
    if not args or args[0] not in rows:
        return f"no requirement {args[:1]}"
    if len(args) == 1:
        return f"{args[0]}: say which kinds of proof ({' '.join(rows[args[0]])})"
    extra = [kind for kind in args[1:] if kind not in rows[args[0]]]
    return f"{args[0]} asks for {' '.join(rows[args[0]])}, not {' '.join(extra)}" if extra else None


class _Recorder:
    """Outcomes of this run; a run of everything replaces what earlier runs left."""

    def __init__(self, config: pytest.Config) -> None:
        self.results: dict[str, dict[str, Any]] = {}
        self.whole = config.args_source == pytest.Config.ArgsSource.TESTPATHS
        self.code = fingerprint(config.rootpath) if self.whole else ""


_KEY = pytest.StashKey[_Recorder]()


def pytest_sessionstart(session: pytest.Session) -> None:
    """Begin to note outcomes, where there are requirements to prove."""
    if (session.config.rootpath / "docs/requirements").exists():
        session.config.stash[_KEY] = _Recorder(session.config)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Note the outcome of each marked test."""
    outcome: Any = yield
    report = outcome.get_result()
    markers = [list(marker.args) for marker in item.iter_markers("requirement")]
    recorder = item.config.stash.get(_KEY, None)
    if not markers or recorder is None:
        return
    passed = report.passed and recorder.results.get(item.nodeid, {}).get("passed", True)
    recorder.results[item.nodeid] = {"markers": markers, "passed": passed and not report.skipped}


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the outcomes; after a run of everything also for which code they hold."""
    recorder = session.config.stash.get(_KEY, None)
    if recorder is None or not recorder.results:
        return
    folder = session.config.rootpath / RESULTS
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "results.json"
    known = json.loads(path.read_text()) if path.exists() and not recorder.whole else {}
    path.write_text(json.dumps({**known, **recorder.results}, indent=1, sort_keys=True))
    if recorder.whole:
        (folder / "stamp.txt").write_text(recorder.code)
