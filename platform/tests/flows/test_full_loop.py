"""The loop of `demo --full` on a real platform: seven agents and the people between them."""

from decimal import Decimal

from switchboard.local.access import Access
from switchboard.local.bus import Tail
from switchboard.local.crew.backlog import read_backlog
from switchboard.local.crew.feedback import GiveFeedback
from switchboard.local.crew.loop import RunLoop
from switchboard.local.crew.outcome import StepRun, StoryRun
from switchboard.local.crew.records import PlatformRecords
from switchboard.local.notion.client import LocalWorkspace


class Quiet:
    """Nobody watches."""

    def begun(self, run: StoryRun) -> None:
        """Said nothing."""

    def step(self, run: StepRun, *, last: bool) -> None:
        """Said nothing."""


def test_a_story_goes_through_all_seven_agents_on_one_page_and_the_books_agree(
    board: LocalWorkspace, tail: Tail, access: Access
) -> None:
    records = PlatformRecords(access, board.project_id)
    story = read_backlog()[-1]

    run = RunLoop(board, GiveFeedback(board), records, tail, Quiet())(story)

    assert {step.step.trigger: step.problem for step in run.steps if not step.ok} == {}
    assert run.receipts == 7
    totals = records.totals()
    assert Decimal(totals["receipts_total"]) == Decimal(totals["ledger_total"]) >= run.cost > 0
