"""All CDK apps into cloud assemblies for this machine, in a process of their own.

jsii's Node holds some 200 MB; as a process of its own it is gone when the templates are there. A
bundle that is there already is not made again: its folder carries the hash of its sources.
"""

import importlib.util
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from switchboard.local.deployment.cloud_assembly import forget_old_assets
from switchboard.local.templates import APPS, synthesize_all

OPTIONAL = {"itsm-mock", "voice"}
"""Apps that may not exist in this checkout."""
PREFIX = "synthesized "

Report = Callable[[str], None]


class SynthesisError(RuntimeError):
    """A CDK app failed; the message ends with what it printed."""


@dataclass(frozen=True)
class Synthesizer:
    """Runs the synthesis and says which app is done."""

    out: Path
    stage: str
    environment: Mapping[str, str]
    """Variables of the child process, as the caller's."""

    def __call__(self, report: Report) -> list[str]:
        """Synthesize every app of this checkout; returns their names in order of deployment.

        Raises:
            SynthesisError: with the end of the app's output.
        """
        command = [sys.executable, "-m", __name__, str(self.out), self.stage]
        env = {**self.environment, "CDK_VALIDATION": "false"}
        process = subprocess.Popen(
            command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        names: list[str] = []
        output: list[str] = []
        for line in process.stdout or ():
            if line.startswith(PREFIX):
                name, seconds = line.removeprefix(PREFIX).split()
                names.append(name)
                report(f"{name} synthesized in {seconds} s")
            else:
                output.append(line)
        if process.wait() != 0:
            raise SynthesisError("synthesis failed:\n" + "".join(output[-30:]))
        return names


def apps() -> list[str]:
    """The apps of this checkout, in order of deployment."""
    return [
        name
        for name, module in APPS.items()
        if name not in OPTIONAL or importlib.util.find_spec(module) is not None
    ]


def main(out: Path, stage: str) -> None:
    """What the child process runs."""
    for name, seconds in synthesize_all(out, stage, bundle="host", apps=apps()):
        forget_old_assets(out / name)
        sys.stdout.write(f"{PREFIX}{name} {seconds:.1f}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
