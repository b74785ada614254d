"""Changes are told by signed events, as Notion tells them."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from switchboard.local.notion.app import create_app
from switchboard.local.notion.client import LocalWorkspace
from switchboard.local.notion.seed import Workspace, seed_workspace
from switchboard.local.settings import LocalSettings
from switchboard.local.standin.threaded import served

TOKEN = "secret_for_this_test"


@pytest.fixture
def listening(board: LocalWorkspace, receiver: Any) -> Iterator[Any]:
    board.subscribe(receiver.url, TOKEN)
    yield receiver
    board.http.delete("/_local/subscribe", params={"url": receiver.url})


def event_of(receiver: Any, kind: str) -> dict[str, Any]:
    """The next event of that type; others (page.created ...) are passed over."""
    while True:
        _headers, body = receiver.next()
        event: dict[str, Any] = json.loads(body)
        if event["type"] == kind:
            return event


def test_a_persons_status_change_is_signed_and_names_the_property_by_its_encoded_id(
    board: LocalWorkspace, workspace: Workspace, listening: Any
) -> None:
    story = board.create_story("A story", "text")
    assert event_of(listening, "page.created")["entity"]["id"] == story["id"]

    board.set_status(story["id"], "Generate Code")

    headers, body = listening.next()
    digest = hmac.new(TOKEN.encode(), body, hashlib.sha256).hexdigest()
    assert headers["x-notion-signature"] == f"sha256={digest}"
    event = json.loads(body)
    assert event["type"] == "page.properties_updated"
    assert event["authors"] == [{"id": workspace.people["ada"], "type": "person"}]
    assert event["entity"] == {"id": story["id"], "type": "page"}
    assert event["data"]["parent"]["data_source_id"] == workspace.stories_data_source_id
    status_id = board.page(story["id"])["properties"]["Status"]["id"]
    assert event["data"]["updated_properties"] == [status_id]
    assert unquote(status_id) != status_id


def test_a_change_over_the_api_is_the_bots(
    board: LocalWorkspace, notion: Any, workspace: Workspace, listening: Any
) -> None:
    story = board.create_story("A story", "text")
    done = {"Status": {"status": {"name": "Code Generated"}}}

    notion.pages.update(story["id"], properties=done)
    event = event_of(listening, "page.properties_updated")
    assert event["authors"] == [{"id": workspace.bot_id, "type": "bot"}]

    insert = {"content": "more"}
    notion.pages.update_markdown(story["id"], type="insert_content", insert_content=insert)
    assert event_of(listening, "page.content_updated")["entity"]["id"] == story["id"]

    notion.comments.create(
        parent={"page_id": story["id"]}, rich_text=[{"text": {"content": "hello"}}]
    )
    assert event_of(listening, "comment.created")["data"]["page_id"] == story["id"]


def test_setting_the_same_value_again_raises_nothing_but_touch_does(
    board: LocalWorkspace, listening: Any
) -> None:
    story = board.create_story("A story", "text")
    board.set_status(story["id"], "Generate Code")
    board.set_status(story["id"], "Generate Code")
    board.touch(story["id"])

    first = event_of(listening, "page.properties_updated")
    second = event_of(listening, "page.properties_updated")

    assert len(first["data"]["updated_properties"]) == 1
    assert len(second["data"]["updated_properties"]) > 1


def test_a_failing_receiver_gets_the_same_event_again_until_it_accepts(
    board: LocalWorkspace, listening: Any
) -> None:
    listening.answers.put(503)
    listening.answers.put(500)

    story = board.create_story("A story", "text")
    bodies = [json.loads(listening.next()[1]) for _attempt in range(3)]

    assert [body["attempt_number"] for body in bodies] == [1, 2, 3]
    assert len({body["id"] for body in bodies}) == 1
    [delivery] = board.deliveries(story["id"])
    assert [attempt["status"] for attempt in delivery["attempts"][:2]] == [503, 500]


def test_delivery_is_given_up_after_eight_attempts(board: LocalWorkspace, listening: Any) -> None:
    for _attempt in range(8):
        listening.answers.put(500)

    story = board.create_story("A story", "text")
    numbers = [json.loads(listening.next()[1])["attempt_number"] for _attempt in range(8)]

    assert numbers == list(range(1, 9))
    board.set_status(story["id"], "Generate Code")
    event = json.loads(listening.next()[1])
    assert event["type"] == "page.properties_updated"


def test_a_delivery_can_be_repeated_by_hand(board: LocalWorkspace, listening: Any) -> None:
    story = board.create_story("A story", "text")
    first = json.loads(listening.next()[1])
    [delivery] = board.deliveries(story["id"])

    board.redeliver(delivery["id"])

    again = json.loads(listening.next()[1])
    assert again == {**first, "attempt_number": 2}


def test_the_handshake_posts_the_token_unsigned(board: LocalWorkspace, receiver: Any) -> None:
    answer = board.subscribe(receiver.url, TOKEN, handshake=True)

    headers, body = receiver.next()
    assert json.loads(body) == {"verification_token": TOKEN}
    assert "x-notion-signature" not in headers
    assert answer["handshake_status"] == 200
    board.http.delete("/_local/subscribe", params={"url": receiver.url})


def test_an_event_pending_when_the_process_stopped_is_delivered_by_the_next(
    tmp_path: Path, receiver: Any
) -> None:
    settings: list[LocalSettings] = []

    def build(port: int) -> Any:
        settings.append(LocalSettings(home=tmp_path, port_notion=port))
        return create_app(settings[-1], pauses=(3600.0,))

    receiver.answers.put(503)
    with served(build), LocalWorkspace.of(settings[-1]) as board:
        board.subscribe(receiver.url, TOKEN)
        board.create_story("A story", "text")
        first = json.loads(receiver.next()[1])
    with served(build), LocalWorkspace.of(settings[-1]) as board:
        second = json.loads(receiver.next()[1])
        assert [story["url"].split("/p/")[0] for story in board.stories()] == [
            settings[-1].notion_url
        ]

    assert second["id"] == first["id"]
    assert seed_workspace(settings[-1]).token == seed_workspace(settings[-1]).token
