"""What would remain when an environment is destroyed, from the templates and not from a list."""

from typing import Any

from switchboard.local.infra_gates.teardown import read_teardown


def remaining(stack: Any) -> list[tuple[str, str]]:
    return [(item.what, item.why) for item in read_teardown([stack]).remains]


def test_a_retained_resource_remains_with_how_to_remove_it_and_its_price(make_stack: Any) -> None:
    stack = make_stack(Key=("AWS::KMS::Key", {}), deletion={"Key": "Retain"})

    (item,) = read_teardown([stack]).remains

    assert item.what == "Parts/Key (KMS::Key)"
    assert "on purpose" in item.why
    assert "schedule-key-deletion" in item.remove
    assert item.costs.startswith("$1 a month")


def test_a_deleted_key_waits_and_a_bucket_with_content_stops_its_stack(make_stack: Any) -> None:
    stack = make_stack(
        Key=("AWS::KMS::Key", {"PendingWindowInDays": 7}), Bucket=("AWS::S3::Bucket", {})
    )

    assert remaining(stack) == [
        ("Parts/Key (KMS::Key)", "a key waits 7 days before it is deleted"),
        (
            "Parts/Bucket (S3::Bucket)",
            "a bucket with content cannot be deleted, and its stack fails",
        ),
    ]


def test_log_groups_that_no_template_has_are_named(make_stack: Any) -> None:
    stack = make_stack(
        Edge=("AWS::Lambda::Function", {}),
        Own=("AWS::Lambda::Function", {"LoggingConfig": {"LogGroup": "x"}}),
        Dev=("AWS::BedrockAgentCore::RuntimeEndpoint", {"Name": "dev"}),
        Prod=("AWS::BedrockAgentCore::RuntimeEndpoint", {"Name": "prod"}),
    )

    found = dict(remaining(stack))

    assert "Parts/Edge (Lambda::Function)" in found
    assert not any("Own" in what for what in found)
    assert any("Parts/Dev" in what and "Parts/Prod" in what for what in found)


def test_a_plain_resource_leaves_nothing(make_stack: Any) -> None:
    stack = make_stack(Queue=("AWS::SQS::Queue", {}), Budget=("AWS::Budgets::Budget", {}))
    teardown = read_teardown([stack])

    assert teardown.remains == []
    assert teardown.stacks == [
        ("switchboard-dev-shop", {"AWS::SQS::Queue": 1, "AWS::Budgets::Budget": 1})
    ]


def test_stacks_go_in_the_opposite_order_of_their_deployment(make_stack: Any) -> None:
    first, second = make_stack(), make_stack(environment="prod")

    assert [name for name, _ in read_teardown([first, second]).stacks] == [
        "switchboard-prod-shop",
        "switchboard-dev-shop",
    ]
