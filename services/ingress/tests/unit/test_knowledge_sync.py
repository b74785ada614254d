"""What a sync makes of a workspace: which pages are found, ingested, left alone, taken out."""

from datetime import timedelta
from typing import Any

import pytest

from switchboard.ingress.domain.knowledge_document import Comment
from switchboard.ingress.domain.ports import NotionUnavailableError
from switchboard.ingress.domain.sync_ports import Indexing, KnowledgeBaseRefusedError


@pytest.mark.requirement("KBS-01", "U")
def test_a_page_is_synced_with_its_sub_pages_however_deep(knowledge: Any, known: Any) -> None:
    knowledge.write(1, "Top", row=False, children=(2,))
    knowledge.write(2, "Middle", under=1, children=(3,))
    knowledge.write(3, "Bottom", under=2)

    progress = knowledge.sync("page", known.page_id(1))

    assert progress.status == "completed"
    assert known.counted(progress) == {"found": 3, "changed": 3}
    assert knowledge.texts() == {1: "Top", 2: "Middle", 3: "Bottom"}
    below = knowledge.base.documents[knowledge.project, known.page_id(3)]
    assert below.parent_page_id == known.page_id(2)


def test_a_second_sync_ingests_only_what_was_edited_since(knowledge: Any, known: Any) -> None:
    knowledge.write(1, "Top", row=False, children=(2, 3))
    knowledge.write(2, "Old", under=1)
    knowledge.write(3, "Kept", under=1)
    knowledge.sync("page", known.page_id(1))
    knowledge.write(2, "New", under=1)

    progress = knowledge.sync("page", known.page_id(1))

    assert known.counted(progress) == {"found": 3, "changed": 1, "unchanged": 2}
    assert knowledge.texts()[2] == "New"
    assert knowledge.base.puts == 4


def test_a_thousand_rows_are_compared_by_ten_calls_and_only_three_ingested_again(
    knowledge: Any, known: Any
) -> None:
    knowledge.fill(1000)
    first = knowledge.sync("database", knowledge.database)
    knowledge.source.calls = knowledge.base.puts = 0
    for number in (7, 500, 1000):
        knowledge.write(number, "Edited")

    second = knowledge.sync("database", knowledge.database)

    assert known.counted(first) == {"found": 1000, "changed": 1000, "listed": 11}
    assert known.counted(second) == {
        "found": 1000,
        "changed": 3,
        "unchanged": 997,
        "listed": 11,
    }
    assert knowledge.base.puts == 3
    # the database, ten portions, and for each edited row: page, Markdown, comments
    assert knowledge.source.calls == 1 + 10 + 3 * 3


def test_an_edit_in_the_minute_of_the_last_reading_is_not_missed(
    knowledge: Any, known: Any
) -> None:
    knowledge.write(1, "Before", row=False)
    knowledge.now += timedelta(seconds=20)
    knowledge.start("page", known.page_id(1))
    knowledge.run()
    page = knowledge.source.pages[known.page_id(1)]
    # thirty seconds later, which Notion's rounded time does not show
    knowledge.write(1, "After", row=False, last_edited_time=page.last_edited_time)

    first = knowledge.sync("page", known.page_id(1))
    second = knowledge.sync("page", known.page_id(1))

    assert known.counted(first) == {"found": 1, "changed": 1}
    assert known.counted(second) == {"found": 1, "unchanged": 1}
    assert knowledge.texts() == {1: "After"}


def test_a_page_that_was_read_again_and_is_the_same_is_not_ingested_again(
    knowledge: Any, known: Any
) -> None:
    knowledge.write(1, "Same", row=False)
    knowledge.sync("page", known.page_id(1))
    knowledge.write(1, "Same", row=False)

    progress = knowledge.sync("page", known.page_id(1))

    assert known.counted(progress) == {"found": 1, "unchanged": 1}
    assert knowledge.base.puts == 1


def test_pages_in_the_trash_or_gone_are_taken_out_with_what_lay_below(
    knowledge: Any, known: Any
) -> None:
    knowledge.write(1, row=False, children=(2, 5))
    knowledge.write(2, under=1, children=(3,))
    knowledge.write(3, under=2, children=(4,))
    knowledge.write(4, under=3)
    knowledge.write(5, under=1)
    knowledge.sync("page", known.page_id(1))
    knowledge.trash(2)
    del knowledge.source.pages[known.page_id(5)]

    progress = knowledge.sync("page", known.page_id(1))

    # Notion shows 3 and 4 as before: their parent is in the trash, they are not
    assert known.counted(progress) == {"found": 5, "removed": 4, "unchanged": 1}
    assert list(knowledge.texts()) == [1]


def test_a_page_that_moved_out_of_the_tree_is_taken_out_and_one_that_moved_inside_stays(
    knowledge: Any, known: Any
) -> None:
    knowledge.write(1, row=False, children=(2, 3, 4))
    for number in (2, 3, 4):
        knowledge.write(number, under=1)
    knowledge.sync("page", known.page_id(1))
    knowledge.write(2, under=9)
    knowledge.write(3, under=4)

    progress = knowledge.sync("page", known.page_id(1))

    assert known.counted(progress) == {"found": 4, "removed": 1, "changed": 1, "unchanged": 2}
    assert sorted(knowledge.texts()) == [1, 3, 4]


def test_a_page_inside_a_toggle_or_column_belongs_to_the_tree(knowledge: Any, known: Any) -> None:
    knowledge.write(1, row=False, children=(2,))
    knowledge.write(2, row=False, parent_kind="block_id")
    knowledge.sync("page", known.page_id(1))

    progress = knowledge.sync("page", known.page_id(1))

    assert known.counted(progress) == {"found": 2, "unchanged": 2}


def test_rows_that_are_gone_and_sub_pages_of_rows_are_looked_at_too(
    knowledge: Any, known: Any
) -> None:
    knowledge.fill(3)
    knowledge.write(1, "Row with a page", children=(10,))
    knowledge.write(10, "Below", under=1)
    knowledge.sync("database", knowledge.database)
    knowledge.trash(2)
    knowledge.write(10, "Below, edited", under=1)

    progress = knowledge.sync("database", knowledge.database)

    assert known.counted(progress) == {
        "found": 4,
        "changed": 1,
        "unchanged": 2,
        "removed": 1,
        "listed": 2,
    }
    assert knowledge.texts()[10] == "Below, edited"
    assert 2 not in knowledge.texts()


def test_a_data_source_can_be_named_instead_of_its_database(knowledge: Any, known: Any) -> None:
    knowledge.fill(2)

    progress = knowledge.sync("database", knowledge.stories)

    assert known.counted(progress) == {"found": 2, "changed": 2, "listed": 2}


def test_rows_of_the_project_s_stories_are_user_stories(knowledge: Any, known: Any) -> None:
    knowledge.fill(1)
    knowledge.write(1, children=(2,))
    knowledge.write(2, under=1)

    knowledge.sync("database", knowledge.database)

    types = {name[1][-1]: item.page_type for name, item in knowledge.base.documents.items()}
    assert types == {"1": "user_story", "2": "general"}


@pytest.mark.requirement("KBS-03", "U")
def test_a_comment_that_leaves_no_trace_in_the_edit_time_is_ingested_when_it_is_reported(
    knowledge: Any, known: Any
) -> None:
    knowledge.write(1, row=False)
    knowledge.sync("page", known.page_id(1))
    page = knowledge.source.pages[known.page_id(1)]
    said = Comment("d", "Ada", knowledge.now, "Please look again")
    knowledge.write(1, row=False, comments=(said,), last_edited_time=page.last_edited_time)

    (job,) = knowledge.notice(1, change="comments")
    knowledge.run()

    assert known.counted(knowledge.progress(job)) == {"found": 1, "changed": 1}
    assert knowledge.base.documents[knowledge.project, known.page_id(1)].comments == (said,)


def test_a_job_ends_although_pages_fail_and_says_which_and_why(knowledge: Any, known: Any) -> None:
    knowledge.write(1, row=False, children=(2, 3, 4))
    for number in (2, 3, 4):
        knowledge.write(number, under=1)
    knowledge.failing[known.page_id(2)] = NotionUnavailableError("still 503")
    knowledge.base.states[known.page_id(3)] = [Indexing("failed", "no such language")]

    progress = knowledge.sync("page", known.page_id(1))

    assert progress.status == "completed"
    assert known.counted(progress) == {"found": 4, "changed": 2, "failed": 2}
    reasons = {item.id[-1]: item.ending.code for item in progress.failures}
    assert reasons == {"2": "RETRIES_USED_UP", "3": "INDEXING_FAILED"}
    ((_, buried),) = knowledge.buried
    assert "still 503" in buried


def test_a_page_that_failed_is_tried_again_by_the_next_sync(knowledge: Any, known: Any) -> None:
    knowledge.write(1, row=False)
    knowledge.base.states[known.page_id(1)] = [Indexing("failed", "model is not enabled")]
    first = knowledge.sync("page", known.page_id(1))

    second = knowledge.sync("page", known.page_id(1))

    assert (first.status, known.counted(first)) == ("failed", {"found": 1, "failed": 1})
    assert (second.status, known.counted(second)) == ("completed", {"found": 1, "changed": 1})


def test_a_document_that_takes_its_time_is_asked_for_until_it_is_indexed(
    knowledge: Any, known: Any
) -> None:
    knowledge.write(1, row=False)
    knowledge.base.states[known.page_id(1)] = [Indexing("absent")] + [Indexing("pending")] * 3
    started = knowledge.now

    progress = knowledge.sync("page", known.page_id(1))

    assert known.counted(progress) == {"found": 1, "changed": 1}
    assert knowledge.base.puts == 1
    assert (knowledge.now - started).total_seconds() == 300 + 10 + 20 + 40 + 60


def test_a_document_that_is_never_indexed_fails_after_a_while(knowledge: Any, known: Any) -> None:
    knowledge.write(1, row=False)
    knowledge.base.states[known.page_id(1)] = [Indexing("pending")] * 20

    progress = knowledge.sync("page", known.page_id(1))

    assert known.counted(progress) == {"found": 1, "failed": 1}
    assert progress.failures[0].ending.reason == "the document is pending"


def test_what_the_knowledge_base_refuses_fails_at_once(knowledge: Any, known: Any) -> None:
    def refuse(*_: Any) -> Indexing:
        raise KnowledgeBaseRefusedError("the page has too many bytes")

    knowledge.write(1, row=False)
    knowledge.base.put = refuse

    progress = knowledge.sync("page", known.page_id(1))

    assert progress.failures[0].ending.code == "KNOWLEDGE_BASE_REFUSED"
    assert knowledge.buried == []
