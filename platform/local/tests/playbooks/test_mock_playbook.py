"""The offline model as the mock agent: a page that was checked, or an honest failure."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from switchboard.local.playbooks.story import Story, read_story


@pytest.fixture
def story(story_of: Callable[[str], Story]) -> Story:
    return story_of("Contact form")


def test_a_story_becomes_a_prototype_with_a_screenshot(
    talk: Any, mock_tools: Any, prompt_for: Any, story: Story
) -> None:
    run = talk("mock", mock_tools)

    final = run.run(prompt_for(story))

    [artifact] = final.structured["artifacts"]
    host = "https://d111.cloudfront.net/01JD2Q3R4S5T6V7W8X9Y0ZABCD"
    assert artifact["url"] == f"{host}/index.html"
    assert artifact["expires_at"] == "2026-12-01T00:00:00Z"
    assert artifact["metadata"] == {
        "s3_key": "01JD2Q3R4S5T6V7W8X9Y0ZABCD/index.html",
        "cloudfront_url": f"{host}/index.html",
        "expiry_days": 5,
        "screenshot_url": f"{host}/screenshot.png",
    }
    assert "rendered in a browser" in final.structured["summary"]
    assert "offline playbook" in final.structured["summary"]


def test_the_page_that_was_checked_is_the_one_uploaded(
    talk: Any, mock_tools: Any, prompt_for: Any, story: Story
) -> None:
    run = talk("mock", mock_tools)
    run.run(prompt_for(story))

    uploads = run.called("s3_upload_prototype")
    assert [item["path"] for item in uploads] == ["index.html", "screenshot.png"]
    assert [item["sandbox_path"] for item in uploads] == ["index.html", "screenshot.png"]
    assert {item["expiry_days"] for item in uploads} == {5}


def test_a_sandbox_that_has_ended_does_not_stop_the_upload(
    talk: Any, mock_tools: Any, prompt_for: Any, story: Story, refused: Any
) -> None:
    upload = mock_tools["s3_upload_prototype"]
    mock_tools["s3_upload_prototype"] = lambda a: upload(a) if "content" in a else refused(a)
    run = talk("mock", mock_tools)

    final = run.run(prompt_for(story))

    assert final.structured["status"] == "completed"
    assert final.structured["artifacts"][0]["metadata"]["screenshot_url"] is None


def test_without_a_browser_the_summary_says_so(
    talk: Any, mock_tools: Any, prompt_for: Any, story: Story
) -> None:
    report = {"parsed": True, "rendered": False, "screenshot": False, "reason": "no browser"}
    mock_tools["execute_code"] = lambda _: {"exit_code": 0, "stdout": json.dumps(report)}
    run = talk("mock", mock_tools)

    final = run.run(prompt_for(story))

    assert "not rendered: no browser" in final.structured["summary"]
    assert [item["path"] for item in run.called("s3_upload_prototype")] == ["index.html"]


def test_a_page_that_does_not_hold_is_not_uploaded(
    talk: Any, mock_tools: Any, prompt_for: Any, story: Story
) -> None:
    report = {"parsed": False, "reason": "external address in src: //evil"}
    mock_tools["execute_code"] = lambda _: {"exit_code": 1, "stdout": json.dumps(report)}
    run = talk("mock", mock_tools)

    final = run.run(prompt_for(story))

    assert final.structured["status"] == "failed"
    assert "//evil" in final.structured["summary"]
    assert run.called("s3_upload_prototype") == []


@pytest.mark.parametrize("tool", ["execute_code", "s3_upload_prototype", "s3_generate_url"])
def test_a_refused_tool_ends_the_run_with_its_reason(
    talk: Any, mock_tools: Any, prompt_for: Any, story: Story, refused: Any, tool: str
) -> None:
    mock_tools[tool] = refused

    final = talk("mock", mock_tools).run(prompt_for(story))

    assert final.structured["status"] == "failed"
    assert "Ask somebody else" in final.structured["summary"]


def test_an_unknown_kind_of_story_is_a_walk_and_says_so(
    talk: Any, mock_tools: Any, prompt_for: Any
) -> None:
    sent: list[Mapping[str, Any]] = []
    check = mock_tools["execute_code"]
    mock_tools["execute_code"] = lambda a: sent.append(a) or check(a)
    story = read_story({"title": "Tone"}, "- The tone is friendly")

    final = talk("mock", mock_tools).run(prompt_for(story))

    assert "nothing is simulated" in final.structured["summary"]
    assert "The tone is friendly" in sent[0]["files"][0]["content"]
