"""All CDK apps into cloud assemblies for this machine, in a process of their own.

jsii's Node holds some 200 MB; as a process of its own it is gone when the templates are there. A
bundle that is there already is not made again: its folder carries the hash of its sources.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from queue import Queue
from threading import Thread

CHILD = "switchboard.local.deployment.synthesis_process"
PREFIX = "synthesized "
"""How a line of the child begins that says which app is done."""

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
    child: str = CHILD
    """The module that the child process runs with `out` and `stage`."""

    def __call__(self, report: Report) -> Iterator[str]:
        """Begin at once, in the background; yields each app when it is done.

        Raises:
            SynthesisError: with the end of the app's output, while it is iterated.
        """
        done: Queue[str | SynthesisError | None] = Queue()
        Thread(target=self._run, args=(report, done), daemon=True).start()
        return _taken(done)

    def _run(self, report: Report, done: "Queue[str | SynthesisError | None]") -> None:
        output: list[str] = []
        with subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-m", self.child, str(self.out), self.stage],
            env={**self.environment, "CDK_VALIDATION": "false"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            for line in process.stdout or ():
                if line.startswith(PREFIX):
                    name, seconds = line.removeprefix(PREFIX).split()
                    report(f"{name} synthesized in {seconds} s")
                    done.put(name)
                else:
                    output.append(line)
        if process.returncode != 0:
            done.put(SynthesisError("synthesis failed:\n" + "".join(output[-30:])))
        done.put(None)


def _taken(done: "Queue[str | SynthesisError | None]") -> Iterator[str]:
    while (item := done.get()) is not None:
        if isinstance(item, SynthesisError):
            raise item
        yield item
