"""One story through the loop: set a status, follow it to its end, read what came of it."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from switchboard.local.bus import Tail
from switchboard.local.crew.backlog import Story
from switchboard.local.crew.chain import follow_chain
from switchboard.local.crew.feedback import GiveFeedback
from switchboard.local.crew.outcome import (
    COMPLETED,
    SKIPPED,
    TIMED_OUT,
    Node,
    StepRun,
    StoryRun,
    nodes,
)
from switchboard.local.crew.steps import LOOP, PEOPLE, Step
from switchboard.local.journey import FollowStory, Journey, StoryTimeoutError

DATABASE = "notion_database"


class Board(Protocol):
    """The person's side of the workspace."""

    def create_story(self, title: str, markdown: str) -> dict[str, Any]:
        """A person writes a story."""
        ...

    def set_status(self, page_id: str, value: str) -> Any:
        """A person moves it on the board."""
        ...


class Records(Protocol):
    """What the invocation API knows, and how many AWS calls it took."""

    def tree(self, invocation_id: str) -> Node:
        """An invocation with all that followed it."""
        ...

    def receipt(self, invocation_id: str) -> dict[str, Any]:
        """What an invocation cost, line by line."""
        ...

    def calls(self) -> dict[str, int]:
        """Calls of our own services since the last time this was asked."""
        ...


class Teller(Protocol):
    """Who is told as it happens."""

    def begun(self, run: StoryRun) -> None:
        """A story stands on the board."""
        ...

    def step(self, run: StepRun, *, last: bool) -> None:
        """A step has ended, in one way or another."""
        ...


@dataclass(frozen=True)
class RunLoop:
    """Take a story through the steps, one after the other, on its one page."""

    board: Board
    give_feedback: GiveFeedback
    records: Records
    tail: Tail
    teller: Teller
    steps: Sequence[Step] = LOOP
    timeout: float = 600
    """Of a step; with a real model one takes minutes."""
    clock: Callable[[], float] = time.monotonic

    def __call__(self, story: Story) -> StoryRun:
        """A step that fails keeps only those from starting that need it."""
        page = self.board.create_story(story.title, story.body)
        run = StoryRun(story.title, str(page["id"]), str(page["url"]), [])
        self.teller.begun(run)
        for step in self.steps:
            self.records.calls()
            run.steps.append(self._step(step, run, story))
            self.teller.step(run.steps[-1], last=step is self.steps[-1])
        return run

    def _step(self, step: Step, run: StoryRun, story: Story) -> StepRun:
        missing = [
            before.step.trigger
            for before in run.steps
            if before.step.trigger in step.needs and not before.ok
        ]
        if missing:
            return StepRun(step, SKIPPED, problem=_skipped(missing))
        begun = self.clock()
        if step.agent_type == PEOPLE:
            answered = self._asked_people(run, story)
            return StepRun(step, COMPLETED, self.clock() - begun, answers=answered)
        return self._agent(step, run, begun)

    def _asked_people(self, run: StoryRun, story: Story) -> int:
        databases = [
            artifact["metadata"]["database_id"]
            for before in run.steps
            for artifact in before.artifacts
            if artifact["type"] == DATABASE
        ]
        return self.give_feedback(str(databases[-1]), run.page_id, story.answers)

    def _agent(self, step: Step, run: StoryRun, begun: float) -> StepRun:
        follow = FollowStory(self.board, self.tail, lambda *_: None, self.clock)
        try:
            journey = follow(run.page_id, run.title, step.trigger, self.timeout)
            follow_chain(journey, self.tail, self.timeout, self.clock)
        except StoryTimeoutError as error:
            return StepRun(step, TIMED_OUT, self.clock() - begun, problem=_timed_out(error))
        seconds, calls = self.clock() - begun, self.records.calls()
        made = journey.invocation_id
        tree = self.records.tree(made) if made else {}
        return StepRun(
            step,
            _status(step, journey, tree),
            seconds,
            tree,
            self.records.receipt(made) if made else {},
            _problem(step, journey, tree),
            aws_calls=calls,
        )


def _status(step: Step, journey: Journey, tree: Node) -> str:
    """`completed` only if it made what it is there for."""
    if journey.terminal_status != COMPLETED:
        return journey.terminal_status or "failed"
    return "incomplete" if _lacking(step, tree) else COMPLETED


def _lacking(step: Step, tree: Node) -> list[str]:
    made = {artifact["type"] for artifact in tree.get("output_artifacts", [])}
    return [kind for kind in step.makes if kind not in made]


def _problem(step: Step, journey: Journey, tree: Node) -> dict[str, str]:
    if journey.terminal_status == COMPLETED and (lacking := _lacking(step, tree)):
        message = f"{step.agent_type} completed, but made no {', no '.join(lacking)}"
        return {"code": "INCOMPLETE", "message": message, "remediation": "read its summary"}
    failed = [node for node, _ in nodes(tree) if node.get("error")]
    found = failed[0]["error"] if failed else journey.ended
    fields = ("code", "message", "remediation")
    return {name: str(found[name]) for name in fields if name in found}


def _skipped(missing: list[str]) -> dict[str, str]:
    return {
        "code": "NOT_STARTED",
        "message": f"it works on the result of {' and '.join(missing)}",
        "remediation": "see what is wrong there",
    }


def _timed_out(error: StoryTimeoutError) -> dict[str, str]:
    return {"code": "TIMED_OUT", "message": str(error), "remediation": "hatch run doctor"}
