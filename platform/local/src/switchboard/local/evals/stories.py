"""A case with a story: on the board, its Status set as a person does, and what came of it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from switchboard.local.bus import Tail
from switchboard.local.crew.backlog import BacklogError, read_answers
from switchboard.local.crew.chain import follow_chain
from switchboard.local.crew.feedback import GiveFeedback
from switchboard.local.crew.outcome import Node, nodes
from switchboard.local.crew.records import PlatformRecords
from switchboard.local.evals.dataset import Case, Story
from switchboard.local.evals.problems import CaseError
from switchboard.local.evals.repository import Repository
from switchboard.local.evals.seen import Seen
from switchboard.local.evals.world import GatewayJournal, Made, World
from switchboard.local.journey import FollowStory, Journey, StoryTimeoutError
from switchboard.local.notion.client import LocalWorkspace

ADDRESSES = {"Prototype", "Pull Request", "Feedback Database", "Artifacts"}
"""Properties of a story that hold a web address."""


@dataclass(frozen=True)
class RunStory:
    """Run a case on the platform; `timeout` is for one run of an agent."""

    board: LocalWorkspace
    tail: Tail
    records: PlatformRecords
    world: World
    repository: Repository
    journal: GatewayJournal
    datasets: Path
    timeout: float = 120
    clock: Callable[[], float] = time.monotonic

    def __call__(self, case: Case, trigger: str) -> Seen:
        """What was seen.

        Raises:
            CaseError: something before the run itself did not work.
        """
        story = case.story
        if story is None:
            raise CaseError("the case has no story")
        page = self._page(story, case.id)
        self._prepare(story, str(page["id"]))
        before = self.world.before(str(page["id"]))
        begun = self.clock()
        try:
            journey = self._follow(str(page["id"]), story.title, trigger)
        except StoryTimeoutError as error:
            timed_out = {"code": "TIMED_OUT", "message": str(error)}
            return Seen("timed out", timed_out, seconds=self.clock() - begun, url=page["url"])
        seconds = self.clock() - begun
        tree = self.records.tree(journey.invocation_id) if journey.invocation_id else {}
        artifacts = [item for node, _ in nodes(tree) for item in node["output_artifacts"] or []]
        runs = {str(node["invocation_id"]).lower() for node, _ in nodes(tree)}
        made = self.world.made(str(page["id"]), before, artifacts, runs)
        return self._seen(case, journey, tree, made, (seconds, str(page["url"])))

    def _seen(
        self, case: Case, journey: Journey, tree: Node, made: Made, told: tuple[float, str]
    ) -> Seen:
        error = tree.get("error") or (journey.ended if "remediation" in journey.ended else {})
        wants_tests = any(check.needs_tests for check in case.goal)
        summary = str(tree.get("output_summary") or "")
        return Seen(
            status=journey.terminal_status,
            error={key: str(error.get(key, "")) for key in ("code", "message", "remediation")}
            if error
            else {},
            artifacts=list(tree.get("output_artifacts") or []),
            texts={**made.texts, **({"summary": summary} if summary else {})},
            calls=[
                call
                for node, _ in nodes(tree)
                for call in self.journal.calls(invocation_id=node["invocation_id"])
            ],
            effects=frozenset(made.effects),
            columns=made.columns,
            tests=self.repository.run_tests(made.pulls[0]) if wants_tests and made.pulls else None,
            seconds=told[0],
            cost=sum((Decimal(node["cost_usd"]) for node, _ in nodes(tree)), Decimal(0)),
            flow=journey.correlation_id,
            url=told[1],
        )

    def _page(self, story: Story, name: str) -> dict[str, Any]:
        page = self.board.create_story(story.title, story.body, story.acceptance_criteria)
        given = dict(story.properties)
        if story.pull_request is not None:
            branch = f"people/{name}-{str(page['id'])[:8]}"
            pull = self.repository.open_pull(story.pull_request, branch)
            given["Pull Request"] = str(pull["html_url"])
        if given:
            values = {
                key: {"url": text} if key in ADDRESSES else {"rich_text": _items(text)}
                for key, text in given.items()
            }
            self.board.set_properties(str(page["id"]), values)
        return page

    def _prepare(self, story: Story, page_id: str) -> None:
        """What happens on the page before: earlier agents, people who give feedback."""
        databases: list[str] = []
        for trigger in story.before:
            try:
                journey = self._follow(page_id, story.title, trigger)
            except StoryTimeoutError as error:
                raise CaseError(f'before it, "{trigger}" did not end: {error}') from error
            if journey.terminal_status != "completed":
                told = journey.ended.get("error") or journey.ended
                raise CaseError(f'before it, "{trigger}" {journey.terminal_status}: {told}')
            databases += [
                item["metadata"]["database_id"]
                for item in journey.ended["output_artifacts"]
                if item["type"] == "notion_database"
            ]
        if story.feedback:
            self._feedback(story.feedback, page_id, databases)

    def _feedback(self, file: str, page_id: str, databases: list[str]) -> None:
        if not databases:
            raise CaseError("nothing before it has made a feedback database")
        try:
            answers = read_answers(self.datasets / file)
        except (BacklogError, OSError) as error:
            raise CaseError(f"its feedback cannot be read: {error}") from error
        GiveFeedback(self.board)(databases[-1], page_id, answers)

    def _follow(self, page_id: str, title: str, trigger: str) -> Journey:
        follow = FollowStory(self.board, self.tail, lambda *_: None, self.clock)
        journey = follow(page_id, title, trigger, self.timeout)
        follow_chain(journey, self.tail, self.timeout, self.clock)
        return journey


def _items(text: str) -> list[dict[str, Any]]:
    return [{"text": {"content": text}}]
