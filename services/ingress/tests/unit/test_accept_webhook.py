"""The webhook door: three shapes, one model; refused unless proved; kept once."""

import json
from datetime import timedelta
from typing import Any

import pytest

from switchboard.ingress.domain.accept_webhook import (
    MAX_BODY_BYTES,
    Delivery,
    InvalidWebhookError,
    WebhookTooLargeError,
)
from switchboard.ingress.domain.ports import Credentials
from switchboard.ingress.domain.webhook_bodies import MalformedWebhookError


@pytest.fixture
def seed(make: Any) -> dict[str, Any]:
    return {
        "type": "page.updated",
        "page_id": make.page,
        "workspace_id": make.workspace,
        "properties_changed": ["Status"],
    }


@pytest.fixture
def automation(make: Any) -> dict[str, Any]:
    return {
        "source": {
            "type": "automation",
            "automation_id": "a",
            "action_id": "b",
            "event_id": "55555555-0000-4000-8000-000000000001",
            "user_id": make.person,
            "attempt": 1,
        },
        "data": {
            "object": "page",
            "id": make.page.replace("-", ""),
            "parent": {"type": "data_source_id", "data_source_id": make.stories},
            "properties": {},
            "url": "https://www.notion.so/x",
        },
    }


def as_bytes(body: dict[str, Any]) -> bytes:
    return json.dumps(body).encode()


@pytest.mark.requirement("ING-02", "C")
def test_the_three_shapes_become_the_same_change(
    world: Any, make: Any, seed: dict[str, Any], automation: dict[str, Any]
) -> None:
    world.deliver(make.notion_body())
    world.deliver(seed)
    world.door()(Delivery(as_bytes(automation), shared_secret=make.automation))

    changes = [event.data for event in world.events("ContentChanged.v1")]
    assert [change.shape for change in changes] == ["notion", "seed", "automation"]
    assert {change.page_id for change in changes} == {make.page}
    assert changes[0].changed_property_ids == ["st%3A"]
    assert changes[0].authors == [make.person]
    assert changes[0].workspace_id == make.workspace
    assert changes[1].changed_property_ids == ["Status"]
    assert changes[2].authors == [make.person]


def test_the_event_begins_a_flow_under_its_own_id(world: Any, make: Any) -> None:
    receipt = world.deliver(make.notion_body())

    (event,) = world.events("ContentChanged.v1")
    assert receipt.status == "accepted"
    assert event.metadata.id == event.metadata.correlation_id == receipt.correlation_id


@pytest.mark.requirement("ING-03", "U")
@pytest.mark.parametrize("header", [None, "", "sha256=", "sha256=00", "md5=ü", "\udc80"])
def test_a_missing_or_wrong_signature_is_refused(world: Any, make: Any, header: str | None) -> None:
    raw = as_bytes(make.notion_body())

    with pytest.raises(InvalidWebhookError) as refused:
        world.door()(Delivery(raw, header))

    assert refused.value.remediation
    assert world.table.outbox == []


@pytest.mark.requirement("ING-03", "U")
def test_no_single_flipped_bit_of_body_or_signature_is_accepted(world: Any, make: Any) -> None:
    raw = as_bytes(make.notion_body())
    header = make.sign(raw).encode()
    door = world.door()
    accepted = 0

    for index in range(len(raw) * 8):
        flipped = bytearray(raw)
        flipped[index // 8] ^= 1 << index % 8
        accepted += _accepted(door, Delivery(bytes(flipped), header.decode()))
    for index in range(len(header) * 8):
        flipped = bytearray(header)
        flipped[index // 8] ^= 1 << index % 8
        accepted += _accepted(door, Delivery(raw, flipped.decode("latin-1")))

    assert accepted == 0
    assert world.table.outbox == []


def _accepted(door: Any, delivery: Delivery) -> bool:
    try:
        door(delivery)
    except InvalidWebhookError:
        return False
    return True


def test_the_signature_is_over_the_exact_bytes(world: Any, make: Any) -> None:
    raw = json.dumps(make.notion_body(), indent=2, ensure_ascii=False).encode()

    assert world.door()(Delivery(raw, make.sign(raw))).status == "accepted"
    with pytest.raises(InvalidWebhookError):
        world.door()(Delivery(as_bytes(json.loads(raw)), make.sign(raw)))


def test_a_replayed_webhook_is_a_duplicate_and_is_not_published_again(
    world: Any, make: Any
) -> None:
    statuses = [world.deliver(make.notion_body(attempt_number=n)).status for n in (1, 2, 8)]

    assert statuses == ["accepted", "duplicate", "duplicate"]
    assert len(world.table.outbox) == 1


def test_an_event_older_than_48_hours_is_refused_and_a_late_redelivery_is_not(
    world: Any, make: Any
) -> None:
    body = make.notion_body()

    world.wait(hours=24)
    assert world.deliver(body).status == "accepted"
    world.wait(hours=25)
    with pytest.raises(InvalidWebhookError, match="48 hours"):
        world.deliver(body)


def test_a_seed_body_without_identity_is_one_event_per_minute(
    world: Any, seed: dict[str, Any]
) -> None:
    statuses = [world.deliver(seed).status, world.deliver(seed).status]
    world.wait(minutes=1)
    statuses.append(world.deliver(seed).status)

    assert statuses == ["accepted", "duplicate", "accepted"]


def test_a_seed_body_with_an_id_is_known_by_it(world: Any, seed: dict[str, Any]) -> None:
    world.deliver({**seed, "id": "delivery-1"})
    world.wait(hours=3)

    assert world.deliver({**seed, "id": "delivery-1"}).status == "duplicate"


@pytest.mark.parametrize(
    ("event_type", "entity"),
    [
        ("comment.created", "comment"),
        ("page.locked", "page"),
        ("page.deleted", "database"),
        ("data_source.schema_updated", "data_source"),
        ("something.nobody.knows", "page"),
    ],
)
def test_other_events_are_acknowledged_and_not_kept(
    world: Any, make: Any, event_type: str, entity: str
) -> None:
    body = make.notion_body(type=event_type, entity={"id": make.page, "type": entity})

    assert world.deliver(body).status == "ignored"
    assert world.table.outbox == []


@pytest.mark.parametrize(
    ("event_type", "change"),
    [
        ("page.created", "properties"),
        ("page.properties_updated", "properties"),
        ("page.content_updated", "content"),
        ("page.moved", "moved"),
        ("page.deleted", "removed"),
        ("page.undeleted", "restored"),
    ],
)
def test_what_changed_and_where_the_page_lies_is_part_of_the_event(
    world: Any, make: Any, event_type: str, change: str
) -> None:
    assert world.deliver(make.notion_body(type=event_type)).status == "accepted"

    (event,) = world.table.outbox
    assert event.data.change == change
    assert event.data.parent_ids == [make.stories_database, make.stories]


@pytest.mark.parametrize("event_type", ["comment.created", "comment.updated", "comment.deleted"])
def test_a_comment_is_a_change_of_its_page(world: Any, make: Any, event_type: str) -> None:
    data = {"page_id": make.page, "parent": {"id": make.page, "type": "page"}}
    comment = {"id": "55555555-0000-4000-8000-000000000001", "type": "comment"}
    body = make.notion_body(type=event_type, entity=comment, data=data)

    assert world.deliver(body).status == "accepted"

    (event,) = world.table.outbox
    assert (event.data.change, event.data.page_id) == ("comments", make.page)


@pytest.mark.parametrize(
    "parent", [None, "page", {"id": 7}, {"id": "x" * 200}, {"type": "space", "id": "workspace"}]
)
def test_a_parent_of_another_form_does_not_stop_the_change(
    world: Any, make: Any, parent: Any
) -> None:
    body = make.notion_body(data={"parent": parent, "updated_properties": []})

    assert world.deliver(body).status == "accepted"
    assert world.table.outbox[0].data.parent_ids == []


def test_what_is_about_no_page_is_acknowledged_and_not_kept(
    world: Any, make: Any, seed: dict[str, Any], automation: dict[str, Any]
) -> None:
    automation["data"]["object"] = "database"

    about_a_database = Delivery(as_bytes(automation), shared_secret=make.automation)
    assert world.door()(about_a_database).status == "ignored"
    assert world.deliver({**seed, "type": "page.deleted"}).status == "ignored"
    assert world.table.outbox == []


def test_unknown_fields_and_unknown_kinds_of_author_are_accepted(world: Any, make: Any) -> None:
    body = make.notion_body(authors=[{"id": "a1", "type": "agent", "new": 1}], brand_new={"x": []})

    assert world.deliver(body).status == "accepted"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"null",
        b"{",
        b'"entity"',
        b'{"entity": {}}',
        b'{"page_id": "../users/me", "type": "page.updated", "workspace_id": "w"}',
        b"[" * 100_000,
        b"\xff\xfe",
    ],
)
def test_a_true_body_of_no_known_shape_is_malformed(world: Any, make: Any, raw: bytes) -> None:
    with pytest.raises(MalformedWebhookError):
        world.door()(Delivery(raw, make.sign(raw)))


def test_a_body_above_the_limit_is_refused_before_anything_is_read(world: Any, make: Any) -> None:
    raw = b" " * (MAX_BODY_BYTES + 1)

    with pytest.raises(WebhookTooLargeError):
        world.door()(Delivery(raw, make.sign(raw)))
    assert world.vault.reads == 0


def test_an_automation_is_accepted_only_with_the_shared_secret(
    world: Any, make: Any, automation: dict[str, Any]
) -> None:
    raw = as_bytes(automation)

    for delivery in (
        Delivery(raw),
        Delivery(raw, make.sign(raw)),
        Delivery(raw, shared_secret=""),
        Delivery(raw, make.sign(raw), shared_secret="guess"),
    ):
        with pytest.raises(InvalidWebhookError):
            world.door()(delivery)
    assert world.door()(Delivery(raw, shared_secret=make.automation)).status == "accepted"


def test_the_shared_secret_opens_the_door_to_no_other_shape(world: Any, make: Any) -> None:
    raw = as_bytes(make.notion_body())

    with pytest.raises(InvalidWebhookError, match="automation bodies only"):
        world.door()(Delivery(raw, shared_secret=make.automation))


def test_without_an_automation_secret_no_automation_is_accepted(
    world: Any, automation: dict[str, Any]
) -> None:
    world.vault.credentials = Credentials("token", None)

    with pytest.raises(InvalidWebhookError):
        world.door()(Delivery(as_bytes(automation), shared_secret=""))


@pytest.mark.requirement("ING-03", "U")
def test_a_rotated_token_is_seen_at_once_but_read_at_most_every_five_seconds(
    world: Any, make: Any
) -> None:
    raw = as_bytes(make.notion_body())
    door = world.door()
    door(Delivery(raw, make.sign(raw)))
    world.vault.credentials = Credentials("secret_of_the_next_subscription")
    fresh = Delivery(raw, make.sign(raw, "secret_of_the_next_subscription"))

    with pytest.raises(InvalidWebhookError):
        door(fresh)
    for _ in range(100):
        with pytest.raises(InvalidWebhookError):
            door(Delivery(raw, "sha256=00"))
    assert world.vault.reads == 1

    world.wait(seconds=5)
    assert door(fresh).status == "duplicate"
    assert world.vault.reads == 2


def test_a_withdrawn_token_is_refused_after_five_minutes(world: Any, make: Any) -> None:
    raw = as_bytes(make.notion_body())
    door = world.door()
    door(Delivery(raw, make.sign(raw)))
    world.vault.credentials = Credentials()

    world.wait(minutes=5)
    with pytest.raises(InvalidWebhookError):
        door(Delivery(raw, make.sign(raw)))


HANDSHAKE = b'{"verification_token": "secret_new_subscription"}'


def test_the_handshake_is_accepted_while_armed_and_disarms(world: Any) -> None:
    world.vault.credentials = Credentials(None, "kept", world.now + timedelta(minutes=10))

    receipt = world.door()(Delivery(HANDSHAKE))

    assert receipt.status == "verified"
    assert world.vault.credentials == Credentials("secret_new_subscription", "kept", None)


def test_a_repeated_handshake_of_the_stored_token_changes_nothing(world: Any) -> None:
    world.vault.credentials = Credentials("secret_new_subscription")

    assert world.door()(Delivery(HANDSHAKE)).status == "verified"
    assert world.vault.credentials == Credentials("secret_new_subscription")


@pytest.mark.parametrize(
    ("token", "armed_for"),
    [(None, None), (None, timedelta(0)), (None, timedelta(minutes=-1)), ("stored", timedelta(1))],
)
def test_a_handshake_is_refused_unless_armed_and_without_a_token(
    world: Any, token: str | None, armed_for: timedelta | None
) -> None:
    armed_until = None if armed_for is None else world.now + armed_for
    before = Credentials(token, None, armed_until)
    world.vault.credentials = before

    with pytest.raises(InvalidWebhookError) as refused:
        world.door()(Delivery(HANDSHAKE))

    assert "arm" in refused.value.remediation.lower()
    assert world.vault.credentials == before


def test_only_one_of_two_racing_handshakes_wins_an_arming(world: Any) -> None:
    armed = Credentials(None, None, world.now + timedelta(minutes=10))
    world.vault.credentials = armed
    early, late = world.door(), world.door()
    late.credentials.fresh()
    early(Delivery(HANDSHAKE))

    with pytest.raises(InvalidWebhookError, match="another handshake"):
        late(Delivery(b'{"verification_token": "secret_of_an_attacker"}'))

    assert world.vault.credentials.verification_token == "secret_new_subscription"
