"""What people see of the workspace."""

import httpx

from switchboard.local.notion.client import LocalWorkspace
from switchboard.local.notion.seed import Workspace

EVIL = '<script>alert("x")</script><img src=x onerror=alert(1)>'


def test_nothing_from_a_story_becomes_markup(http: httpx.Client, board: LocalWorkspace) -> None:
    story = board.create_story(
        EVIL, f"{EVIL}\n\n[go](javascript:alert(1)) ![p](https://x.example/p)"
    )
    board.set_properties(story["id"], {"Artifacts": {"url": "javascript:alert(1)"}})
    body = {"parent": {"page_id": story["id"]}, "rich_text": [{"text": {"content": EVIL}}]}
    http.post("/v1/comments", json=body)

    for path in ("/", f"/p/{story['id']}", "/executions"):
        page = http.get(path)
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "<img" not in page.text
        assert 'href="javascript:' not in page.text
        assert "script-src 'self'" in page.headers["content-security-policy"]
    assert "&lt;script&gt;alert" in http.get(story["url"]).text


def test_a_story_stands_in_the_column_of_its_status_and_links_open(
    http: httpx.Client, board: LocalWorkspace
) -> None:
    story = board.create_story("Show stock", "# Why\n\nBecause.", "- shows a number")
    board.set_status(story["id"], "Prototype Ready")

    page = http.get("/").text
    column = page[page.index("Prototype Ready") :]

    assert "Show stock" in column
    assert f"/p/{story['id'].replace('-', '')}" in column
    shown = http.get(story["url"]).text
    assert "<h1>Why</h1>" in shown
    assert "shows a number" in shown


def test_a_story_made_from_a_ticket_shows_its_number(
    http: httpx.Client, board: LocalWorkspace
) -> None:
    story = board.create_story("Discount is ignored", "text")
    board.set_properties(
        story["id"], {"Ticket": {"rich_text": [{"text": {"content": "INC0000013"}}]}}
    )

    page = http.get("/").text

    tile = page[page.index("Discount is ignored") :].partition("</a>")[0]
    assert "INC0000013" in tile


def test_choosing_a_status_on_the_page_is_ada_doing_it(
    http: httpx.Client, board: LocalWorkspace, workspace: Workspace
) -> None:
    story = board.create_story("Show stock", "text")

    answer = http.post(f"/p/{story['id']}/status", data={"status": "Generate Prototype"})

    assert answer.status_code == 303
    page = board.page(story["id"])
    assert page["properties"]["Status"]["status"]["name"] == "Generate Prototype"
    assert page["last_edited_by"]["id"] == workspace.people["ada"]


def test_the_dashboard_table_shows_its_rows(http: httpx.Client, workspace: Workspace) -> None:
    body = {
        "parent": {"data_source_id": workspace.dashboard_data_source_id},
        "properties": {
            "Name": {"title": [{"text": {"content": "code for Show stock"}}]},
            "Status": {"select": {"name": "completed"}},
            "Cost USD": {"number": 0.0312},
        },
    }
    http.post("/v1/pages", json=body)

    table = http.get("/executions").text

    assert "code for Show stock" in table
    assert "0.0312" in table


def test_a_page_that_is_not_there_is_said_so(http: httpx.Client) -> None:
    answer = http.get("/p/00000000000040008000000000000000")

    assert answer.status_code == 404
    assert "Could not find page" in answer.text
