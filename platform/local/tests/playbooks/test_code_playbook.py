"""The offline model as the code agent: an honest pull request, or an honest failure."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from switchboard.local.playbooks.story import Story, read_story


def _titled(title: str, body: str) -> Story:
    return read_story({"title": title}, body, page_id="p")


@pytest.fixture
def story(story_of: Callable[[str], Story]) -> Story:
    return story_of("Discount at checkout")


def test_a_story_becomes_a_pull_request(
    talk: Any, code_tools: Any, prompt_for: Any, story: Story
) -> None:
    run = talk("code", code_tools)

    final = run.run(prompt_for(story))

    assert final.structured["status"] == "completed"
    [artifact] = final.structured["artifacts"]
    assert artifact["url"] == "https://github.com/acme/storefront/pull/7"
    assert artifact["metadata"]["pr_number"] == 7
    assert [name for name, _ in run.calls] == [
        "notion-fetch",
        "get_file_contents",
        "get_file_contents",
        "get_file_contents",
        "execute_code",
        "create_branch",
        "push_files",
        "create_pull_request",
    ]


def test_what_is_pushed_is_what_was_tested(
    talk: Any, code_tools: Any, prompt_for: Any, story: Story
) -> None:
    run = talk("code", code_tools)
    run.run(prompt_for(story))

    [tested], [pushed] = run.called("execute_code"), run.called("push_files")
    beside = {"path": "pyproject.toml", "content": 'pythonpath = ["src"]'}
    assert tested["files"] == [*pushed["files"], beside]
    assert pushed["branch"] == "switchboard/01jd2q3r4s5t6v7w8x9y0zabcd"


def test_the_description_holds_criteria_proof_output_page_and_model(
    talk: Any, code_tools: Any, prompt_for: Any, story: Story
) -> None:
    run = talk("code", code_tools)
    run.run(prompt_for(story))

    [opened] = run.called("create_pull_request")
    body = opened["body"]
    assert opened["base"] == "trunk"
    assert "- [x] Orders above 100 EUR get a 10 % discount" in body
    assert "`test_ac1_orders_above_100_eur_get_a_10_discount__above_the_threshold`" in body
    assert "5 passed in 0.01s" in body
    assert "22222222-2222-4222-8222-222222222222" in body
    assert "https://www.notion.so/2222" in body
    assert "offline playbook" in body


@pytest.mark.parametrize("draft", [True, False])
def test_the_strategy_decides_whether_it_is_a_draft(
    talk: Any, code_tools: Any, prompt_for: Any, story: Story, draft: bool
) -> None:
    run = talk("code", code_tools)
    run.run(prompt_for(story, pull_request_draft=draft))

    assert run.called("create_pull_request")[0]["draft"] is draft


def test_an_unknown_kind_of_story_is_a_draft_that_says_so(
    talk: Any, code_tools: Any, prompt_for: Any
) -> None:
    run = talk("code", code_tools)
    story = _titled("Friendly tone", "- The tone is friendly")

    final = run.run(prompt_for(story, pull_request_draft=False))

    [opened] = run.called("create_pull_request")
    assert opened["draft"] is True
    assert "only a scaffold" in opened["body"]
    assert "- [ ] The tone is friendly" in opened["body"]
    assert "only a scaffold" in final.structured["summary"]


def test_text_of_the_story_mentions_and_links_nobody(
    talk: Any, code_tools: Any, prompt_for: Any
) -> None:
    run = talk("code", code_tools)
    run.run(
        prompt_for(_titled("Ask @octocat", "- Code SAVE20 <img src=x> gives 20% off #1 @octocat"))
    )

    body = run.called("create_pull_request")[0]["body"]
    assert "\\@octocat" in body
    assert " @octocat" not in body
    assert "<img" not in body


def test_failing_tests_end_the_run_with_their_output(
    talk: Any, code_tools: Any, prompt_for: Any, story: Story
) -> None:
    code_tools["execute_code"] = lambda _: {"exit_code": 1, "stdout": "1 failed", "stderr": "boom"}
    run = talk("code", code_tools)

    final = run.run(prompt_for(story))

    assert final.structured["status"] == "failed"
    assert "1 failed" in final.structured["summary"]
    assert final.text.startswith("FAILED")
    assert run.called("create_branch") == []


def test_a_sandbox_without_pytest_gets_it(
    talk: Any, code_tools: Any, prompt_for: Any, story: Story
) -> None:
    answers = iter([{"exit_code": 1, "stdout": "", "stderr": "No module named pytest"}])
    good = code_tools["execute_code"]
    outcomes: dict[int, Any] = {}

    def execute(arguments: Any) -> Any:
        outcomes.setdefault(len(outcomes), next(answers, None) or good(arguments))
        return outcomes[len(outcomes) - 1]

    code_tools["execute_code"] = execute
    run = talk("code", code_tools)

    assert run.run(prompt_for(story)).structured["status"] == "completed"
    assert run.called("install_package") == [{"name": "pytest"}]


@pytest.mark.parametrize(
    "tool",
    ["get_file_contents", "execute_code", "create_branch", "push_files", "create_pull_request"],
)
def test_a_refused_tool_ends_the_run_with_its_reason(
    talk: Any, code_tools: Any, prompt_for: Any, story: Story, refused: Any, tool: str
) -> None:
    code_tools[tool] = refused

    final = talk("code", code_tools).run(prompt_for(story))

    assert final.structured["status"] == "failed"
    assert "GitHub says no. Ask somebody else." in final.structured["summary"]
    assert final.structured["artifacts"] == []


def test_a_page_that_cannot_be_read_is_noted_and_does_not_stop_the_work(
    talk: Any, code_tools: Any, prompt_for: Any, story: Story, refused: Any
) -> None:
    code_tools["notion-fetch"] = refused
    run = talk("code", code_tools)

    assert run.run(prompt_for(story)).structured["status"] == "completed"
    assert "could not be read" in run.called("create_pull_request")[0]["body"]


def test_a_project_without_repository_is_told_what_to_do(
    talk: Any, code_tools: Any, prompt_for: Any, story: Story
) -> None:
    final = talk("code", code_tools).run(prompt_for(story, repository=None))

    assert final.structured["status"] == "failed"
    assert "GitHub Repo" in final.structured["summary"]


@pytest.mark.parametrize("build_file", ["", '[tool.pytest.ini_options]\npythonpath = ["src"]\n'])
def test_the_program_for_the_sandbox_really_runs_the_tests(
    talk: Any, code_tools: Any, prompt_for: Any, story: Story, tmp_path: Path, build_file: str
) -> None:
    entries = [{"path": "pyproject.toml"}] if build_file else []
    answers = {"": {"entries": entries}, "pyproject.toml": {"content": build_file}}

    def execute(arguments: Any) -> Any:
        for file in arguments["files"]:
            place = tmp_path / file["path"]
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(file["content"])
        done = subprocess.run(
            [sys.executable, "-c", arguments["code"]],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        return {"exit_code": done.returncode, "stdout": done.stdout, "stderr": done.stderr}

    code_tools["execute_code"] = execute
    code_tools["get_file_contents"] = lambda a: answers[a["path"]]
    run = talk("code", code_tools)

    run.run(prompt_for(story))

    body = run.called("create_pull_request")[0]["body"]
    assert "syntax check: " in body
    assert " passed in " in body


def test_the_summary_counts_what_pytest_says_has_passed(
    talk: Any, code_tools: Any, prompt_for: Any, story: Story
) -> None:
    final = talk("code", code_tools).run(prompt_for(story))

    assert "with 5 passing tests" in final.structured["summary"]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            "- The tone is friendly",
            "1 of 2 acceptance criteria are met; not implemented: criterion 2.",
        ),
        ("- The tone is friendly\n- It is fun", "not implemented: criteria 2 and 3."),
    ],
)
def test_the_summary_names_the_criteria_that_are_open(
    talk: Any, code_tools: Any, prompt_for: Any, more: str, said: str
) -> None:
    story = _titled("Discount", f"- Orders over 100 EUR get 10 % off\n{more}")

    final = talk("code", code_tools).run(prompt_for(story))

    assert said in final.structured["summary"]
