"""A snapshot changes when the infrastructure does, and the difference can be read."""

from pathlib import Path
from typing import Any

from switchboard.local.infra_gates.snapshot_text import lines_of
from switchboard.local.infra_gates.snapshots import Snapshots, files

QUEUE = ("AWS::SQS::Queue", {"VisibilityTimeout": 30, "Tags": [{"Key": "a", "Value": "b"}]})
HASH_A, HASH_B = "a" * 64, "b" * 64


def function(bundle: str, memory: int = 256) -> tuple[str, dict[str, Any]]:
    return "AWS::Lambda::Function", {"Code": {"S3Key": f"{bundle}.zip"}, "MemorySize": memory}


def test_what_is_written_is_what_is_compared(make_stack: Any, tmp_path: Path) -> None:
    snapshots = Snapshots(tmp_path)
    stacks = [make_stack(Queue=QUEUE), make_stack(environment="prod", Queue=QUEUE)]

    assert snapshots.update(stacks) == ["dev/shop.txt", "prod/shop.txt"]
    assert list(snapshots.compare(stacks)) == []
    assert snapshots.update(stacks) == []


def test_another_bundle_is_no_change_of_the_infrastructure(make_stack: Any) -> None:
    assert files([make_stack(Door=function(HASH_A))]) == files([make_stack(Door=function(HASH_B))])


def test_a_changed_property_is_shown_with_its_resource_before_and_after(
    make_stack: Any, tmp_path: Path
) -> None:
    snapshots = Snapshots(tmp_path)
    snapshots.update([make_stack(Door=function(HASH_A), Queue=QUEUE)])

    (found,) = snapshots.compare([make_stack(Door=function(HASH_A, 512), Queue=QUEUE)])

    assert found.message.splitlines()[1:] == [
        "~ Resources Door AWS::Lambda::Function",
        "  - Properties.MemorySize = 256",
        "  + Properties.MemorySize = 512",
    ]
    assert "infra-check --update" in found.remedy


def test_a_stack_that_went_is_a_finding_and_its_file_goes(make_stack: Any, tmp_path: Path) -> None:
    snapshots = Snapshots(tmp_path)
    snapshots.update([make_stack(Queue=QUEUE)])

    assert [item.path for item in snapshots.compare([])] == ["dev/shop.txt"]
    assert snapshots.update([]) == ["dev/shop.txt"]
    assert list(tmp_path.rglob("*.txt")) == []


def test_a_run_over_some_stacks_says_nothing_of_the_others(make_stack: Any, tmp_path: Path) -> None:
    snapshots = Snapshots(tmp_path)
    snapshots.update([make_stack(Queue=QUEUE)])

    assert list(snapshots.compare([], every=False)) == []


def test_of_another_environment_only_what_differs_is_written(make_stack: Any) -> None:
    stacks = [
        make_stack(Queue=QUEUE, Door=function(HASH_A)),
        make_stack(environment="prod", Queue=QUEUE, Door=function(HASH_A, 512)),
    ]

    assert files(stacks)["prod/shop.txt"].splitlines() == [
        "~ Resources Door AWS::Lambda::Function",
        "  - Properties.MemorySize = 256",
        "  + Properties.MemorySize = 512",
    ]


def test_references_policies_and_long_texts_are_short_lines(make_stack: Any) -> None:
    statement = {
        "Effect": "Allow",
        "Action": ["s3:GetObject"],
        "Resource": {"Fn::Join": ["", [{"Fn::GetAtt": ["Bucket", "Arn"]}, "/*"]]},
    }
    stack = make_stack(
        Policy=("AWS::IAM::Policy", {"PolicyDocument": {"Statement": [statement]}}),
        Flow=("AWS::Connect::ContactFlow", {"Content": "x" * 5000}),
    )

    text = "\n".join(lines_of(stack.template, "dev"))

    assert "Statement[0] = Allow [s3:GetObject] on ${Bucket.Arn}/*" in text
    assert "Content = <5000 characters, " in text
    assert len(text) < 400
