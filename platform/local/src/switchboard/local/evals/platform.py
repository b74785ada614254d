"""The doors an evaluation needs, opened on the running platform and closed again."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import httpx

from switchboard.events.envelope import new_id
from switchboard.local.access import Access
from switchboard.local.bus import LocalBus
from switchboard.local.connect.client import Desk
from switchboard.local.crew.records import PlatformRecords
from switchboard.local.evals.repository import Repository
from switchboard.local.evals.stories import RunStory
from switchboard.local.evals.telephone import RingDesk
from switchboard.local.evals.world import GatewayJournal, World
from switchboard.local.notion.client import LocalWorkspace

PAGE_SECONDS = 30


CASE_USD = Decimal("0.40")
"""What a case with a story costs on the receipts, with what is run before it; rather too much."""


def not_affordable(access: Access, cases: int) -> str:
    """Why the project's month has no room for so many stories; empty when it has."""
    with LocalWorkspace.of(access.settings) as board:
        path = f"/project/{board.project_id}/cost-summary"
    summary = access.call("orchestrator", "GET", path)
    left = Decimal(summary["limit_usd"]) - Decimal(summary["spent_usd"])
    if left >= CASE_USD * cases:
        return ""
    return (
        f"the project has ${left:.2f} left this month; {cases} cases cost up to ${CASE_USD * cases}"
    )


@dataclass(frozen=True)
class Doors:
    """Who can run a case of which kind."""

    story: RunStory
    call: RingDesk


@contextmanager
def open_doors(access: Access, datasets: Path, timeout: float) -> Iterator[Doors]:
    """Everything a case does goes through doors that people and agents use as well."""
    settings = access.settings
    journal = GatewayJournal(settings.home / "journal" / "tools.jsonl")
    repository = Repository.of(settings)
    bus = LocalBus(access.events, access.queues, access.parameter("platform/bus/name"))
    with (
        LocalWorkspace.of(settings, timeout=PAGE_SECONDS) as board,
        httpx.Client(timeout=PAGE_SECONDS) as http,
        Desk.of(settings) as desk,
        bus.tail() as tail,
    ):
        try:
            story = RunStory(
                board=board,
                tail=tail,
                records=PlatformRecords(access, board.project_id),
                world=World(board, repository, http),
                repository=repository,
                journal=journal,
                datasets=datasets,
                timeout=timeout,
            )
            yield Doors(story, RingDesk(desk, access, journal, new_id()[-6:].lower()))
        finally:
            repository.close()
