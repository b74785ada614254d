"""The steps of an acceptance on AWS, from docs/deployments/acceptance.toml."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from switchboard.constructs.environments import REGION
from switchboard.local.checkout import ROOT

FILE = ROOT / "docs/deployments/acceptance.toml"
_PLACE = re.compile(r"\{([a-z]+)\}")
_BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)


class StepsError(ValueError):
    """The steps cannot be run as they are; `remedy` says what to do."""

    def __init__(self, message: str, remedy: str) -> None:
        """Keep both."""
        super().__init__(message)
        self.remedy = remedy


class Step(BaseModel):
    """One step as the file has it; exactly one of `run`, `blocks` and `by_hand` is given."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    rows: tuple[str, ...] = ()
    run: tuple[str, ...] = ()
    blocks: str = ""
    by_hand: str = ""
    expect: str = ""
    minutes: float | None = None
    always: bool = False


@dataclass(frozen=True)
class ReadyStep:
    """A step with every place filled in: a script for bash, or words for a person."""

    step: Step
    script: str
    by_hand: str
    expect: str


def read_steps(path: Path = FILE) -> list[Step]:
    """All steps, in their order.

    Raises:
        StepsError: the file is no such list.
    """
    try:
        steps = TypeAdapter(list[Step]).validate_python(tomllib.loads(path.read_text())["step"])
    except (tomllib.TOMLDecodeError, KeyError, ValidationError) as error:
        raise StepsError(f"{path.name} is no list of steps: {error}", "mend the file") from error
    for step in steps:
        if sum(map(bool, (step.run, step.blocks, step.by_hand))) != 1:
            raise StepsError(
                f"step {step.name!r} must have one of run, blocks and by_hand", "mend the file"
            )
    return steps


def ready(steps: list[Step], values: Mapping[str, str], root: Path = ROOT) -> list[ReadyStep]:
    """The steps with `values` in their places.

    Raises:
        StepsError: a place has no value, or a section no shell block.
    """
    wanted = {
        name
        for step in steps
        for text in (*step.run, step.by_hand, step.expect)
        for name in _PLACE.findall(text)
    }
    if missing := sorted(wanted - values.keys()):
        raise StepsError(
            f"no value for {', '.join(missing)}",
            " ".join(f"--set {name}=..." for name in missing),
        )
    return [_ready(step, values, root) for step in steps]


def _ready(step: Step, values: Mapping[str, str], root: Path) -> ReadyStep:
    def filled(text: str) -> str:
        return _PLACE.sub(lambda place: values.get(place[1], place[0]), text)

    lines = [filled(line) for line in step.run]
    if lines:
        lines.insert(0, f"export AWS_DEFAULT_REGION={REGION}")
    if step.blocks:
        # The document's example of an environment gives way to the one that is meant. It is made to
        # be pasted: a line that fails is told, and the next one is run all the same.
        lines = ["set +e", _section(step.blocks, root).replace("ENV=dev", f"ENV={values['env']}")]
    return ReadyStep(step, "\n".join(lines), filled(step.by_hand), filled(step.expect))


def _section(blocks: str, root: Path) -> str:
    name, _, heading = blocks.partition(" ")
    _, found, rest = (root / name).read_text().partition(f"{heading}\n")
    level = heading.split(" ")[0]
    text = re.split(rf"^{level} ", rest, maxsplit=1, flags=re.MULTILINE)[0] if found else ""
    shell = "".join(_BLOCK.findall(text))
    if not shell:
        raise StepsError(f"{name} has no shell block below {heading!r}", "mend the step")
    return shell
