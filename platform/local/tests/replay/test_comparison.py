"""What counts as a difference, and what must differ in every run."""

from collections import Counter
from types import SimpleNamespace as Tale
from typing import Any

from switchboard.local.replay.difference import Aspect, compare, told
from switchboard.local.replay.effects import Effects, Looked, effects
from switchboard.local.replay.normal import digest, normalised

Event = dict[str, Any]
FILES = Counter(["src/pricing.py 15ed61b", "tests/test_pricing.py 9af01ea"])
COMMENT = Counter(["on the page: done"])


def seen(events: list[Event], files: Counter[str] | str = FILES) -> Effects:
    return effects(events, Looked(files, COMMENT))


def differing(one: Effects, other: Effects) -> list[Aspect]:
    return [aspect for aspect in compare(one, other) if aspect.differs]


def test_the_same_story_has_the_same_effects(story: list[Event]) -> None:
    aspects = compare(seen(story), seen(story))

    assert [aspect.name for aspect in aspects] == [
        "events",
        "outcomes",
        "artifacts",
        "content",
        "comments",
        "cost",
    ]
    assert not any(aspect.differs for aspect in aspects)


def test_measured_seconds_are_no_difference_but_tokens_are(tale: Tale, story: list[Event]) -> None:
    slower = tale.completed()
    slower["detail"]["data"]["receipt"]["lines"][1]["quantity"] = "0.9"
    dearer = tale.completed()
    dearer["detail"]["data"]["receipt"]["lines"][0]["quantity"] = "102"

    as_slow = differing(
        seen(story), seen([tale.changed(), tale.requested(), slower, tale.delivered()])
    )
    as_dear = differing(
        seen(story), seen([tale.changed(), tale.requested(), dearer, tale.delivered()])
    )

    assert as_slow == []
    assert [aspect.name for aspect in as_dear] == ["cost"]
    assert as_dear[0].only_shadow == ["code: model input tokens 102 token"]


def test_a_few_tokens_more_for_a_longer_address_are_no_difference(
    tale: Tale, story: list[Event]
) -> None:
    longer = tale.completed()
    longer["detail"]["data"]["receipt"]["lines"][0]["quantity"] = "101"

    found = differing(seen(story), seen([story[0], story[1], longer, story[3]]))

    assert found == []


def test_a_failure_differs_in_events_outcome_and_artifacts(tale: Tale, story: list[Event]) -> None:
    failed = tale.completed(status="failed", error={"code": "AGENT_ERROR"}, output_artifacts=[])
    failed["detail-type"] = "InvocationFailed.v1"

    found = differing(
        seen(story), seen([tale.changed(), tale.requested(), failed, tale.delivered()])
    )

    assert [aspect.name for aspect in found] == ["events", "outcomes", "artifacts"]
    assert told(found[1]) == [
        "outcomes   DIFFER (0 the same)",
        "  only in the archive: code completed",
        "  only in the shadow: code failed: AGENT_ERROR",
    ]


def test_another_content_of_a_file_is_a_difference(story: list[Event]) -> None:
    other = Counter(["src/pricing.py 15ed61b", "tests/test_pricing.py 0000000"])

    (content,) = differing(seen(story), seen(story, other))

    assert content.only_archived == ["tests/test_pricing.py 9af01ea"]
    assert content.only_shadow == ["tests/test_pricing.py 0000000"]


def test_an_effect_that_is_doubled_is_a_difference(tale: Tale, story: list[Event]) -> None:
    (events,) = differing(seen(story), seen([*story, tale.delivered()]))

    assert events.only_shadow == ["InvocationDelivered.v1"]


def test_what_cannot_be_read_any_more_is_said_and_is_no_difference(story: list[Event]) -> None:
    aspects = {aspect.name: aspect for aspect in compare(seen(story, "it is gone"), seen(story))}

    assert not aspects["content"].differs
    assert told(aspects["content"]) == ["content    not compared, archived side: it is gone"]
    assert aspects["content"].report()["compared"] is False


def test_addresses_ids_and_times_are_not_compared() -> None:
    archived = (
        "Pull request #7: http://127.0.0.1:8721/acme/storefront/pull/7 of "
        "01M8FW6W7VS4SG7VMG1K3E71AN, page 82080697-c3eb-4c3e-b676-1e80d4baf6a5, "
        "2026-11-28T01:27:11.867284Z, $0.25, 8.4 s"
    )
    shadow = (
        "Pull request #1: http://127.0.0.1:40001/acme/storefront/pull/1 of "
        "01M8FW8E0WS8S6P7C1PWD3YC6M, page 092d4ce5-a4f4-4a0f-9160-5ce93b2056f9, "
        "2026-11-29T02:27:11Z, $0.26, 9.1 s"
    )

    assert normalised(archived) == normalised(shadow)
    assert digest(archived) == digest(shadow)
    assert digest(archived) != digest(shadow.replace("Pull", "Push"))
