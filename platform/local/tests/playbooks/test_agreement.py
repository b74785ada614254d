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


def _request(**story: Any) -> RunRequest:
    return RunRequest.model_validate(
        {
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
