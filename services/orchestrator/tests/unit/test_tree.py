"""A chain is one tree, whichever of its invocations is asked about."""

from typing import Any

import pytest

from switchboard.events.values import Artifact
from switchboard.orchestrator.domain.lifecycle import requested
from switchboard.orchestrator.domain.model import NotFoundError
from switchboard.orchestrator.domain.ports import Change
from switchboard.orchestrator.domain.read_tree import MAX_NODES, Node, ReadTree

A, B = (
    Artifact(type="prototype", url=f"https://p.example/{name}", title=name) for name in ("A", "B")
)


@pytest.fixture
def chain(world: Any, make: Any, clock: Any) -> Any:
    """Store an invocation with a parent, or without one."""

    def grow(invocation_id: str, parent: str | None = None, **changes: Any) -> None:
        request = make.request(invocation_id=invocation_id, parent_invocation_id=parent)
        record = requested(request, clock()).model_copy(update=changes)
        world.store.commit(Change(record))

    return grow


def sketch(node: Node) -> dict[str, Any]:
    """The ids below a node."""
    return {child.record.invocation_id: sketch(child) for child in node.children}


@pytest.mark.parametrize("asked", ["spec", "code", "review", "extra"])
def test_any_member_of_a_chain_leads_to_the_whole_tree(world: Any, chain: Any, asked: str) -> None:
    chain("spec")
    chain("code", "spec")
    chain("review", "code")
    chain("extra", "spec")
    chain("stranger")

    tree = ReadTree(world.store)(asked)

    assert tree.root.record.invocation_id == "spec"
    assert sketch(tree.root) == {"code": {"review": {}}, "extra": {}}
    assert tree.complete


def test_variants_follow_in_the_order_in_which_their_parent_made_them(
    world: Any, chain: Any
) -> None:
    chain("test", output_artifacts=[A, B])
    chain("x-of-a", "test", parent_artifacts=[A])
    chain("c-of-b", "test", parent_artifacts=[B])
    chain("a-of-nothing", "test")

    tree = ReadTree(world.store)("test")

    assert list(sketch(tree.root)) == ["x-of-a", "c-of-b", "a-of-nothing"]


def test_a_tree_begins_at_the_first_invocation_that_is_known(world: Any, chain: Any) -> None:
    chain("code", "long-gone")

    assert ReadTree(world.store)("code").root.record.invocation_id == "code"


def test_invocations_that_name_each_other_as_parents_are_shown_once(world: Any, chain: Any) -> None:
    chain("a", "b")
    chain("b", "a")

    nodes = [node.record.invocation_id for node in ReadTree(world.store)("a").root.walk()]

    assert sorted(nodes) == ["a", "b"]


def test_a_tree_without_measure_is_cut_and_says_so(world: Any, chain: Any) -> None:
    chain("root")
    for number in range(MAX_NODES + 5):
        chain(f"child-{number:03}", "root")

    tree = ReadTree(world.store)("root")

    assert len(list(tree.root.walk())) == MAX_NODES
    assert not tree.complete


def test_an_unknown_invocation_has_no_tree(world: Any) -> None:
    with pytest.raises(NotFoundError, match="nowhere"):
        ReadTree(world.store)("nowhere")
