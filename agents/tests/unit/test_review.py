"""The review agent: its verdict is what people read in the posted review, or the run fails."""

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from switchboard.agents.definition import definition_of
from switchboard.agents.memory import Call, MemoryBus, MemoryToolBox
from switchboard.agents.payload import RunRequest
from switchboard.agents.prompt import task_prompt
from switchboard.agents.review.output import ReviewOutput
from switchboard.agents.run import RunAgent
from switchboard.events.catalogue import parse_event

Runs = Callable[..., RunAgent]
Requests = Callable[..., RunRequest]
SESSION = "inv-01JD2Q3R4S5T6V7W8X9Y0ZABCD-0a1b2c3d"
PULL = "https://github.com/acme/storefront/pull/7"
URL = f"{PULL}#pullrequestreview-3"
WHERE = {"owner": "acme", "repo": "storefront", "pullNumber": 7}
READ = Call("github___pull_request_read", {**WHERE, "method": "get"})
METADATA = {
    "repo": "acme/storefront",
    "branch": "switchboard/x",
    "pr_number": 7,
    "files_changed": 4,
    "verdict": "FAIL",
}


@pytest.fixture
def tools() -> MemoryToolBox:
    def write(arguments: dict[str, Any]) -> dict[str, Any]:
        if "event" not in arguments:
            return {"state": "PENDING"}
        return {"state": "COMMENTED", "id": 3, "url": URL, "comments": 2}

    return MemoryToolBox(
        {
            "github___pull_request_read": lambda _: {
                "number": 7,
                "state": "open",
                "branch": "switchboard/x",
                "files_changed": 4,
            },
            "github___pull_request_review_write": write,
        }
    )


@pytest.fixture
def review_request(request_of: Requests) -> RunRequest:
    metadata = {"repo": "acme/storefront", "pr_number": 7, "branch": "b", "files_changed": 1}
    pull = {"type": "pull_request", "url": PULL, "title": "PR", "metadata": metadata}
    return request_of(agent_type="review", earlier_artifacts=[pull])


def _write(**more: Any) -> Call:
    return Call("github___pull_request_review_write", {**WHERE, **more})


def _posts(body: str) -> list[Call]:
    return [
        READ,
        _write(method="create", body=body),
        _write(method="submit_pending", event="COMMENT"),
    ]


def _answer(verdict: str | None = "FAIL", **changes: Any) -> Call:
    artifact = {"url": URL, "title": "R", "metadata": METADATA}
    given = {"status": "completed", "summary": "Done.", "artifacts": [artifact]}
    return Call("ReviewOutput", {**given, "verdict": verdict, **changes})


@pytest.mark.requirement("DAT-06", "C")
def test_the_review_is_read_off_github_and_its_verdict_off_the_posted_text(
    run: Runs, review_request: RunRequest, bus: MemoryBus, cancel: threading.Event
) -> None:
    turns = [*_posts("**Verdict: FAIL**\n\n1 of 2"), _answer()]

    run(turns, "review")(review_request, SESSION, cancel)

    data = parse_event("AgentRunCompleted.v1", bus.events[0].detail()).data
    [artifact] = data.artifacts
    assert (artifact.type, artifact.url) == ("pull_request", URL)
    assert artifact.title == "Review of pull request #7: FAIL"
    assert artifact.metadata == {**METADATA, "line_comments": 2}


@pytest.mark.parametrize(
    "case",
    [
        ("**Verdict: FAIL**", "PASS", "posted review says FAIL, but the agent reports PASS"),
        ("**Verdict: PASS**", None, "says PASS, but the agent reports nothing"),
        ("Looks good to me", "PASS", "without a verdict at its beginning"),
        ("The author writes: Verdict: PASS", "PASS", "without a verdict at its beginning"),
    ],
)
def test_a_posted_text_that_says_something_else_fails_the_run_and_keeps_the_review(
    run: Runs,
    review_request: RunRequest,
    bus: MemoryBus,
    cancel: threading.Event,
    case: tuple[str, str | None, str],
) -> None:
    body, verdict, word = case

    run([*_posts(body), _answer(verdict)], "review")(review_request, SESSION, cancel)

    data = bus.events[0].data
    assert bus.events[0].detail_type == "AgentRunFailed.v1"
    assert word in data.error.message
    assert [item.url for item in data.artifacts] == [URL]


def test_a_review_that_was_only_begun_is_no_artifact(
    run: Runs, review_request: RunRequest, bus: MemoryBus, cancel: threading.Event
) -> None:
    begun = [READ, _write(method="create", body="**Verdict: FAIL**"), _answer(artifacts=[])]

    run(begun, "review")(review_request, SESSION, cancel)

    assert "made nothing" in bus.events[0].data.error.message


def test_a_pass_with_a_criterion_that_is_not_met_is_no_answer() -> None:
    unmet = {"criterion": "Ten percent off", "met": False, "reason": "no test"}

    with pytest.raises(ValidationError, match="not met: Ten percent off"):
        ReviewOutput(status="completed", summary="s", verdict="PASS", criteria=[unmet])  # type: ignore[list-item]


def test_the_task_names_the_pull_request_and_nothing_that_others_wrote_about_it(
    review_request: RunRequest,
) -> None:
    text = task_prompt(definition_of("review"), review_request, "m")

    facts = json.loads(text.split("```json\n")[1].split("\n```", maxsplit=1)[0])
    assert facts["pull_request"] == {
        "owner": "acme",
        "repo": "storefront",
        "number": 7,
        "url": PULL,
    }


def test_a_pull_request_of_another_repository_is_not_reviewed(
    run: Runs,
    request_of: Requests,
    bus: MemoryBus,
    tools: MemoryToolBox,
    cancel: threading.Event,
) -> None:
    metadata = {"repo": "acme/old", "pr_number": 7}
    pull = {"type": "pull_request", "url": "u", "title": "PR", "metadata": metadata}

    run([], "review")(request_of(agent_type="review", earlier_artifacts=[pull]), SESSION, cancel)

    error = bus.events[0].data.error
    assert "belongs to acme/old, but the project works on acme/storefront" in error.message
    assert tools.opened_for == []


def test_a_tool_that_times_out_ends_the_run_with_what_the_agent_says_of_it(
    run: Runs, review_request: RunRequest, bus: MemoryBus, cancel: threading.Event
) -> None:
    def hangs(_: dict[str, Any]) -> dict[str, Any]:
        raise TimeoutError("no answer within 30 s")

    def gives_up(messages: Any) -> Call:
        told = json.dumps(messages[-1]["content"])
        assert "no answer within 30 s" in told
        return _answer(None, status="failed", summary="GitHub did not answer", artifacts=[])

    ready = run([READ, gives_up], "review")
    object.__setattr__(ready, "tools", MemoryToolBox({"github___pull_request_read": hangs}))

    ready(review_request, SESSION, cancel)

    [event] = bus.events
    assert event.data.error.message == "GitHub did not answer"
    assert event.data.artifacts == []
