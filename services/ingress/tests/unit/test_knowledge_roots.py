"""Whose knowledge a page is, and what starts a sync: roots, projects, jobs, schedule, changes."""

from dataclasses import replace
from typing import Any

import pytest

from switchboard.ingress.domain.start_sync import SyncRefusedError
from switchboard.ingress.domain.sync_model import Root, Target


@pytest.mark.parametrize("kind", ["page", "database"])
def test_a_root_that_is_not_there_fails_with_a_name(knowledge: Any, known: Any, kind: str) -> None:
    progress = knowledge.sync(kind, known.page_id(1))

    assert progress.status == "failed"
    assert progress.failures[0].ending.code == f"{kind.upper()}_NOT_FOUND"
    assert knowledge.rows.roots == {} or kind == "database"


def test_a_page_of_two_roots_is_ingested_once_and_stays_while_one_has_it(
    knowledge: Any, known: Any
) -> None:
    knowledge.write(1, row=False, children=(2,))
    knowledge.write(2, under=1, children=(3,))
    knowledge.write(3, under=2)
    knowledge.sync("page", known.page_id(1))

    inner = knowledge.sync("page", known.page_id(2))
    knowledge.trash(1)
    knowledge.sync("page", known.page_id(1))
    knowledge.sync("page", known.page_id(2))

    assert known.counted(inner) == {"found": 1, "unchanged": 1}
    assert sorted(knowledge.texts()) == [2, 3]


def test_two_projects_hold_a_page_apart(knowledge: Any, known: Any) -> None:
    knowledge.configure(project_id="other")
    knowledge.write(1, row=False)
    for project_id in (knowledge.project, "other"):
        knowledge.start("page", known.page_id(1), project_id=project_id)
        knowledge.run()

    (job,) = [item for item in knowledge.notice(1) if item.project_id == "other"]
    knowledge.run()

    assert knowledge.texts() == knowledge.texts("other") == {1: "Text"}
    assert knowledge.progress(job).status == "completed"


def test_everything_of_a_root_that_is_gone_is_taken_out_and_it_is_kept_in_sync_no_more(
    knowledge: Any, known: Any
) -> None:
    knowledge.write(1, row=False, children=(2,))
    knowledge.write(2, under=1)
    knowledge.sync("page", known.page_id(1))
    del knowledge.source.pages[known.page_id(1)]

    progress = knowledge.sync("page", known.page_id(1))

    assert known.counted(progress) == {"found": 2, "removed": 2}
    assert knowledge.texts() == {}
    assert knowledge.rows.roots == {}


@pytest.mark.parametrize(
    ("knowledge_base_id", "project_id", "code"),
    [
        ("KB12345678", "nowhere", "UNKNOWN_PROJECT"),
        (None, "proj-demo", "NO_KNOWLEDGE_BASE"),
        ("KB00000000", "proj-demo", "FOREIGN_KNOWLEDGE_BASE"),
    ],
)
def test_only_a_project_with_this_environment_s_knowledge_base_is_synced(
    knowledge: Any, known: Any, knowledge_base_id: str | None, project_id: str, code: str
) -> None:
    knowledge.configure(knowledge_base_id)

    with pytest.raises(SyncRefusedError) as refused:
        knowledge.start("page", known.page_id(1), project_id=project_id)

    assert refused.value.code == code
    assert refused.value.remediation
    assert knowledge.queue.messages == []


def test_the_same_key_is_the_same_job_and_another_target_is_refused(
    knowledge: Any, known: Any
) -> None:
    first = knowledge.start("page", known.page_id(1), idempotency_key="k")
    again = knowledge.start("page", known.page_id(1), idempotency_key="k")
    other = knowledge.start("page", known.page_id(1))

    assert again == first
    assert other.job_id != first.job_id
    with pytest.raises(SyncRefusedError, match="stands for"):
        knowledge.start("page", known.page_id(2), idempotency_key="k")


def test_the_schedule_syncs_every_root_once_for_each_moment(knowledge: Any, known: Any) -> None:
    knowledge.fill(2)
    knowledge.write(10, row=False)
    knowledge.sync("database", knowledge.database)
    knowledge.sync("page", known.page_id(10))
    knowledge.write(1, "Edited")
    knowledge.wait(hours=6)

    message = ('{"scheduled": "' + knowledge.now.isoformat() + '"}', 0)
    knowledge.queue.messages += [message, message]
    knowledge.run()

    jobs = [job for job in knowledge.rows.jobs.values() if job.started_by == "schedule"]
    assert {job.target.kind for job in jobs} == {"page", "database"}
    assert len(jobs) == 2
    assert all(knowledge.progress(job).status == "completed" for job in jobs)
    assert knowledge.texts()[1] == "Edited"


def test_the_schedule_passes_over_projects_that_have_lost_their_knowledge_base(
    knowledge: Any, known: Any
) -> None:
    knowledge.write(1, row=False)
    knowledge.sync("page", known.page_id(1))
    knowledge.configure(None)

    assert knowledge.scheduled()(knowledge.now) == []


def test_a_reported_change_of_a_synced_page_syncs_that_page_alone(
    knowledge: Any, known: Any
) -> None:
    knowledge.write(1, row=False, children=(2, 3))
    knowledge.write(2, under=1)
    knowledge.write(3, under=1)
    knowledge.sync("page", known.page_id(1))
    knowledge.write(2, "New", under=1)
    knowledge.source.calls = 0

    (job,) = knowledge.notice(2, change="content", parent_ids=[known.page_id(1)])
    knowledge.run()

    assert job.started_by == "webhook"
    assert known.counted(knowledge.progress(job)) == {"found": 1, "changed": 1}
    assert knowledge.source.calls == 3


def test_a_new_row_or_sub_page_of_something_synced_is_synced(knowledge: Any, known: Any) -> None:
    knowledge.fill(1)
    knowledge.sync("database", knowledge.database)
    knowledge.write(2)
    knowledge.write(3, under=1)

    for number, parents in (
        (2, [knowledge.database, knowledge.stories]),
        (3, [known.page_id(1)]),
    ):
        knowledge.notice(number, parent_ids=parents)
        knowledge.run()

    assert sorted(knowledge.texts()) == [1, 2, 3]


def test_a_deleted_page_is_taken_out_when_it_is_reported(knowledge: Any, known: Any) -> None:
    knowledge.write(1, row=False, children=(2,))
    knowledge.write(2, under=1)
    knowledge.sync("page", known.page_id(1))
    knowledge.trash(2)

    (job,) = knowledge.notice(2, change="removed", parent_ids=[known.page_id(1)])
    knowledge.run()

    assert known.counted(knowledge.progress(job)) == {"found": 1, "removed": 1}
    assert list(knowledge.texts()) == [1]


@pytest.mark.parametrize("change", ["properties", "content", "removed", "comments"])
def test_changes_of_other_pages_start_nothing(knowledge: Any, known: Any, change: str) -> None:
    knowledge.write(1, row=False)
    knowledge.sync("page", known.page_id(1))

    assert knowledge.notice(7, change=change, parent_ids=[known.page_id(8)]) == []


def test_a_project_without_a_knowledge_base_is_not_synced_by_changes(
    knowledge: Any, known: Any
) -> None:
    knowledge.write(1, row=False)
    knowledge.sync("page", known.page_id(1))
    knowledge.configure(None)

    assert knowledge.notice(1) == []


def test_a_sub_page_written_since_is_found_by_a_reported_change_of_its_parent(
    knowledge: Any, known: Any
) -> None:
    knowledge.write(1, row=False, children=(2,))
    knowledge.write(2, under=1)
    knowledge.sync("page", known.page_id(1))
    knowledge.write(3, under=1)
    knowledge.write(1, row=False, children=(2, 3))
    knowledge.source.calls = 0

    knowledge.notice(1, change="content")
    knowledge.run()

    assert sorted(knowledge.texts()) == [1, 2, 3]
    assert knowledge.source.calls == 3 + 3


def test_a_root_is_remembered_under_the_ids_of_its_data_sources(knowledge: Any) -> None:
    knowledge.fill(1)
    knowledge.sync("database", knowledge.database)

    root = Root(knowledge.project, Target("database", knowledge.database))
    assert set(knowledge.rows.roots[root]) == {knowledge.database, knowledge.stories}


def test_the_log_tells_how_a_job_ended(knowledge: Any, known: Any) -> None:
    knowledge.write(1, row=False)

    knowledge.sync("page", known.page_id(1))

    (line,) = [item for item in knowledge.lines() if item["message"] == "sync ended"]
    assert line["counts"] == {"found": 1, "changed": 1}
    assert line["status"] == "completed"


def test_an_unchanged_page_costs_one_call(knowledge: Any, known: Any) -> None:
    knowledge.write(1, row=False)
    knowledge.sync("page", known.page_id(1))
    knowledge.source.calls = 0

    knowledge.sync("page", known.page_id(1))

    assert knowledge.source.calls == 1


def test_a_page_title_can_change_the_document_without_its_text(knowledge: Any, known: Any) -> None:
    knowledge.write(1, row=False)
    knowledge.sync("page", known.page_id(1))
    knowledge.write(1, row=False)
    page = knowledge.source.pages[known.page_id(1)]
    knowledge.source.pages[page.id] = replace(page, title="Renamed")

    progress = knowledge.sync("page", known.page_id(1))

    assert known.counted(progress) == {"found": 1, "changed": 1}
    assert knowledge.base.documents[knowledge.project, page.id].title == "Renamed"
