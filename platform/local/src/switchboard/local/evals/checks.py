"""What a case expects, as data: each check says what is missing in a run, or nothing."""

from abc import abstractmethod
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from switchboard.local.desk_load import spoken
from switchboard.local.evals.seen import Seen

Words = Annotated[list[str], Field(min_length=1)]


class Check(BaseModel):
    """One expectation; `says` is what the report shows."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    about: str = Field(default="", description="what it is for, for readers of the report")
    weight: float = Field(default=1, gt=0)
    needs_tests: ClassVar[bool] = False

    @property
    def says(self) -> str:
        """The expectation in words."""
        return self.about or self._words()

    @abstractmethod
    def _words(self) -> str:
        """The expectation in words, when the dataset gives none."""

    @abstractmethod
    def missing(self, seen: Seen) -> str:
        """What is missing; empty when nothing is."""


class Status(Check):
    """How the run ended, and for a failure with which code."""

    check: Literal["status"]
    is_: Words | str = Field(alias="is")
    code: str | None = None

    def _words(self) -> str:
        return f"it ends {self._wanted()}" + (f" with {self.code}" if self.code else "")

    def _wanted(self) -> str:
        return self.is_ if isinstance(self.is_, str) else " or ".join(self.is_)

    def missing(self, seen: Seen) -> str:
        wanted = [self.is_] if isinstance(self.is_, str) else self.is_
        if seen.status not in wanted:
            why = f" ({seen.error.get('code')}: {seen.error.get('message')})" if seen.error else ""
            return f"it ended {seen.status or 'without a status'}{why}"
        if self.code and seen.error.get("code") != self.code:
            return f"the code is {seen.error.get('code')}"
        return ""


class HasArtifact(Check):
    """An artifact of this type with this metadata was made."""

    check: Literal["artifact"]
    type: str
    count: int | None = Field(default=None, ge=0)
    metadata: dict[str, Any] = Field(default_factory=dict)

    def _words(self) -> str:
        with_ = ", ".join(f"{name} {value}" for name, value in self.metadata.items())
        number = f"{self.count} " if self.count is not None else "a "
        return f"{number}{self.type.replace('_', ' ')} is there" + (f" with {with_}" * bool(with_))

    def missing(self, seen: Seen) -> str:
        found = [item for item in seen.artifacts if item["type"] == self.type]
        fitting = [item for item in found if self.metadata.items() <= item["metadata"].items()]
        if self.count is not None and len(fitting) != self.count:
            return f"there are {len(fitting)}"
        if not fitting and self.count is None:
            has = ", ".join(str(item["metadata"]) for item in found)
            return f"its metadata are {has}" if found else "there is none"
        return ""


class HasText(Check):
    """What was made or said has (or lacks) these words, whatever their case."""

    check: Literal["text"]
    in_: str = Field(alias="in", description="name of the texts, e.g. `page: *`")
    has: list[str] = []
    any_: list[str] = Field(default=[], alias="any")
    lacks: list[str] = []

    def _words(self) -> str:
        parts = [f"says {_list(self.has)}"] if self.has else []
        parts += [f"says one of {_list(self.any_)}"] if self.any_ else []
        parts += [f"does not say {_list(self.lacks)}"] if self.lacks else []
        return f"{self.in_} " + (" and ".join(parts) or "is there")

    def missing(self, seen: Seen) -> str:
        found = list(seen.documents(self.in_))
        if not found:
            return f"there is no {self.in_}; there is {_list(list(seen.texts)) or 'nothing'}"
        text = "\n".join(text for _, text in found).casefold()
        if lacking := [word for word in self.has if word.casefold() not in text]:
            return f"it does not say {_list(lacking)}"
        if self.any_ and not any(word.casefold() in text for word in self.any_):
            return f"it says none of {_list(self.any_)}"
        if said := [word for word in self.lacks if word.casefold() in text]:
            return f"it says {_list(said)}"
        return ""


class Documents(Check):
    """So many texts of this name were made."""

    check: Literal["documents"]
    in_: str = Field(alias="in")
    at_least: int = Field(default=1, ge=0)
    at_most: int | None = Field(default=None, ge=0)

    def _words(self) -> str:
        most = f", at most {self.at_most}" if self.at_most is not None else ""
        return f"at least {self.at_least} of {self.in_}{most}"

    def missing(self, seen: Seen) -> str:
        number = len(list(seen.documents(self.in_)))
        fits = self.at_least <= number and (self.at_most is None or number <= self.at_most)
        return "" if fits else f"there are {number}"


class Columns(Check):
    """The databases that were made have exactly these properties."""

    check: Literal["columns"]
    exactly: Words

    def _words(self) -> str:
        return f"the database has exactly its {len(self.exactly)} properties"

    def missing(self, seen: Seen) -> str:
        lacking = sorted(set(self.exactly) - set(seen.columns))
        more = sorted(set(seen.columns) - set(self.exactly))
        parts = [f"without {_list(lacking)}"] if lacking else []
        return " and ".join(parts + ([f"too much: {_list(more)}"] if more else []))


class PassingTests(Check):
    """The tests of the pull request pass when they are run from its branch."""

    check: Literal["tests_pass"]
    at_least: int = Field(default=1, ge=1)
    needs_tests: ClassVar[bool] = True

    def _words(self) -> str:
        return f"at least {self.at_least} tests of the pull request pass, and none fails"

    def missing(self, seen: Seen) -> str:
        if seen.tests is None:
            return "there is no pull request whose tests could be run"
        if seen.tests.failed or seen.tests.passed < self.at_least:
            last = seen.tests.output.strip().splitlines()[-1:] or ["no output"]
            return f"{seen.tests.passed} pass, {seen.tests.failed} fail: {last[0]}"
        return ""


class Tickets(Check):
    """So many tickets were opened in the call, with these fields."""

    check: Literal["tickets"]
    count: int = Field(ge=0)
    fields: dict[str, Any] = Field(default_factory=dict)

    def _words(self) -> str:
        with_ = ", ".join(f"{name} {value}" for name, value in self.fields.items())
        number = "no ticket" if self.count == 0 else f"{self.count} ticket"
        return f"{number} is opened" + (f" with {with_}" if with_ else "")

    def missing(self, seen: Seen) -> str:
        if len(seen.tickets) != self.count:
            return f"{len(seen.tickets)} were opened"
        for ticket in seen.tickets:
            for name, value in self.fields.items():
                if ticket.get(name) != value:
                    return f"{name} of the ticket is {ticket.get(name)!r}"
        return ""


class NumberHeard(Check):
    """The caller hears the number of every ticket that was opened."""

    check: Literal["number_heard"]

    def _words(self) -> str:
        return "the caller hears the ticket's number"

    def missing(self, seen: Seen) -> str:
        numbers = [str(ticket["ticket_id"]) for ticket in seen.tickets]
        heard = seen.text("heard")
        unheard = [number for number in numbers if spoken(number) not in heard]
        return f"not heard: {_list(unheard)}" if unheard else "" if numbers else "no ticket"


class Judged(Check):
    """A question to a model as judge; it counts only when one is configured."""

    check: Literal["judge"]
    ask: str
    of: str = "*"

    def _words(self) -> str:
        return self.ask

    def missing(self, seen: Seen) -> str:
        return "" if seen.text(self.of) else f"there is no {self.of} to judge"


AnyCheck = Annotated[
    Status
    | HasArtifact
    | HasText
    | Documents
    | Columns
    | PassingTests
    | Tickets
    | NumberHeard
    | Judged,
    Field(discriminator="check"),
]
KINDS = "status, artifact, text, documents, columns, tests_pass, tickets, number_heard, judge"


def _list(words: list[str]) -> str:
    return ", ".join(f'"{word}"' for word in words)
