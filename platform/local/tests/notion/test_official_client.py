"""The official Python client works against the stand-in as it does against Notion."""

from typing import Any

import pytest
from notion_client import APIResponseError
from notion_client.helpers import collect_paginated_api

from switchboard.local.notion.client import LocalWorkspace
from switchboard.local.notion.seed import Workspace


def paragraph(text: str) -> dict[str, Any]:
    return {"type": "paragraph", "paragraph": {"rich_text": [{"text": {"content": text}}]}}


def title(text: str) -> dict[str, Any]:
    return {"title": [{"text": {"content": text}}]}


@pytest.fixture
def story(board: LocalWorkspace) -> str:
    return str(board.create_story("As a shopper I see stock", "# Story\n\nShow stock.")["id"])


def test_the_bot_and_the_people_of_the_workspace_are_known(
    notion: Any, workspace: Workspace
) -> None:
    me = notion.users.me()
    people = {user["id"]: user for user in notion.users.list()["results"]}

    assert (me["type"], me["id"]) == ("bot", workspace.bot_id)
    assert people[workspace.people["ada"]]["name"] == "Ada Product"
    assert notion.users.retrieve(workspace.people["owen"])["type"] == "person"


def test_a_page_is_created_from_markdown_and_reads_back_to_the_letter(
    notion: Any, workspace: Workspace
) -> None:
    text = "# Deck\n\n- one\n- [link](https://example.org)\n\n```python\nx = 1\n```\n"

    page = notion.pages.create(
        parent={"data_source_id": workspace.stories_data_source_id},
        properties={"Name": title("Deck")},
        markdown=text,
    )

    assert notion.pages.retrieve_markdown(page["id"])["markdown"] == text
    kinds = [block["type"] for block in notion.blocks.children.list(page["id"])["results"]]
    assert kinds == ["heading_1", "bulleted_list_item", "bulleted_list_item", "code"]
    assert page["properties"]["Status"]["status"]["name"] == "To Do"


def test_properties_of_every_kind_of_the_workspace_are_set_and_shown(
    notion: Any, workspace: Workspace, story: str
) -> None:
    row = notion.pages.create(
        parent={"data_source_id": workspace.dashboard_data_source_id},
        properties={
            "Name": title("code for a story"),
            "Agent": {"select": {"name": "code"}},
            "Cost USD": {"number": 0.42},
            "Story": {"relation": [{"id": story}]},
            "Started": {"date": {"start": "2026-11-21T10:00:00Z"}},
        },
    )

    shown = notion.pages.retrieve(row["id"])["properties"]
    assert shown["Agent"]["select"]["name"] == "code"
    assert shown["Cost USD"]["number"] == 0.42
    assert shown["Story"]["relation"] == [{"id": story}]
    assert shown["Started"]["date"]["start"] == "2026-11-21T10:00:00Z"
    source = notion.data_sources.retrieve(workspace.dashboard_data_source_id)
    options = source["properties"]["Agent"]["select"]["options"]
    assert [option["name"] for option in options] == ["code"]


def test_markdown_of_a_page_is_appended_replaced_and_edited_in_place(
    notion: Any, story: str
) -> None:
    def patch(**body: Any) -> str:
        path = f"pages/{story}/markdown"
        return str(notion.request(path=path, method="PATCH", body=body)["markdown"])

    patch(type="replace_content", replace_content={"new_str": "old text\nend"})
    updates = [{"old_str": "old", "new_str": "new"}]
    assert patch(type="update_content", update_content={"content_updates": updates}) == (
        "new text\nend"
    )
    added = patch(type="insert_content", insert_content={"content": "## Result"})
    assert added == "new text\nend\n## Result"
    with pytest.raises(APIResponseError, match="not found in the page"):
        patch(type="update_content", update_content={"content_updates": updates})


def test_a_child_page_is_listed_in_its_parent_and_not_lost_by_accident(
    notion: Any, story: str
) -> None:
    child = notion.pages.create(
        parent={"page_id": story}, properties={"title": title("Spec")}, markdown="# Spec"
    )

    blocks = notion.blocks.children.list(story)["results"]
    assert (blocks[-1]["type"], blocks[-1]["id"]) == ("child_page", child["id"])
    replace = {"type": "replace_content", "replace_content": {"new_str": "gone"}}
    with pytest.raises(APIResponseError, match="allow_deleting_content"):
        notion.pages.update_markdown(story, **replace)
    kept = notion.pages.retrieve_markdown(story)["markdown"]
    assert f'<page url="{child["url"]}">Spec</page>' in kept


def test_more_than_a_hundred_blocks_are_refused_and_long_lists_are_paged(
    notion: Any, story: str
) -> None:
    blocks = [paragraph(str(number)) for number in range(101)]

    with pytest.raises(APIResponseError) as refused:
        notion.blocks.children.append(story, children=blocks)
    notion.blocks.children.append(story, children=blocks[:100])
    notion.blocks.children.append(story, children=blocks[:50])

    assert refused.value.code == "validation_error"
    assert "should be ≤ `100`" in str(refused.value)
    found = collect_paginated_api(notion.blocks.children.list, block_id=story, page_size=40)
    assert len(found) == 152


def test_rows_are_filtered_sorted_and_paged(notion: Any, workspace: Workspace) -> None:
    database = notion.databases.create(
        parent={"page_id": workspace.project_page_id},
        title=[{"text": {"content": "Feedback"}}],
        initial_data_source={
            "properties": {
                "Title": {"title": {}},
                "Rating": {"number": {}},
                "Would Use": {"select": {"options": [{"name": "Yes"}, {"name": "No"}]}},
                "Note": {"rich_text": {}},
            }
        },
    )
    source = database["data_sources"][0]["id"]
    for name, rating, use in (("a", 3, "Yes"), ("b", 5, "No"), ("c", 4, "Yes")):
        notion.pages.create(
            parent={"data_source_id": source},
            properties={
                "Title": title(name),
                "Rating": {"number": rating},
                "Would Use": {"select": {"name": use}},
                "Note": {"rich_text": [{"text": {"content": f"note {name}"}}]},
            },
        )

    def names(**query: Any) -> list[str]:
        rows = collect_paginated_api(notion.data_sources.query, data_source_id=source, **query)
        return [row["properties"]["Title"]["title"][0]["plain_text"] for row in rows]

    by_rating = [{"property": "Rating", "direction": "descending"}]
    assert names(sorts=by_rating, page_size=1) == ["b", "c", "a"]
    yes = {"property": "Would Use", "select": {"equals": "Yes"}}
    assert names(filter=yes) == ["a", "c"]
    note = {"property": "Note", "rich_text": {"contains": "NOTE B"}}
    assert names(filter={"or": [note, {"property": "Title", "title": {"equals": "a"}}]}) == [
        "a",
        "b",
    ]
    assert names(filter={"and": [yes, {"property": "Rating", "number": {"greater_than": 3}}]}) == [
        "c"
    ]


def test_a_comment_mentions_a_person_in_rich_text_or_in_markdown(
    notion: Any, workspace: Workspace, story: str
) -> None:
    ada = workspace.people["ada"]
    mention = {"type": "mention", "mention": {"type": "user", "user": {"id": ada}}}
    notion.comments.create(
        parent={"page_id": story}, rich_text=[mention, {"text": {"content": " it is ready"}}]
    )
    notion.request(
        path="comments",
        method="POST",
        body={
            "parent": {"page_id": story},
            "markdown": f'<mention-user url="user://{ada}">Ada</mention-user> **done**',
        },
    )

    comments = notion.comments.list(block_id=story)["results"]
    for comment in comments:
        first = comment["rich_text"][0]
        assert first["mention"]["user"]["id"] == ada
        assert first["plain_text"] == "@Ada Product"
    assert comments[0]["display_name"]["resolved_name"] == "Switchboard"


def test_search_finds_pages_and_data_sources_by_title(notion: Any, workspace: Workspace) -> None:
    found = notion.search(query="proj-demo", filter={"property": "object", "value": "page"})
    sources = notion.search(
        query="user stories", filter={"property": "object", "value": "data_source"}
    )

    assert [page["id"] for page in found["results"]] == [workspace.project_page_id]
    assert [item["id"] for item in sources["results"]] == [workspace.stories_data_source_id]


def test_a_page_in_the_trash_leaves_the_board(notion: Any, board: LocalWorkspace) -> None:
    page_id = board.create_story("Throw away", "text")["id"]

    notion.pages.update(page_id, in_trash=True)

    assert page_id not in [story["id"] for story in board.stories()]
    assert notion.pages.retrieve(page_id)["in_trash"] is True
