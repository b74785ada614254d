"""What all action types share: the spec of their transitions and the shape of their parameters."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, StringConstraints
from pydantic.alias_generators import to_pascal

from switchboard.contact_flows.language import EQUALS, MOST_ATTRIBUTE_BYTES

Flag = Annotated[bool, PlainSerializer(lambda value: "True" if value else "False")]
"""The Flow language writes truth values as words."""
Number = Annotated[int, PlainSerializer(str)]
"""The Flow language writes numbers as strings."""
Path = Annotated[str, StringConstraints(pattern=r"^\$")]
"""A JSONPath reference, resolved while the flow runs."""
Filled = Annotated[str, StringConstraints(min_length=1)]


@dataclass(frozen=True)
class Spec:
    """How a type may leave: builder, linter and interpreter all read this."""

    required_errors: tuple[str, ...] = ()
    optional_errors: tuple[str, ...] = ()
    operators: tuple[str, ...] = ()
    """Condition operators it knows; empty: it takes no conditions."""
    operands: tuple[str, ...] = ()
    """The exact operands it demands, each once."""
    needs_condition: bool = False
    next_action: bool = True
    """Whether it must name a NextAction."""
    terminal: bool = False
    """The flow ends here: no transitions at all."""
    may_end: bool = False
    """It has transitions, and yet the flow may be over after it."""
    bounds_cycle: bool = False
    """It waits for the caller or counts: a cycle through it cannot spin."""
    interpreted: bool = True
    """False: the interpreter takes NextAction and says so."""

    @property
    def errors(self) -> tuple[str, ...]:
        """Every error the type can raise."""
        return self.required_errors + self.optional_errors


def exact(*operands: str) -> dict[str, Any]:
    """Spec fields of a type whose conditions are exactly these words."""
    return {"operators": (EQUALS,), "operands": operands, "next_action": False}


class RefusedError(ValueError):
    """Parameters that break a rule of the linter, found where they are validated."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule


class Parameters(BaseModel):
    """A part of an action's parameters: snake_case here, PascalCase on the wire."""

    model_config = ConfigDict(
        alias_generator=to_pascal, populate_by_name=True, extra="forbid", frozen=True
    )


class Action(Parameters):
    """One action; its fields are its Parameters."""

    SPEC: ClassVar[Spec]
    type: str

    @classmethod
    def required_errors(cls, parameters: Mapping[str, Any]) -> tuple[str, ...]:  # noqa: ARG003 - one type needs it
        """The error branches that must exist, given these parameters as emitted."""
        return cls.SPEC.required_errors

    @property
    def spec(self) -> Spec:
        """How this action may leave."""
        return self.SPEC

    def emitted(self) -> dict[str, Any]:
        """The `Parameters` object of the Flow language."""
        return self.model_dump(by_alias=True, exclude={"type"}, exclude_none=True)


class Media(Parameters):
    """A recording in S3."""

    uri: Filled
    source_type: str = "S3"
    media_type: str = "Audio"


class Prompted(Action):
    """An action that says something: exactly one of text, SSML, prompt or media."""

    PROMPTS: ClassVar[tuple[str, ...]] = ("text", "ssml", "prompt_id", "media")

    text: str | None = None
    ssml: str | None = Field(default=None, alias="SSML")
    prompt_id: str | None = None
    media: Media | None = None

    def exactly_one_prompt(self) -> Self:
        """Refuse none and more than one."""
        given = [name for name in self.PROMPTS if getattr(self, name) is not None]
        if len(given) != 1:
            fields = type(self).model_fields
            names = ", ".join(str(fields[name].alias) for name in self.PROMPTS)
            raise RefusedError(
                "A004", f"{self.type} needs exactly one of {names}; it has {len(given)}"
            )
        return self


def small_enough(attributes: dict[str, Any]) -> dict[str, Any]:
    """Refuse attributes over Connect's limit for one contact."""
    size = len(json.dumps(attributes, ensure_ascii=False).encode())
    if size > MOST_ATTRIBUTE_BYTES:
        raise RefusedError(
            "A009", f"{size} bytes of attributes; Connect keeps {MOST_ATTRIBUTE_BYTES}"
        )
    return attributes
