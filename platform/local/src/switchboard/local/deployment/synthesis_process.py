"""The child process of the synthesis: the only part of the local platform that loads CDK."""

import importlib.util
import sys
from pathlib import Path

from switchboard.local.deployment.cloud_assembly import forget_old_assets
from switchboard.local.deployment.synthesis import PREFIX
from switchboard.local.templates import APPS, synthesize_all

OPTIONAL = {"itsm-mock", "voice"}
"""Apps that may not exist in this checkout."""


def apps() -> list[str]:
    """The apps of this checkout, in order of deployment."""
    return [
        name
        for name, module in APPS.items()
        if name not in OPTIONAL or importlib.util.find_spec(module) is not None
    ]


def main(out: Path, stage: str) -> None:
    """Synthesize all apps, saying which one is done."""
    for name, seconds in synthesize_all(out, stage, bundle="host", apps=apps()):
        forget_old_assets(out / name)
        sys.stdout.write(f"{PREFIX}{name} {seconds:.1f}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
