"""The Notion target on a workspace in memory."""

from typing import Any

import pytest

from switchboard.tools.ledger import LEASE
from switchboard.tools.notion.adapters.memory import MemoryNotion
from switchboard.tools.notion.definition import NOTION
from switchboard.tools.notion.wiring import use_cases

PAGE = "1f0e0000-0000-4000-8000-000000000001"
OTHER = "1f0e0000-0000-4000-8000-000000000002"
SOURCE = "1f0e0000-0000-4000-8000-00000000000a"
PARENT = {"page_id": PAGE}


@pytest.fixture
def workspace(clock: Any) -> MemoryNotion:
    notion = MemoryNotion(clock)
    status = {"type": "status", "status": {"name": "Generate Code"}}
    notion.add_page(PAGE, "Preview a layout", "## Why\nBecause.", Status=status)
    notion.add_page(OTHER, "Another story")
    return notion


@pytest.fixture
def notion(bench: Any, workspace: MemoryNotion) -> Any:
    target = bench.target(NOTION, use_cases(workspace))
    return lambda tool, **arguments: bench.call(target, tool, **arguments)


def test_a_page_is_found_by_words_of_its_title(notion: Any) -> None:
    (found,) = notion("notion-search", query="preview")["results"]

    assert (found["id"], found["object"], found["title"]) == (PAGE, "page", "Preview a layout")


@pytest.mark.parametrize("name", [PAGE, f"https://notion.so/Preview-{PAGE.replace('-', '')}"])
def test_a_page_is_fetched_with_plain_properties_and_markdown(
    name: str, notion: Any, workspace: MemoryNotion
) -> None:
    workspace.pages[PAGE.replace("-", "")] = workspace.pages[PAGE]
    workspace.markdown[PAGE.replace("-", "")] = workspace.markdown[PAGE]

    page = notion("notion-fetch", id=name)

    assert page["id"] == PAGE
    assert page["title"] == "Preview a layout"
    assert page["properties"] == {"Name": "Preview a layout", "Status": "Generate Code"}
    assert page["content_markdown"] == "## Why\nBecause."


def test_something_that_is_no_id_or_does_not_exist_is_named(notion: Any) -> None:
    assert "no Notion id" in notion("notion-fetch", id="hello")["error"]["message"]
    missing = notion("notion-fetch", id="00000000-0000-4000-8000-00000000000f")
    assert missing["error"]["code"] == "INVALID_ARGUMENTS"


def test_rows_have_plain_properties(notion: Any, workspace: MemoryNotion) -> None:
    workspace.add_source(SOURCE, "Tasks", Name="title", State="select")
    workspace.add_row(SOURCE, {"Name": [{"plain_text": "One"}], "State": {"name": "Open"}})
    workspace.add_row(SOURCE, {})

    rows = notion("notion-query-data-sources", data_source_id=SOURCE, page_size=1)

    assert rows["has_more"] is True
    assert rows["results"][0]["properties"] == {"Name": "One", "State": "Open"}


def test_either_sql_or_a_filter_is_asked_for(notion: Any) -> None:
    sql = {"data_source_urls": [f"collection://{SOURCE}"], "query": "SELECT 1"}

    neither = notion("notion-query-data-sources")
    both = notion("notion-query-data-sources", data=sql, data_source_id=SOURCE)

    assert neither["error"]["code"] == both["error"]["code"] == "INVALID_ARGUMENTS"


def test_pages_are_created_in_order_under_the_story(notion: Any, workspace: MemoryNotion) -> None:
    pages = [
        {"properties": {"title": "Problem"}, "content": "It hurts."},
        {"properties": {"title": {"title": [{"text": {"content": "Solution"}}]}}},
    ]

    made = notion("notion-create-pages", parent=PARENT, pages=pages)["pages"]

    assert [page["title"] for page in made] == ["Problem", "Solution"]
    assert workspace.markdown[made[0]["id"]] == "It hurts."
    assert {page["parent_page_id"] for page in made} == {PAGE}


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("notion-create-pages", {"parent": {"page_id": OTHER}, "pages": []}),
        ("notion-create-pages", {"parent": {"data_source_id": PAGE}, "pages": []}),
        ("notion-create-database", {"parent": {"page_id": OTHER}, "title": "t", "properties": {}}),
        ("notion-create-comment", {"parent": {"page_id": OTHER}, "markdown": "hi"}),
        ("notion-update-page", {"page_id": OTHER, "command": "replace_content", "new_str": ""}),
    ],
)
def test_writing_elsewhere_is_refused_even_without_the_gateway(
    tool: str, arguments: dict[str, Any], notion: Any
) -> None:
    assert notion(tool, **arguments)["error"]["code"] == "TOOL_AUTH_FAILED"


def test_the_own_page_is_known_with_and_without_dashes(notion: Any) -> None:
    parent = {"page_id": PAGE.replace("-", "").upper()}

    answer = notion("notion-create-comment", parent=parent, markdown="hi")

    assert answer["page_id"] == PAGE


@pytest.mark.parametrize("properties", [{}, {"title": ""}, {"title": "t", "Status": "x"}])
def test_a_page_needs_a_title_and_takes_nothing_else(
    properties: dict[str, Any], notion: Any
) -> None:
    answer = notion("notion-create-pages", parent=PARENT, pages=[{"properties": properties}])

    assert answer["error"]["code"] == "INVALID_ARGUMENTS"


@pytest.mark.requirement("NEW-10", "F")
def test_a_page_that_was_made_before_the_process_died_is_found_not_made_again(
    notion: Any, workspace: MemoryNotion, clock: Any
) -> None:
    made = workspace.create

    def make_then_lose_the_answer(path: str, body: Any, existing: Any) -> Any:
        made(path, body, existing)
        raise TimeoutError

    workspace.create = make_then_lose_the_answer  # type: ignore[method-assign]
    pages = [{"properties": {"title": "Report"}}]
    lost = notion("notion-create-pages", parent=PARENT, pages=pages)
    workspace.create = made  # type: ignore[method-assign]
    clock.now += LEASE

    found = notion("notion-create-pages", parent=PARENT, pages=pages)

    assert lost["error"]["code"] == "TOOL_FAILED"
    assert found["pages"][0]["title"] == "Report"
    assert len(workspace.children(PAGE)) == 1


@pytest.mark.requirement("NEW-10", "F")
def test_a_database_and_a_comment_are_made_once_too(
    notion: Any, workspace: MemoryNotion, clock: Any
) -> None:
    made = workspace.create

    def make_then_lose_the_answer(path: str, body: Any, existing: Any) -> Any:
        made(path, body, existing)
        raise TimeoutError

    database = {"parent": PARENT, "title": "Feedback", "properties": {"Name": {"title": {}}}}
    comment = {"parent": PARENT, "markdown": "Please look"}
    workspace.create = make_then_lose_the_answer  # type: ignore[method-assign]
    notion("notion-create-database", **database)
    notion("notion-create-comment", **comment)
    workspace.create = made  # type: ignore[method-assign]
    clock.now += LEASE

    answer = notion("notion-create-database", **database)
    notion("notion-create-comment", **comment)

    assert answer["title"] == "Feedback"
    assert len(workspace.databases) == 1
    assert len(workspace.comments) == 1


@pytest.mark.requirement("NEW-10", "F")
def test_a_model_that_starts_over_in_other_words_gets_the_page_it_made_before(
    notion: Any, workspace: MemoryNotion
) -> None:
    def create(title: Any, content: str, parent: str = PAGE) -> Any:
        page = {"properties": title, "content": content}
        return notion("notion-create-pages", parent={"page_id": parent}, pages=[page])["pages"]

    first = create({"title": "Specification"}, "First words")
    second = create({"Name": " specification "}, "Other words", PAGE.replace("-", ""))
    other = create({"title": "Tasks"}, "Other words")

    assert second == first
    assert other != first
    assert len(workspace.children(PAGE)) == 2


@pytest.mark.requirement("NEW-10", "F")
def test_each_page_of_a_sequence_is_made_once_however_it_is_asked_for(
    notion: Any, workspace: MemoryNotion
) -> None:
    def create(*titles: str) -> list[str]:
        pages = [{"properties": {"title": title}} for title in titles]
        answer = notion("notion-create-pages", parent=PARENT, pages=pages)
        return [page["title"] for page in answer["pages"]]

    create("Problem", "Solution")

    assert create("Problem", "Solution", "Prototype") == ["Problem", "Solution", "Prototype"]
    assert create("Solution") == ["Solution"]
    assert len(workspace.children(PAGE)) == 3


@pytest.mark.requirement("NEW-10", "F")
def test_a_database_of_the_same_title_is_made_once_whatever_its_properties(
    notion: Any, workspace: MemoryNotion
) -> None:
    def create(**properties: Any) -> Any:
        return notion(
            "notion-create-database", parent=PARENT, title="Feedback", properties=properties
        )

    assert create(Name={"title": {}}) == create(Title={"title": {}}, Rating={"number": {}})
    assert len(workspace.databases) == 1


def test_properties_are_written_by_the_kind_the_page_has(
    notion: Any, workspace: MemoryNotion
) -> None:
    notion(
        "notion-update-page",
        page_id=PAGE,
        command="update_properties",
        properties={"Status": "Done", "Name": "New"},
    )

    assert workspace.pages[PAGE]["properties"]["Status"]["status"] == {"name": "Done"}
    assert notion("notion-fetch", id=PAGE)["title"] == "New"


@pytest.mark.parametrize(
    "arguments",
    [
        {"command": "update_properties", "properties": {"Nothing": 1}},
        {"command": "delete"},
        {"command": "replace_content"},
        {"command": "update_content"},
    ],
)
def test_an_update_that_makes_no_sense_is_refused(arguments: dict[str, Any], notion: Any) -> None:
    answer = notion("notion-update-page", page_id=PAGE, **arguments)

    assert answer["error"]["code"] == "INVALID_ARGUMENTS"


def test_a_comment_needs_a_text(notion: Any) -> None:
    answer = notion("notion-create-comment", parent=PARENT)

    assert answer["error"]["code"] == "INVALID_ARGUMENTS"
