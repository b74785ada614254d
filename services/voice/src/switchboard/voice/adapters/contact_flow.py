"""The Lambda function of the desk's contact flow: one function, the parameter `step` says which.

Event and answer: Amazon Connect administrator guide, "Invoke Lambda functions"; the answer is a
flat map of strings (`ResponseValidation` STRING_MAP), read by the flow as `$.External.<name>`.

Every answer can be spoken and branched on: what is wrong with an input is in `error`, beside a
`sentence` for the caller. Only a hand-off that could not be committed raises, so that the flow
takes its error branch, which promises nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aws_lambda_powertools import Logger

from switchboard.voice.adapters.patience import TimeLeft
from switchboard.voice.domain import wording
from switchboard.voice.domain.end_call import NoteOutcome, UnknownOutcomeError
from switchboard.voice.domain.model import ANONYMOUS, MOST_CALLER_CHARACTERS
from switchboard.voice.domain.open_session import OpenSession
from switchboard.voice.domain.plain_text import masked, plain
from switchboard.voice.domain.ports import VoiceError
from switchboard.voice.domain.record_escalation import HandOff, RecordEscalation
from switchboard.voice.domain.tell_status import TellStatus

Answer = dict[str, str]
SECONDS = {"open_session": 3.0, "ticket_status": 5.0, "record_escalation": 5.0, "end_call": 3.0}
"""One second below the flow's own limits (4 s and 6 s): what a cold start may take."""
KEPT_FOR_SESSION = 1.4
"""Of `open_session`, for the one call that must not be missed: pushing the session's data."""
MOST_CHARACTERS = 256
_WITHHELD = frozenset({"", "anonymous", "unknown", "private", "restricted", "unavailable"})


class NotCommittedError(RuntimeError):
    """The hand-off is not recorded; the flow must not promise anything."""


@dataclass(frozen=True)
class Ring:
    """Who rings, and what the flow wants to know."""

    contact_id: str
    caller_id: str
    step: str
    parameters: Mapping[str, Any]

    def text(self, name: str) -> str:
        """A parameter as it came; not a text counts as missing."""
        value = self.parameters.get(name)
        return value if isinstance(value, str) else ""


def ring_of(event: Mapping[str, Any]) -> Ring:
    """Read the event; whatever is missing is empty."""
    details = _map(event.get("Details"))
    contact = _map(details.get("ContactData"))
    parameters = _map(details.get("Parameters"))
    # Connect's own word on who rings comes first: a flow may copy it into a parameter.
    address = _map(contact.get("CustomerEndpoint")).get("Address") or parameters.get("callerId")
    return Ring(
        contact_id=plain(contact.get("ContactId"), MOST_CHARACTERS),
        caller_id=caller_of(address),
        step=plain(parameters.get("step"), 40),
        parameters=parameters,
    )


def caller_of(address: object) -> str:
    """The number that rings, or `anonymous`: whoever withholds it is nobody in particular."""
    number = plain(address, MOST_CALLER_CHARACTERS)
    return ANONYMOUS if number.lstrip("+").lower() in _WITHHELD else number


def _map(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def refusal(code: str, message: str) -> Answer:
    """What is wrong with an input, and words for the caller meanwhile, whatever was asked."""
    return {
        "error": code,
        "message": message,
        "greeting": wording.greeting(()),
        "sentence": wording.LOOK_UP_FAILED,
        "found": "false",
        "recorded": "false",
    }


@dataclass(frozen=True)
class DeskUseCases:
    """What the steps do."""

    open_session: OpenSession
    tell_status: TellStatus
    record_escalation: RecordEscalation
    note_outcome: NoteOutcome


class Desk:
    """Serves the steps of a call, each within its time."""

    def __init__(
        self, use_cases: DeskUseCases, time_left: TimeLeft, stores: TimeLeft, logger: Logger
    ) -> None:
        """`stores` is the part of the time that the tables may use."""
        self._use_cases = use_cases
        self._time_left = time_left
        self._stores = stores
        self._logger = logger
        self._steps: Mapping[str, Callable[[Ring], Answer]] = {
            "open_session": self._open_session,
            "ticket_status": self._ticket_status,
            "record_escalation": self._record_escalation,
            "end_call": self._end_call,
        }

    def __call__(self, event: Mapping[str, Any]) -> Answer:
        """Answer one step."""
        ring = ring_of(event)
        with self._logger.append_context_keys(
            correlation_id=ring.contact_id, step=ring.step, caller=masked(ring.caller_id)
        ):
            if not ring.contact_id:
                return self._refused("NO_CONTACT", "the event names no contact")
            serve = self._steps.get(ring.step)
            if serve is None:
                known = ", ".join(self._steps)
                return self._refused("UNKNOWN_STEP", f"parameter step is one of: {known}")
            self._start(ring.step)
            return serve(ring)

    def _start(self, step: str) -> None:
        seconds = SECONDS[step]
        self._time_left.start(seconds)
        self._stores.start(seconds - KEPT_FOR_SESSION if step == "open_session" else seconds)

    def _refused(self, code: str, message: str) -> Answer:
        self._logger.error("step refused", code=code, reason=message)
        return refusal(code, message)

    def _open_session(self, ring: Ring) -> Answer:
        # A flow variable without a value arrives as an empty text, or as its own name.
        session_arn = ring.text("sessionArn")
        known = session_arn if session_arn.startswith("arn:") else None
        opened = self._use_cases.open_session(ring.contact_id, ring.caller_id, known)
        for trouble in opened.troubles:
            self._logger.error("session opened without", trouble=trouble)
        self._logger.info("session opened", pushed=opened.pushed)
        return {"greeting": opened.greeting, "pushed": _word(yes=opened.pushed)}

    def _ticket_status(self, ring: Ring) -> Answer:
        entered = ring.text("number")
        if not entered:
            return self._refused("NO_NUMBER", "parameter number is missing or empty")
        try:
            status = self._use_cases.tell_status(ring.caller_id, entered[:MOST_CHARACTERS])
        except VoiceError as error:
            return self._refused("UNAVAILABLE", str(error))
        self._logger.info("status told", found=status.found)
        return {"sentence": status.sentence, "found": _word(yes=status.found)}

    def _record_escalation(self, ring: Ring) -> Answer:
        hand_off = HandOff(
            reason=ring.text("reason"),
            summary=ring.text("summary"),
            intent=ring.text("intent"),
            sentiment=ring.text("sentiment"),
            ticket_number=ring.text("ticketNumber"),
        )
        try:
            first = self._use_cases.record_escalation(ring.contact_id, ring.caller_id, hand_off)
        except VoiceError as error:
            self._logger.exception("hand-off not committed", reason=str(error))
            raise NotCommittedError(f"the hand-off is not recorded: {error}") from error
        self._logger.info("hand-off recorded", first=first)
        return {"recorded": "true", "sentence": wording.escalated(ring.caller_id)}

    def _end_call(self, ring: Ring) -> Answer:
        try:
            self._use_cases.note_outcome(ring.contact_id, ring.text("outcome"))
        except UnknownOutcomeError as error:
            return self._refused("UNKNOWN_OUTCOME", str(error))
        except VoiceError as error:
            return self._refused("UNAVAILABLE", str(error))
        return {}


def _word(*, yes: bool) -> str:
    return "true" if yes else "false"
