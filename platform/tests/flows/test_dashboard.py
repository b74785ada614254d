"""The execution dashboard follows a run from its request to its end."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from switchboard.local.access import Access
from switchboard.local.notion.client import LocalWorkspace


def worker_mapping(functions: Any) -> str:
    """The event source mapping that hands the orchestrator its messages."""
    (found,) = [
        mapping["UUID"]
        for mapping in functions.list_event_source_mappings()["EventSourceMappings"]
        if "orchestrator-Inbox" in mapping.get("EventSourceArn", "")
    ]
    return str(found)


@contextmanager
def halted(access: Access) -> Iterator[None]:
    """The orchestrator takes no messages meanwhile, as when an operator has paused it."""
    functions = access.client("lambda")
    mapping = worker_mapping(functions)
    functions.update_event_source_mapping(UUID=mapping, Enabled=False)
    try:
        yield
    finally:
        functions.update_event_source_mapping(UUID=mapping, Enabled=True)


@pytest.mark.requirement("DAT-04", "E")
def test_queued_running_and_completed_appear_one_after_the_other_in_one_row(
    access: Access, board: LocalWorkspace, eventually: Callable[[Callable[[], bool]], None]
) -> None:
    page_id = str(board.create_story("Followed on the dashboard", "As a user I want it.")["id"])

    def shows(status: str) -> Callable[[], bool]:
        return lambda: (
            [
                row["properties"]["Status"]["select"]["name"]
                for row in board.dashboard_rows()
                if page_id in str(row["properties"]["Story"])
            ]
            == [status]
        )

    with halted(access):
        board.set_status(page_id, "Generate Prototype")
        eventually(shows("queued"))
        board.fail_next(count=2, status=429, retry_after=2, path_contains=f"{page_id}/markdown")
    eventually(shows("running"))
    eventually(shows("completed"))
