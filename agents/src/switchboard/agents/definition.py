"""What differs from one agent to the next; each agent's folder fills one of these."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.resources import files
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from switchboard.agents.evidence import Evidence
from switchboard.agents.payload import RunRequest
from switchboard.events.values import Artifact


class UnknownAgentError(LookupError):
    """There is no agent of this name in the distribution."""


class ClaimedArtifact(BaseModel):
    """What the model says it made; checked against the tools' answers."""

    model_config = ConfigDict(extra="ignore")

    type: str
    url: str = Field(description="exactly as the tool returned it")
    title: str = Field(description="for people")
    metadata: dict[str, Any] = Field(default_factory=dict)


class AgentOutput(BaseModel):
    """The structured answer every agent ends with; each agent narrows its artifacts."""

    status: Literal["completed", "failed"] = Field(
        description="failed when the work could not be done; say why in the summary"
    )
    summary: str = Field(description="two or three sentences for the people on the page")

    def claims(self) -> list[ClaimedArtifact]:
        """The artifacts the model says it made."""
        return [
            ClaimedArtifact.model_validate(item.model_dump(mode="json"))
            for item in getattr(self, "artifacts", [])
        ]


def _no_inputs(_request: RunRequest) -> dict[str, Any]:
    return {}


def _no_proof(_evidence: Evidence, _request: RunRequest) -> None:
    return None


def _as_made(_output: Any, made: list[Artifact], _evidence: Evidence) -> list[Artifact]:
    return made


@dataclass(frozen=True)
class AgentDefinition:
    """An agent: its prompt, its output, how its artifacts are read off the tools' answers."""

    name: str
    output: type[AgentOutput]
    facts: Callable[[RunRequest], dict[str, Any]]
    artifacts: Callable[[Evidence, RunRequest], list[Artifact]]
    inputs: Callable[[RunRequest], dict[str, Any]] = _no_inputs
    """What it works on besides the story, as facts (`switchboard.agents.inputs`).

    Asked before tools are opened and the model is called; it ends the run by raising
    InputMissingError.
    """
    report: Callable[[Any, list[Artifact], Evidence], list[Artifact]] = _as_made
    """Bring together what the model says (its output) and what the tools made.

    It may take words from the model, such as a title, and ends the run by raising AgentRunError
    when the two contradict each other.
    """
    proof: Callable[[Evidence, RunRequest], None] = _no_proof
    """What must be true of a run that says it has finished, besides its artifacts; it ends the run
    as failed by raising AgentRunError.
    """
    lessons: Callable[[Any, RunRequest], list[str]] | None = None
    """Opts in to memory: what its output settles that later sessions of the project must know.

    None, as for most agents: it keeps nothing and is told nothing of earlier sessions.
    """
    turns: int = 40

    @property
    def instructions(self) -> str:
        """The text of the agent's `prompt.md`."""
        return files(f"switchboard.agents.{self.name}").joinpath("prompt.md").read_text("utf-8")


def definition_of(name: str) -> AgentDefinition:
    """Load the agent called `name` from its folder.

    Raises:
        UnknownAgentError: no such folder.
    """
    if not name.replace("_", "").isalnum():
        raise UnknownAgentError(f"no agent {name!r}")
    try:
        module = import_module(f"switchboard.agents.{name}.agent")
    except ModuleNotFoundError as error:
        raise UnknownAgentError(f"no agent {name!r} in this distribution") from error
    definition: AgentDefinition = module.AGENT
    return definition
