"""Reading a chain as one tree: from any of its invocations to the first, then all that followed."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from switchboard.orchestrator.domain.end_invocation import unknown_invocation
from switchboard.orchestrator.domain.model import Invocation
from switchboard.orchestrator.domain.ports import Invocations

MAX_DEPTH = 20
"""More than a chain has: no agent comes twice in one."""
MAX_NODES = 100


@dataclass(frozen=True)
class Node:
    """An invocation and those that it led to, in the order of what each of them was given."""

    record: Invocation
    children: list["Node"] = field(default_factory=list)

    def walk(self) -> Iterator["Node"]:
        """All nodes, a parent before its children."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True)
class Tree:
    """A whole chain; `complete` is false when it is too large to be shown whole."""

    root: Node
    complete: bool


@dataclass(frozen=True)
class ReadTree:
    """The chain that an invocation belongs to; nothing is changed."""

    invocations: Invocations

    def __call__(self, invocation_id: str) -> Tree:
        """The first of its ancestors that is known, and everything below that one.

        Raises:
            NotFoundError: there is no such invocation.
        """
        root = Node(self._first(invocation_id))
        waiting, seen, complete = deque([root]), {root.record.invocation_id}, True
        while waiting:
            node = waiting.popleft()
            # Each id once: a hand-made event could make an invocation its own ancestor.
            every = self.invocations.children(node.record.invocation_id)
            ids = [one for one in every if one not in seen][: MAX_NODES - len(seen)]
            complete = complete and seen.issuperset(set(every) - set(ids))
            seen.update(ids)
            node.children.extend(self._nodes(node.record, ids))
            waiting.extend(node.children)
        return Tree(root, complete)

    def _first(self, invocation_id: str) -> Invocation:
        record = self.invocations.get(invocation_id)
        if record is None:
            raise unknown_invocation(invocation_id)
        for _ in range(MAX_DEPTH):
            above = record.parent_invocation_id
            parent = self.invocations.get(above) if above else None
            if parent is None:
                break
            record = parent
        return record

    def _nodes(self, parent: Invocation, ids: list[str]) -> list[Node]:
        found = [record for one in ids if (record := self.invocations.get(one))]
        return [Node(record) for record in sorted(found, key=lambda child: _place(parent, child))]


def _place(parent: Invocation, child: Invocation) -> tuple[int, str]:
    """Variants in the order in which their parent named them; ids are no order of birth."""
    given = child.parent_artifacts[0].url if child.parent_artifacts else ""
    made = [artifact.url for artifact in parent.output_artifacts]
    return (made.index(given) if given in made else len(made)), child.invocation_id
