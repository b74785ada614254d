"""The datasets: one YAML file per agent in `agents/evals`, checked before anything runs."""

from pathlib import Path
from typing import Any, Self

import yaml  # type: ignore[import-untyped]
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from switchboard.local.checkout import ROOT
from switchboard.local.evals.checks import KINDS, AnyCheck
from switchboard.local.evals.limits import Never, Tools
from switchboard.local.evals.problems import DatasetError, where

DATASETS = ROOT / "agents/evals"
MAX_BYTES = 1_000_000
DESK = "l1_support"


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PersonsPull(_Model):
    """A pull request that a person opens before the run."""

    title: str
    body: str = ""
    files: dict[str, str] = Field(min_length=1)


class Story(_Model):
    """A story on the board, and what was done on its page before."""

    title: str = Field(min_length=1)
    body: str = ""
    acceptance_criteria: str | None = None
    properties: dict[str, str] = {}
    """Text or address properties; the stories' data source knows which are which."""
    pull_request: PersonsPull | None = None
    before: list[str] = []
    """Status values a person sets first; each must complete."""
    feedback: str | None = None
    """A CSV file beside the dataset: rows that people give before the run."""


class Call(_Model):
    """A telephone call; a turn is what the caller says, `#1` keys, `(silence)` or `hangup`."""

    from_: str = Field(default="caller", alias="from", pattern=r"^[a-z][a-z0-9-]{0,19}$")
    """Who rings; another name is another person. In turns, `{ticket}` is the number that the
    calls before have opened, `{spoken}` the same digit by digit."""
    says: list[str] = Field(min_length=1)
    answers: bool = False
    """Afterwards the caller answers what the desk asks, as a person would."""
    before: list["Call"] = []


class Case(_Model):
    """One input with what must, should and must not come of it."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{1,48}$")
    about: str = Field(min_length=1, description="why this case is there")
    injection: bool = False
    story: Story | None = None
    call: Call | None = None
    goal: list[AnyCheck] = Field(min_length=1)
    rubric: list[AnyCheck] | None = None
    """Instead of the dataset's."""
    tools: Tools | None = None
    """Instead of the dataset's."""
    never: Never = Never()

    @model_validator(mode="after")
    def _one_input(self) -> Self:
        if (self.story is None) == (self.call is None):
            raise ValueError("a case has either a `story` or a `call`")
        return self


class Dataset(_Model):
    """The cases of one agent."""

    agent: str
    about: str
    trigger: str = ""
    """The Status that starts the agent; a call needs none."""
    tools: Tools = Tools()
    rubric: list[AnyCheck] = []
    never: Never = Never()
    cases: list[Case] = Field(min_length=1)

    def rubric_of(self, case: Case) -> list[AnyCheck]:
        """What makes its result good."""
        return self.rubric if case.rubric is None else case.rubric

    def tools_of(self, case: Case) -> Tools:
        """The tools it needs and may use."""
        return case.tools or self.tools

    def never_of(self, case: Case) -> Never:
        """What must not happen in it."""
        return self.never.and_(case.never)


def read_datasets(folder: Path = DATASETS) -> list[Dataset]:
    """All datasets of a folder, by name of the agent.

    Raises:
        DatasetError: there is none, or one has mistakes; it names all of them.
    """
    files = sorted(folder.glob("*.yaml"))
    if not files:
        raise DatasetError([f"there is no dataset (*.yaml) in {folder}"])
    return [read_dataset(file) for file in files]


def read_dataset(file: Path) -> Dataset:
    """One dataset.

    Raises:
        DatasetError: it has mistakes; each with file, line, case and what to do.
    """
    text = _text(file)
    try:
        tree, document = yaml.compose(text, yaml.SafeLoader), yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        raise DatasetError([f"{file.name}{line}: no YAML: {error}"]) from error
    try:
        dataset = Dataset.model_validate(document)
    except ValidationError as error:
        found = [
            where(file, tree, document, each["loc"]) + _mistake(each) for each in error.errors()
        ]
        raise DatasetError(found) from error
    if found := _contradictions(file, dataset):
        raise DatasetError(found)
    return dataset


def _text(file: Path) -> str:
    try:
        if file.stat().st_size > MAX_BYTES:
            raise DatasetError([f"{file.name} is larger than {MAX_BYTES} bytes; split it"])
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError([f"{file.name} cannot be read: {error}"]) from error


def _mistake(error: Any) -> str:
    message = str(error["msg"]).removeprefix("Value error, ")
    if error["type"] in {"union_tag_invalid", "union_tag_not_found"}:
        return f"`check` must be one of {KINDS}"
    if error["type"] == "extra_forbidden":
        return f"there is no field `{error['loc'][-1]}` here; correct its name or remove it"
    if error["type"] == "missing":
        return f"the field `{error['loc'][-1]}` is missing; add it"
    return message


def _contradictions(file: Path, dataset: Dataset) -> list[str]:
    found = []
    if dataset.agent != file.stem:
        found.append(f"{file.name}: agent is `{dataset.agent}`; name the file {dataset.agent}.yaml")
    seen: set[str] = set()
    for case in dataset.cases:
        if case.id in seen:
            found.append(f"{file.name}, case {case.id}: the id is given twice; choose another")
        seen.add(case.id)
        if case.story is not None and not dataset.trigger:
            found.append(f"{file.name}, case {case.id}: a story needs the dataset's `trigger`")
        feedback = case.story.feedback if case.story else None
        if feedback and not (file.parent / feedback).is_file():
            found.append(f"{file.name}, case {case.id}: there is no {feedback} beside the dataset")
    return found
