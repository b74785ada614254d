"""One story through the loop, whatever becomes of its steps."""

from decimal import Decimal
from typing import Any

import pytest

from switchboard.local.crew.outcome import StoryRun
from switchboard.local.crew.steps import LOOP, PEOPLE
from switchboard.local.crew.telling import told_step, told_story

TRIGGERS = [step.trigger for step in LOOP if step.agent_type != PEOPLE]


def statuses(run: StoryRun) -> dict[str, str]:
    return {step.step.agent_type: step.status for step in run.steps}


def test_the_loop_asks_for_all_seven_agents_in_the_order_of_a_product_manager(world: Any) -> None:
    run = world.loop()

    assert world.statuses == TRIGGERS
    assert len({step.step.agent_type for step in run.steps} - {PEOPLE}) == 7
    assert run.ok
    assert world.told[0] == "Book a repair"
    assert world.told[-1] == "a_b_test completed (last)"


def test_people_answer_between_deck_and_synthesis_in_the_decks_database(world: Any) -> None:
    world.loop()

    (source, first, user), (_, second, other) = world.rows
    assert (source, user, other) == ("ds-1", "ada", "owen")
    assert first["Overall Rating"] == {"number": 4}
    assert second["Title"] == {"title": [{"text": {"content": "=1+1"}}]}
    assert "Overall Rating" not in second
    assert first["User Story"]["relation"][0]["id"].startswith("3f2b6c1e")


def test_a_step_that_fails_keeps_only_those_from_starting_that_need_its_result(
    new_world: Any,
) -> None:
    world = new_world(fates={"demo_deck": "failed"})

    run = world.loop()

    found = statuses(run)
    assert found["demo_deck"] == "failed"
    assert (found[PEOPLE], found["insight"]) == ("not started", "not started")
    assert found["review"] == found["a_b_test"] == "completed"
    assert not run.ok
    assert "Synthesize Feedback" not in world.statuses
    insight = next(step for step in run.steps if step.step.agent_type == "insight")
    assert "Generate Demo Deck and Gather Feedback" in insight.problem["message"]


@pytest.mark.parametrize(
    ("fate", "status", "code"),
    [
        ("failed", "failed", "AGENT_ERROR"),
        ("rejected", "rejected", "AGENT_ERROR"),
        ("silent", "timed out", "TIMED_OUT"),
    ],
)
def test_a_step_says_why_it_did_not_complete(
    new_world: Any, fate: str, status: str, code: str
) -> None:
    run = new_world(fates={"spec": fate}).loop()

    spec = next(step for step in run.steps if step.step.agent_type == "spec")
    assert (spec.status, spec.problem["code"]) == (status, code)
    assert spec.problem["remediation"]
    assert not run.ok


def test_a_step_that_made_nothing_is_not_taken_for_done(new_world: Any) -> None:
    run = new_world(makes_nothing={"code"}).loop()

    code = next(step for step in run.steps if step.step.agent_type == "code")
    assert code.status == "incomplete"
    assert "made no pull_request" in code.problem["message"]
    assert statuses(run)["review"] == "not started"


def test_what_the_projects_chain_goes_on_with_is_waited_for_and_paid_by_the_step(
    new_world: Any,
) -> None:
    world = new_world(chain={"mock": "demo_deck", "demo_deck": "spec"}, steps=LOOP[:1])

    run = world.loop()

    (step,) = run.steps
    assert step.cost == Decimal("0.03")
    assert run.receipts == 3
    assert world.events == []
    lines = told_step(step, last=True)
    assert [line.split()[1] for line in lines if "↳" in line] == ["demo_deck", "spec"]


def test_a_failed_step_of_the_chain_is_not_taken_for_done(new_world: Any) -> None:
    world = new_world(chain={"mock": "demo_deck"}, fates={"demo_deck": "failed"}, steps=LOOP[:1])

    (step,) = world.loop().steps

    assert (step.status, step.ok) == ("completed", False)
    assert step.problem["code"] == "AGENT_ERROR"


def test_the_report_holds_each_step_with_links_receipt_cost_and_calls(world: Any) -> None:
    report = world.loop().report()

    assert (report["completed"], report["goal_seconds"]) == (True, 25)
    assert (report["receipts"], report["receipts_total"]) == (7, "0.07")
    mock = report["steps"][0]
    assert mock["artifacts"][0]["type"] == "prototype"
    assert mock["receipt"]["total_usd"] == mock["cost_usd"] == "0.01"
    assert mock["own_aws_calls"] == {"orchestrator": 9}
    assert mock["problem"] is None
    assert report["steps"][2]["answers"] == 2
    assert report["seconds"] == sum(step["seconds"] for step in report["steps"])


def test_the_tree_on_the_terminal_names_status_seconds_cost_and_links(new_world: Any) -> None:
    run = new_world(fates={"spec": "failed"}).loop()

    first, link = told_step(run.steps[0], last=False)
    people = told_step(run.steps[2], last=False)
    failed = told_step(run.steps[4], last=True)

    assert first.startswith("├─ Generate Prototype")
    assert "completed" in first
    assert "$0.010000" in first
    assert link == "│       prototype: https://x.example/prototype  (prototype)"
    assert people[1].endswith("2 people answered")
    assert failed[0].startswith("└─ Generate Spec")
    assert failed[-1].endswith("remedy: look")
    assert told_story(run).startswith("   7 of 8 steps completed")
