"""What people do in a schedule: stories, requests at the API, tickets, wishes to cancel."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from switchboard.local.simulation.faults import CANCEL
from switchboard.local.simulation.kernel import Simulation
from switchboard.local.simulation.notion import PERSON, Notion

API_LIMIT = 29.0
PATIENCE = 8
"""How often somebody says the same until the door answers."""
CONFIGURATION = "44444444-0000-4000-8000-000000000001"
TRIGGERS = {"Generate Code": "code", "Generate Prototype": "mock", "Generate Spec": "spec"}
CHAINS = ("story-to-code", "story-to-mock-to-deck", "story-to-spec-to-code")
STORY, EMPTY, REQUEST, TICKET = "story", "empty story", "request at the API", "ticket"
WORDS = "As a person I want it to work"
Post = Callable[[str, dict[str, Any]], tuple[int, dict[str, Any]]]
"""Ask a door; status and answer, status 0 when there was none."""


@dataclass
class Job:
    """Something a person asks for once, however often they have to say it."""

    number: int
    kind: str
    trigger: str
    page_id: str
    edits: list[list[str]] = field(default_factory=list)
    """The webhooks about each time the person set the status."""
    invocation_id: str | None = None
    """What the API answered."""
    ticket_id: str | None = None


class People:
    """Draws a schedule's jobs and goes after them."""

    def __init__(self, sim: Simulation, notion: Notion, invocations: Post, tickets: Post) -> None:
        """Use the board and two doors."""
        self._sim = sim
        self._notion = notion
        self._invocations = invocations
        self._tickets = tickets
        chance = sim.chance
        self.month_limit = chance.choice((50, 50, 3, 2, 1))
        self.raises = self._sim.luck(0.15)
        """Whether the owner gives the month more money while runs are under way."""
        self.chain = chance.choice(CHAINS)
        kinds = (STORY, STORY, STORY, EMPTY, REQUEST, TICKET)
        # Twice as often what only the effect ledger keeps from being made twice.
        triggers = (*TRIGGERS, "Generate Spec")
        self.jobs = [
            Job(number, chance.choice(kinds), chance.choice(triggers), _page_id(number))
            for number in range(chance.choice((1, 1, 2, 2, 3, 5)))
        ]

    def begin(self) -> None:
        """Put everything on the agenda."""
        self._configure()
        if self.raises:
            seconds = self._sim.chance.uniform(120, 2400)
            self._sim.later(seconds, "the owner raises the month's limit", self._raise)
        together = self._sim.luck(0.3)
        for job in self.jobs:
            if job.kind != TICKET:
                text = "" if job.kind == EMPTY else WORDS
                self._notion.story(job.page_id, f"Story {job.number}", text)
            seconds = 60.0 if together else self._sim.chance.uniform(0, 600)
            self._sim.later(seconds, f"a person wants: {job.kind} {job.number}", self._wish(job))

    def _configure(self) -> None:
        self._notion.configuration(
            CONFIGURATION,
            **{
                "Chain": self.chain,
                "Defect Status": "Generate Code",
                "Cost Limit Per Invocation": 1,
                "Cost Limit Per Month": self.month_limit,
            },
        )
        self._notion.tell(CONFIGURATION, [PERSON])

    def _raise(self) -> None:
        self.month_limit += 2
        self._configure()

    def _wish(self, job: Job) -> Callable[[], None]:
        acts = {REQUEST: self._ask, TICKET: self._complain}
        act = acts.get(job.kind, self._move)
        return lambda: act(job)

    def _move(self, job: Job) -> None:
        """Set the card's status; Notion may report one edit by two events."""
        chance = self._sim.chance
        self._notion.set_status(job.page_id, job.trigger)
        wait, edit = chance.uniform(1, 50), []
        for _ in range(1 + self._sim.luck(0.5)):
            edit.append(self._notion.tell(job.page_id, [PERSON], wait))
            wait += chance.choice((0.1, 0.1, 40.0))
        job.edits.append(edit)
        if len(job.edits) == 1 and self._sim.luck(0.2):
            job.trigger = chance.choice(tuple(TRIGGERS))
            again = f"the person sets the status of {job.number} once more"
            self._sim.later(chance.uniform(61, 3000), again, lambda: self._move(job))

    def _ask(self, job: Job, attempt: int = 1) -> None:
        body = {
            "project_id": "proj",
            "notion_page_id": job.page_id,
            "title": f"Story {job.number}",
            "content_markdown": WORDS,
            "trigger_value": job.trigger,
            "idempotency_key": f"key-{job.number}",
        }
        request = {"httpMethod": "POST", "resource": "/invoke", "body": json.dumps(body)}
        status, answer = self._invocations("POST /invoke", request)
        if status == HTTPStatus.ACCEPTED:
            job.invocation_id = answer["invocation_id"]
        elif attempt < PATIENCE:
            # 404: the configuration may be on its way.
            self._sim.later(
                60.0, "the caller repeats the request", lambda: self._ask(job, attempt + 1)
            )

    def _complain(self, job: Job, attempt: int = 1) -> None:
        body = {
            "caller_id": "+15555550100",
            "issue_description": f"The app crashes with an error in screen {job.number}",
            "category": "software_defect",
        }
        request = {
            "httpMethod": "POST",
            "resource": "/tickets",
            "body": json.dumps(body),
            "headers": {"Idempotency-Key": f"key-{job.number}"},
        }
        status, answer = self._tickets("POST /tickets", request)
        if status in (200, 201):
            job.ticket_id = answer["ticket_id"]
        elif attempt < PATIENCE:
            again = "the caller repeats the request"
            self._sim.later(30.0, again, lambda: self._complain(job, attempt + 1))

    def consider_cancelling(self, invocation_id: str) -> None:
        """Whenever a request is known: a person may stop it, at any moment of its life."""
        if self._sim.weather.strikes(CANCEL, 0.25):
            moment = self._sim.chance.choice((0.3, 3.0, 30.0, 120.0, 3590.0))
            wait = self._sim.chance.uniform(0, moment)
            self._sim.later(wait, "", lambda: self._cancel(invocation_id))

    def _cancel(self, invocation_id: str, attempt: int = 1) -> None:
        self._sim.say(f"a person cancels {invocation_id}")
        request = {
            "httpMethod": "POST",
            "resource": "/invocation/{id}/cancel",
            "pathParameters": {"id": invocation_id},
        }
        status, _ = self._invocations("POST cancel", request)
        if status not in (200, 202) and attempt < PATIENCE:
            self._sim.later(20.0, "", lambda: self._cancel(invocation_id, attempt + 1))


def _page_id(number: int) -> str:
    return f"33333333-0000-4000-8000-{number:012x}"
