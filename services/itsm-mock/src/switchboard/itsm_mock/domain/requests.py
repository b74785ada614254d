"""What people and programs may ask for; openapi.json describes the same on the wire."""

from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from switchboard.itsm_mock.domain.model import (
    Category,
    CloseCode,
    ContactType,
    HoldReason,
    State,
)
from switchboard.itsm_mock.domain.texts import clean

TEXT_LENGTH = 16_000
"""More than ten minutes of speech: an utterance of 10 kB is kept whole."""


def _said(text: str) -> str:
    cleaned = clean(text)
    if not cleaned:
        raise ValueError("it holds no words")
    return cleaned


def _in_one_line(text: str) -> str:
    return " ".join(_said(text).split())


Text = Annotated[str, StringConstraints(max_length=TEXT_LENGTH), AfterValidator(_said)]
Line = Annotated[str, StringConstraints(max_length=160), AfterValidator(_in_one_line)]
Name = Annotated[str, StringConstraints(max_length=64), AfterValidator(_in_one_line)]
OneToThree = Annotated[int, Field(ge=1, le=3)]


class Request(BaseModel):
    """A body that may hold more than we know: a model invents fields, and none of them matters."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    @model_validator(mode="before")
    @classmethod
    def _without_blanks(cls, body: Any) -> Any:
        """An optional field that is null or empty was left out: models like to fill in all."""
        if not isinstance(body, dict):
            return body
        needed = {name for name, field in cls.model_fields.items() if field.is_required()}
        return {
            name: value
            for name, value in body.items()
            if name in needed or not (value is None or value == "")
        }


class NewTicket(Request):
    """The body of `POST /tickets`."""

    caller_id: Name
    issue_description: Text
    short_description: Line | None = None
    category: Category | None = None
    subcategory: Name | None = None
    impact: OneToThree | None = None
    urgency: OneToThree | None = None
    contact_type: ContactType = ContactType.SELF_SERVICE
    contact_id: Name | None = None


class NewComment(Request):
    """The body of `POST /tickets/{ticket_id}/comments`."""

    comment: Text
    contact_id: Name | None = None


class StrictRequest(Request):
    """A body of people who know what they want: a field that is not ours is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class TicketChange(StrictRequest):
    """The body of `PATCH /internal/tickets/{ticket_id}`."""

    state: State | None = None
    hold_reason: HoldReason | None = None
    close_code: CloseCode | None = None
    close_notes: Text | None = None
    category: Category | None = None
    impact: OneToThree | None = None
    urgency: OneToThree | None = None
    assignment_group: Name | None = None
    changed_by: Name = "desk"

    @model_validator(mode="after")
    def _says_all_that_a_state_needs(self) -> "TicketChange":
        if not self.model_fields_set - {"changed_by"}:
            raise ValueError("there is nothing to change")
        if (self.state is State.ON_HOLD) != (self.hold_reason is not None):
            raise ValueError("hold_reason goes with state on_hold, and on_hold with hold_reason")
        given = {self.close_code is not None, self.close_notes is not None}
        if given != {self.state is State.RESOLVED}:
            raise ValueError("close_code and close_notes go with state resolved, and it with both")
        return self


class NewWorkNote(StrictRequest):
    """The body of `POST /internal/tickets/{ticket_id}/work-notes`."""

    note: Text
    author: Name = "desk"
