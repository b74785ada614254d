"""The playbooks understand the prompts that the agents really write."""

import warnings
from typing import Any

import pytest

with warnings.catch_warnings():
    # bedrock-agentcore 1.25 has a pydantic v1 style class; warnings are errors in our suites.
    warnings.simplefilter("ignore", DeprecationWarning)
    agents = pytest.importorskip("switchboard.agents.prompt")

from switchboard.agents.definition import definition_of
from switchboard.agents.payload import RunRequest
from switchboard.local.playbooks.brief import read_brief
from switchboard.local.playbooks.variants.choosing import variants_of


def _request(*, earlier: tuple[dict[str, Any], ...] = (), **story: Any) -> RunRequest:
    return RunRequest.model_validate(
        {
            "earlier_artifacts": list(earlier),
            "invocation_id": "01JD2Q3R4S5T6V7W8X9Y0ZABCD",
            "agent_type": "code",
            "project_id": "proj-demo",
            "workspace_id": "w",
            "notion_page_id": "page",
            "session_id": "s",
            "correlation_id": "c",
            "story": {"title": "Discount", **story},
            "project": {"github_repo": "acme/storefront"},
            "budget": {"cost_limit_per_invocation": "1.00"},
        }
    )


def test_facts_title_criteria_and_body_arrive_whole() -> None:
    request = _request(
        acceptance_criteria=["Ten percent off"],
        content_markdown='Text with ```json\n{"a": 1}\n``` and "quotes" ✓',
        url="https://www.notion.so/page",
    )

    brief = read_brief(agents.task_prompt(definition_of("code"), request, "offline.playbook"))

    assert brief.fact("repository") == "acme/storefront"
    assert brief.fact("work_branch") == request.work_branch
    assert brief.story.title == "Discount"
    assert brief.story.criteria == ("Ten percent off",)
    assert brief.story.body == request.story.content_markdown
    assert brief.model_note == "offline playbook"


def test_without_criteria_they_are_read_from_the_body() -> None:
    request = _request(content_markdown="## Acceptance criteria\n- one\n- two")

    brief = read_brief(agents.task_prompt(definition_of("code"), request, "m"))

    assert brief.story.criteria == ("one", "two")
    assert brief.model_note == "m"


def test_text_in_another_form_is_taken_as_the_story() -> None:
    brief = read_brief("Please make a contact form\n- name and email are required")

    assert brief.story.title == "Please make a contact form"
    assert brief.story.criteria == ("name and email are required",)


def test_the_pull_request_to_review_and_the_specification_arrive() -> None:
    pull = {
        "type": "pull_request",
        "url": "https://github.com/acme/storefront/pull/7",
        "title": "PR",
        "metadata": {"repo": "acme/storefront", "pr_number": 7},
    }
    page = {
        "type": "notion_page",
        "url": "https://www.notion.so/spec",
        "title": "S",
        "metadata": {"page_type": "spec", "page_id": "s"},
    }
    request = _request(earlier=(pull, page))

    review = read_brief(agents.task_prompt(definition_of("review"), request, "m"))
    code = read_brief(agents.task_prompt(definition_of("code"), request, "m"))

    assert (review.about("pull_request")["owner"], review.about("pull_request")["number"]) == (
        "acme",
        7,
    )
    assert code.about("specification") == {"page_id": "s", "url": "https://www.notion.so/spec"}
    assert (
        read_brief(agents.task_prompt(definition_of("code"), _request(), "m")).about(
            "specification"
        )
        == {}
    )


@pytest.mark.parametrize(
    ("value", "names"),
    [
        (3, ["", "", ""]),
        ("wizard, dashboard", ["wizard", "dashboard"]),
        ("1. wizard\n2. cards\n3. table\n4. list\n5. more", ["wizard", "cards", "table", "list"]),
        (["wizard", "cards", "table"], ["wizard", "cards", "table"]),
        ("wizard", ["wizard", ""]),
    ],
)
def test_agent_and_playbook_count_the_variants_alike(value: Any, names: list[str]) -> None:
    request = _request(properties={"Variants": value})

    brief = read_brief(agents.task_prompt(definition_of("a_b_test"), request, "m"))

    found = variants_of(brief)
    assert [item.name for item in found] == names
    assert [item.letter for item in found] == ["A", "B", "C", "D"][: len(names)]
    assert len({item.layout for item in found}) == len(found)
