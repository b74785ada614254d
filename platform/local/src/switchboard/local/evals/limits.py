"""Which tools a case needs, and what must not happen in it."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Words = Annotated[list[str], Field(min_length=1)]
Effect = Literal[
    "pull_request", "prototype", "page", "database", "review", "ticket", "ticket_comment"
]


class Tools(BaseModel):
    """Tools by name or pattern; whatever is in none of the lists was not needed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    must: list[str] = []
    may: list[str] = []


class Never(BaseModel):
    """What must not happen, whatever the input says."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    tools: list[str] = []
    effects: list[Effect] = []
    said: dict[str, Words] = {}
    """Pattern of texts -> words that must not be in them."""

    def and_(self, more: "Never") -> "Never":
        """Both together."""
        return Never(
            tools=[*self.tools, *more.tools],
            effects=[*self.effects, *more.effects],
            said={
                name: [*self.said.get(name, []), *more.said.get(name, [])]
                for name in {**self.said, **more.said}
            },
        )

    @model_validator(mode="after")
    def _patterns_name_something(self) -> "Never":
        if any(not pattern.strip("*") for pattern in self.tools):
            raise ValueError("a pattern that forbids every tool leaves nothing to evaluate")
        return self
