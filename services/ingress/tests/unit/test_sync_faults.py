"""A sync whose processes die at any step, whose messages repeat and overtake each other (KBS-01).

Whatever happens: every job ends, the knowledge base holds what Notion holds, and nothing is
counted twice.
"""

from collections.abc import Callable
from typing import Any

import pytest

from switchboard.ingress.adapters.memory import CrashError, CrashPlan
from switchboard.ingress.domain.ports import NotionUnavailableError
from switchboard.ingress.domain.sync_ports import KnowledgeBaseUnavailableError

Fresh = Callable[[], Any]


def tree(world: Any, known: Any) -> Any:
    """A tree that was synced once and has changed in every way since."""
    world.write(1, "Top", row=False, children=(2, 3, 4))
    for number in (2, 3, 4):
        world.write(number, "Old", under=1)
    world.write(5, "Below 3", under=3)
    world.write(3, "Old", under=1, children=(5,))
    world.sync("page", known.page_id(1))
    world.write(2, "New", under=1)
    world.trash(3)
    world.write(6, "Added", under=4)
    world.write(4, "Old, and a page", under=1, children=(6,))
    world.wait(minutes=5)
    world.base.puts = 0
    return world


EXPECTED = {1: "Top", 2: "New", 4: "Old, and a page", 6: "Added"}
COUNTS = {"found": 6, "changed": 3, "unchanged": 1, "removed": 2}


def dying_once(at: int) -> Callable[[], CrashPlan]:
    """One plan for all processes together: the first that comes to step `at` dies there."""
    plan = CrashPlan(at)
    return lambda: plan


def steps_of(world: Any, known: Any) -> int:
    plan = CrashPlan()
    world.start("page", known.page_id(1), plan)
    world.run(lambda: plan)
    return plan.steps


@pytest.mark.requirement("KBS-01", "F")
def test_a_sync_that_dies_at_any_step_ends_with_the_same_result(fresh: Fresh, known: Any) -> None:
    steps = steps_of(tree(fresh(), known), known)

    for at in range(steps):
        world = tree(fresh(), known)
        plans = dying_once(at)
        try:
            job = world.start("page", known.page_id(1), plans(), idempotency_key="k")
        except CrashError:
            job = world.start("page", known.page_id(1), idempotency_key="k")
        world.run(plans)

        assert (at, known.counted(world.progress(job))) == (at, COUNTS)
        assert (at, world.texts()) == (at, EXPECTED)
        # a document that was sent when its process died is sent once more, and replaces itself
        assert world.base.puts <= 4
    assert steps > 100


@pytest.mark.requirement("KBS-01", "F")
def test_a_database_whose_sync_dies_at_any_step_ends_with_the_same_result(
    fresh: Fresh, known: Any
) -> None:
    def changed() -> Any:
        world = fresh()
        world.source.portion = 2
        world.fill(5)
        world.sync("database", world.database)
        world.write(2, "New")
        world.trash(4)
        return world

    plan = CrashPlan()
    world = changed()
    world.start("database", world.database, plan)
    world.run(lambda: plan)

    for at in range(plan.steps):
        world = changed()
        plans = dying_once(at)
        try:
            job = world.start("database", world.database, plans(), idempotency_key="k")
        except CrashError:
            job = world.start("database", world.database, idempotency_key="k")
        world.run(plans)

        counts = {"found": 5, "changed": 1, "unchanged": 3, "removed": 1, "listed": 3}
        assert (at, known.counted(world.progress(job))) == (at, counts)
        assert sorted(world.texts()) == [1, 2, 3, 5]


@pytest.mark.requirement("KBS-01", "F")
@pytest.mark.parametrize("seed", range(50))
def test_messages_that_repeat_and_overtake_each_other_change_nothing(
    fresh: Fresh, known: Any, seed: int
) -> None:
    world = tree(fresh(), known)
    job = world.start("page", known.page_id(1))

    world.run(seed=seed)

    assert known.counted(world.progress(job)) == COUNTS
    assert world.texts() == EXPECTED
    assert world.base.puts == 3
    ended = [line for line in world.lines() if line["message"] == "sync ended"]
    assert [line["job_id"] for line in ended].count(job.job_id) == 1


@pytest.mark.requirement("KBS-01", "F")
@pytest.mark.parametrize("seed", range(20))
def test_two_jobs_and_a_reported_change_at_once_leave_the_newest_text(
    fresh: Fresh, known: Any, seed: int
) -> None:
    world = tree(fresh(), known)

    jobs = [world.start("page", known.page_id(1)) for _ in range(2)]
    jobs += world.notice(2, change="content")
    world.run(seed=seed)

    assert all(world.progress(job).status == "completed" for job in jobs)
    assert world.texts() == EXPECTED


def test_a_change_that_is_reported_twice_or_whose_worker_dies_is_one_job(
    fresh: Fresh, known: Any
) -> None:
    event_id = "01KGM2T5D90000000000000000"
    plan = CrashPlan()
    world = tree(fresh(), known)
    world.notice(2, plan, event_id=event_id, change="content")

    for at in range(plan.steps):
        world = tree(fresh(), known)
        known_jobs = len(world.rows.jobs)
        with pytest.raises(CrashError):
            world.notice(2, CrashPlan(at), event_id=event_id, change="content")
        (job,) = world.notice(2, event_id=event_id, change="content")
        world.notice(2, event_id=event_id, change="content")
        world.run()

        assert len(world.rows.jobs) == known_jobs + 1
        assert known.counted(world.progress(job)) == {"found": 1, "changed": 1}


@pytest.mark.requirement("KBS-01", "F")
@pytest.mark.parametrize("times", [1, 3])
def test_notion_that_cannot_be_reached_for_a_while_delays_a_page_and_loses_none(
    knowledge: Any, known: Any, times: int
) -> None:
    knowledge.write(1, row=False, children=(2,))
    knowledge.write(2, under=1)
    page = knowledge.source.page
    failures = [NotionUnavailableError("529")] * times

    def sometimes(page_id: str) -> Any:
        if failures and page_id == known.page_id(2):
            raise failures.pop()
        return page(page_id)

    knowledge.source.page = sometimes

    progress = knowledge.sync("page", known.page_id(1))

    assert known.counted(progress) == {"found": 2, "changed": 2}
    assert knowledge.buried == []


def test_a_knowledge_base_that_is_throttled_delays_a_page(knowledge: Any, known: Any) -> None:
    knowledge.write(1, row=False)
    put, throttled = knowledge.base.put, [KnowledgeBaseUnavailableError("ThrottlingException")]

    def sometimes(*given: Any) -> Any:
        if throttled:
            raise throttled.pop()
        return put(*given)

    knowledge.base.put = sometimes

    progress = knowledge.sync("page", known.page_id(1))

    assert known.counted(progress) == {"found": 1, "changed": 1}


def test_a_piece_whose_process_dies_again_and_again_is_given_up_and_its_job_ends(
    knowledge: Any, known: Any
) -> None:
    knowledge.write(1, row=False, children=(2,))
    knowledge.write(2, under=1)
    job = knowledge.start("page", known.page_id(1))
    content = knowledge.source.content

    def deadly(page: Any) -> Any:
        if page.id == known.page_id(2):
            raise CrashError
        return content(page)

    knowledge.source.content = deadly

    knowledge.run()

    progress = knowledge.progress(job)
    assert known.counted(progress) == {"found": 2, "changed": 1, "failed": 1}
    assert progress.failures[0].ending.reason == "its process died again and again"
    assert len(knowledge.buried) == 1


@pytest.mark.parametrize(
    "body", ["no json", "[]", '{"job_id": "j"}', '{"job_id": "j", "work": {"kind": "page"}}', "7"]
)
def test_a_message_of_no_known_form_goes_to_the_dlq(knowledge: Any, body: str) -> None:
    assert knowledge.handled(body, 1, CrashPlan())

    assert [item for item, _ in knowledge.buried] == [body]


def test_a_message_of_a_job_that_is_long_over_goes_to_the_dlq(knowledge: Any, known: Any) -> None:
    job = knowledge.start("page", known.page_id(1))
    ((body, _),) = knowledge.queue.messages
    del knowledge.rows.jobs[job.job_id]

    assert not knowledge.handled(body, 1, CrashPlan())
    assert knowledge.handled(body, 4, CrashPlan())

    assert "no sync job" in knowledge.buried[0][1]


def test_a_page_at_which_somebody_is_at_work_is_left_for_later(knowledge: Any, known: Any) -> None:
    knowledge.write(1, row=False)
    job = knowledge.start("page", known.page_id(1))
    until = knowledge.now.replace(hour=11)
    key = f"knowledge-{knowledge.project}-{known.page_id(1)}"
    knowledge.table.leases[key] = ("somebody", until)
    ((body, _),) = knowledge.queue.messages

    assert not knowledge.handled(body, 1, CrashPlan())
    assert knowledge.progress(job).status == "queued"
