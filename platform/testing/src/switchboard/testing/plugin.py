"""Fixtures and hooks every test suite of the repository gets (entry point `pytest11`).

- `aws`: an empty AWS account in memory; the only place where tests get their clients.
- `@pytest.mark.requirement("ING-03", "U", "E")`: this test proves these kinds of that row of
  `docs/requirements/requirements.json`. An unknown id or kind is an error.
- Results of marked tests go to `build/requirements/` for `hatch run requirements`.
"""

import gc
import os
import platform
from collections.abc import Iterator
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.loaders import create_loader
from moto import mock_aws

from switchboard.testing.proofs import Recorder, attach
from switchboard.testing.scheduling import FolderScheduling

# Template assertions need no schema validation; `synth` keeps it on. aws_cdk reads it at import.
os.environ.setdefault("CDK_VALIDATION", "false")

# pytest names test modules after their folders and would put a namespace module `platform` (for
# platform/*/tests) over the standard library's; a `__path__` makes it take the real one as parent.
vars(platform).setdefault("__path__", [])

_MODELS = create_loader()
MANY_OBJECTS = 50_000
"""New objects between two collections of garbage; with Python's 700 a third of a run goes there."""


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
    """Register the requirement marker and, where there are requirements, who notes outcomes."""
    config.addinivalue_line(
        "markers",
        "requirement(id, *kinds): proves these kinds (U C S E F D) of that requirement row",
    )
    a_worker = hasattr(config, "workerinput")  # its reports go to the process that started it
    if not a_worker and (config.rootpath / "docs/requirements").exists():
        config.pluginmanager.register(Recorder(config))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Check the requirement marks and let them travel with the reports."""
    attach(config, items)


def pytest_collection_finish() -> None:
    """Let the garbage collector pass over what stays until the end: modules, tests, models."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(MANY_OBJECTS, 20, 200)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> FolderScheduling:
    """With `-n` keep each folder's tests in one process: they share a platform or templates."""
    return FolderScheduling(config, log)
