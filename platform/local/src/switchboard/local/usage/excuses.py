"""Grants that a local run cannot exercise, each with its reason, as data."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from switchboard.local.usage.matching import like

SHORTEST_REASON = 20


class ExcusesError(ValueError):
    """The file of excuses cannot be used; the message says where."""

    remedy = "each [[excuse]] or [[elsewhere]] has roles, actions (or resources) and a reason"


class Excuse(BaseModel):
    """`roles`, `actions` and `resources` are patterns (`*`); there are actions or resources.

    `sometimes`: a slow or unlucky run may use it after all, which makes the excuse no less true.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    roles: tuple[str, ...] = Field(min_length=1)
    actions: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    reason: str = Field(min_length=SHORTEST_REASON)
    sometimes: bool = False

    def pairs(self) -> "list[Pair]":
        """Each combination of a role and an action or resource."""
        what = (*self.actions, *self.resources)
        return [
            Pair(role, each, self.reason, self.sometimes) for role in self.roles for each in what
        ]

    @model_validator(mode="after")
    def _speaks_of_something(self) -> Self:
        if not (self.actions or self.resources):
            raise ValueError("an excuse names actions or resources")
        return self


@dataclass(frozen=True)
class Pair:
    """One role and one action or resource, as patterns; a pair that excuses nothing is stale."""

    role: str
    what: str
    reason: str
    sometimes: bool = False

    def covers(self, role: str, what: str) -> bool:
        """Whether it speaks of this action or resource of this role; case does not matter."""
        return like(self.role, role) and like(self.what.lower(), what.lower())


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    excuse: tuple[Excuse, ...] = ()
    elsewhere: tuple[Excuse, ...] = ()


@dataclass(frozen=True)
class Excuses:
    """What the file says."""

    here: list[Pair]
    """Grants of dev that no run on this machine can exercise."""
    elsewhere: list[Pair]
    """Grants of other environments that dev does not have, so that no run judges them."""


def read_excuses(path: Path) -> Excuses:
    """The excuses of a file.

    Raises:
        ExcusesError: it is not TOML, or not of this shape.
    """
    try:
        found = _File.model_validate(tomllib.loads(path.read_text()))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise ExcusesError(f"{path.name}: {error}") from error
    return Excuses(_pairs(found.excuse), _pairs(found.elsewhere))


def _pairs(excuses: tuple[Excuse, ...]) -> list[Pair]:
    return [pair for excuse in excuses for pair in excuse.pairs()]
