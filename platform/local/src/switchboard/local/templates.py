"""All CDK apps of the repository, synthesized in one process (one jsii kernel)."""

import importlib
import time
from collections.abc import Iterator
from pathlib import Path

from switchboard.constructs.app import synthesize

APPS = {
    "platform": "platform_stack",
    "ingress": "ingress_stack",
    "orchestrator": "orchestrator_stack",
    "completion": "completion_stack",
    "agents": "agents_stack",
    "itsm-mock": "itsm_mock_stack",
    "voice": "voice_stack",
}
"""Each app's module, in order of deployment: the platform first, the others in any order."""


def synthesize_all(
    out: Path, environment: str, *, bundle: str | None = None, apps: list[str] | None = None
) -> Iterator[tuple[str, float]]:
    """Synthesize into `<out>/<app>`; yields each app with the seconds it took.

    `bundle`: `host` or `lambda` also build the Lambda zips; None writes templates only.
    """
    for name in apps or list(APPS):
        start = time.monotonic()
        module = importlib.import_module(APPS[name])
        synthesize(module.build, out / name, name=environment, bundle=bundle)
        yield name, time.monotonic() - start
