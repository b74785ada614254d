"""The loop of `demo --full` on a real platform: seven agents and the people between them."""

import re
from collections.abc import Iterator
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import pytest

from switchboard.local.access import Access
from switchboard.local.bus import LocalBus
from switchboard.local.crew.backlog import Story, read_backlog
from switchboard.local.crew.feedback import GiveFeedback
from switchboard.local.crew.loop import RunLoop
from switchboard.local.crew.outcome import StepRun, StoryRun
from switchboard.local.crew.records import PlatformRecords
from switchboard.local.crew.steps import LOOP
from switchboard.local.evals.repository import Repository
from switchboard.local.journey import FollowStory
from switchboard.local.notion.client import LocalWorkspace
from switchboard.local.notion.seed import DASHBOARD_DATABASE
from switchboard.local.settings import LocalSettings

FEEDBACK = {
    "Title": "title",
    "Respondent": "rich_text",
    "Demo Deck": "relation",
    "User Story": "relation",
    "Overall Rating": "number",
    "Clarity Rating": "number",
    "Desirability Rating": "number",
    "Open Feedback": "rich_text",
    "Would Use": "select",
    "Top Concern": "rich_text",
    "Submitted At": "date",
}
"""F9 of the requirements."""


class Quiet:
    """Nobody watches."""

    def begun(self, run: StoryRun) -> None:
        """Said nothing."""

    def step(self, run: StepRun, *, last: bool) -> None:
        """Said nothing."""


@pytest.fixture(scope="module")
def story() -> Story:
    return read_backlog()[-1]


@pytest.fixture(scope="module")
def records(access: Access, board: LocalWorkspace) -> PlatformRecords:
    return PlatformRecords(access, board.project_id)


@pytest.fixture(scope="module")
def loop(board: LocalWorkspace, bus: LocalBus, records: PlatformRecords, story: Story) -> StoryRun:
    """The whole loop of one story; every test looks at another part of it."""
    with bus.tail() as tail:
        return RunLoop(board, GiveFeedback(board), records, tail, Quiet())(story)


@pytest.fixture(scope="module")
def repository(settings: LocalSettings) -> Iterator[Repository]:
    reached = Repository.of(settings)
    yield reached
    reached.close()


def made(loop: StoryRun, trigger: str, kind: str) -> dict[str, Any]:
    """The artifact of a kind that a step made."""
    step = next(step for step in loop.steps if step.step.trigger == trigger)
    return next(artifact for artifact in step.artifacts if artifact["type"] == kind)


def pages_below(board: LocalWorkspace, page_id: str) -> dict[str, str]:
    """The text of each page below a story, by its title without the story's."""
    return {
        block["child_page"]["title"].partition(":")[0]: board.markdown(block["id"])
        for block in board.children(page_id)
        if block["type"] == "child_page"
    }


def answers(board: LocalWorkspace, loop: StoryRun) -> list[dict[str, str]]:
    """What people entered into the feedback database, as plain text."""
    database = made(loop, "Generate Demo Deck", "notion_database")["metadata"]["database_id"]
    return [
        {name: plain(value) for name, value in row["properties"].items()}
        for row in board.rows(board.data_source_of(database)["id"])
    ]


def plain(value: dict[str, Any]) -> str:
    """A property's value as text."""
    content = value[value["type"]]
    if isinstance(content, list):
        return "".join(part.get("plain_text", "") for part in content)
    return str(content)


def page_of(artifact: dict[str, Any]) -> str:
    return str(artifact["metadata"]["page_id"])


def test_a_story_goes_through_all_seven_agents_on_one_page_and_the_books_agree(
    loop: StoryRun, records: PlatformRecords
) -> None:
    assert {step.step.trigger: step.problem for step in loop.steps if not step.ok} == {}
    assert loop.receipts == 7
    books = records.books()
    assert books.agree, books.told()
    assert Decimal(books.ledger_total) >= loop.cost > 0


@pytest.mark.requirement("AGT-11", "E")
def test_the_deck_leads_from_the_problem_to_the_prototype_and_a_call_to_action(
    loop: StoryRun, board: LocalWorkspace
) -> None:
    prototype = made(loop, "Generate Prototype", "prototype")["url"]
    deck = board.markdown(page_of(made(loop, "Generate Demo Deck", "notion_page")))
    below = pages_below(board, loop.page_id)
    feedback = made(loop, "Generate Demo Deck", "notion_database")["url"]

    parts = [below[title] for title in re.findall(r"^\d\. \[(.+?)\]\(", deck, re.MULTILINE)]

    assert deck.startswith(f"**[Open the prototype]({prototype})**")
    assert len(parts) == 4
    assert "Why does it matter?" in parts[0]
    assert "What people will notice" in parts[1]
    assert prototype in parts[2]
    assert f"**[Give your feedback]({feedback})**" in parts[3]
    assert not re.search(r"\b(?:API|JSON|pytest|repository|endpoint)\b", deck + "".join(parts))


@pytest.mark.requirement("AGT-12", "E")
def test_the_deck_brings_a_feedback_database_and_asks_for_desirability_clarity_and_concerns(
    loop: StoryRun, board: LocalWorkspace
) -> None:
    database = made(loop, "Generate Demo Deck", "notion_database")["metadata"]["database_id"]
    questions = pages_below(board, loop.page_id)["Tell us what you think"]

    columns = board.data_source_of(database)["properties"]

    assert {name: column["type"] for name, column in columns.items()} == FEEDBACK
    for asked in ("**Desirability Rating**: How much", "**Clarity Rating**: How clear"):
        assert asked in questions
    assert "**Top Concern**: What is your main concern" in questions


@pytest.mark.requirement("AGT-15", "E")
def test_the_report_counts_what_people_answered_and_quotes_them_letter_for_letter(
    loop: StoryRun, board: LocalWorkspace, story: Story
) -> None:
    report = board.markdown(page_of(made(loop, "Synthesize Feedback", "insight_report")))
    ratings = [int(answer["Overall Rating"]) for answer in answers(board, loop)]
    said = {answer["Open Feedback"] for answer in answers(board, loop)}

    quotes = re.findall(r"^> “(.+)”$", report, re.MULTILINE)

    assert len(ratings) == len(story.answers)
    assert f"{len(ratings)} responses" in report
    mean = (Decimal(sum(ratings)) / len(ratings)).quantize(Decimal("0.1"), ROUND_HALF_EVEN)
    assert f"| Overall Rating | {len(ratings)} | {mean} |" in report
    assert quotes
    assert all(any(quote in text for text in said) for quote in quotes)
    for part in ("## Over time", "## Themes", "## Recommendations\n\n1. "):
        assert part in report
    assert (
        next(step for step in loop.steps if step.step.agent_type == "insight").tree["children"]
        == []
    )


def test_the_review_judges_each_criterion_and_decides_nothing(
    loop: StoryRun, repository: Repository, story: Story
) -> None:
    number = made(loop, "Review Code", "pull_request")["metadata"]["pr_number"]
    criteria = re.findall(r"^- (.+)$", story.body, re.MULTILINE)

    (review,) = repository.reviews(number)

    assert review["state"] == "COMMENTED"
    assert re.match(r"\*\*Verdict: (?:PASS|FAIL)\*\*", review["body"])
    judged = re.findall(r"^\d+\. \*\*(?:Met|Not met):\*\* (.+)$", review["body"], re.MULTILINE)
    assert judged == criteria
    assert "### Suggestions" in review["body"]
    step = next(step for step in loop.steps if step.step.agent_type == "review")
    assert step.tree["children"] == []


@pytest.mark.requirement("AGT-17", "E")
def test_what_a_pull_request_leaves_open_is_commented_on_its_line_and_fails_the_review(
    board: LocalWorkspace, bus: LocalBus, records: PlatformRecords, repository: Repository
) -> None:
    beyond = "The cart icon of the mobile app wiggles and plays a sound"
    body = (
        f"## Acceptance criteria\n\n- The code SAVE10 takes 10 % off the order total\n- {beyond}\n"
    )
    steps = [step for step in LOOP if step.agent_type in {"code", "review"}]

    with bus.tail() as tail:
        go = RunLoop(board, GiveFeedback(board), records, tail, Quiet(), steps)
        run = go(Story("A code and a wiggle", body, ()))

    pull = repository.texts(made(run, "Review Code", "pull_request")["metadata"]["pr_number"])
    (remark,) = [text for name, text in pull.items() if name.startswith("line comment: tests/")]
    assert remark.startswith("**Not met.**")
    assert beyond in remark
    (verdict,) = [text for name, text in pull.items() if name.startswith("review: ")]
    assert verdict.startswith("**Verdict: FAIL**")
    assert "### Suggestions" in verdict


@pytest.mark.requirement("AGT-14", "E")
def test_a_further_page_and_a_further_database_are_read_as_well(
    loop: StoryRun, board: LocalWorkspace, bus: LocalBus
) -> None:
    said = "\n\n".join(answer["Open Feedback"] for answer in answers(board, loop))
    notes = board.create_story("Notes from the shop floor", said)
    sources = f"{notes['url']} and {DASHBOARD_DATABASE}"
    text = {"rich_text": [{"type": "text", "text": {"content": sources}}]}
    board.set_properties(loop.page_id, {"Related Sources": text})

    with bus.tail() as tail:
        journey = FollowStory(board, tail, lambda *_: None)(
            loop.page_id, loop.title, "Synthesize Feedback", 90
        )

    (report,) = [a for a in journey.ended["output_artifacts"] if a["type"] == "insight_report"]
    _, _, further = board.markdown(page_of(report)).partition("## Further sources")
    lines = further.partition("\n## ")[0].strip().splitlines()
    assert report["metadata"]["response_count"] == len(answers(board, loop))
    assert any("Notes from the shop floor" in line and "also speaks of" in line for line in lines)
    assert any(re.search(r"Executions.* \((\d+) rows\)", line) for line in lines), lines
