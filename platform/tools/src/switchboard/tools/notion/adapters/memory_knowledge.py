"""A knowledge base in memory; passes the same port tests as the real one."""

from dataclasses import dataclass, field

from switchboard.tools.notion.knowledge import KnowledgeUnavailableError, Passage


@dataclass
class MemoryKnowledge:
    """Passages by project, best first; a passage is found by any word of the query."""

    passages: list[tuple[str, Passage]] = field(default_factory=list)
    broken: bool = False
    asked: list[tuple[str, str, int]] = field(default_factory=list)

    def retrieve(self, query: str, project_id: str, limit: int) -> list[Passage]:
        """Note the question, then look."""
        self.asked.append((query, project_id, limit))
        if self.broken:
            raise KnowledgeUnavailableError("it is broken")
        words = query.lower().split()
        found = [
            passage
            for project, passage in self.passages
            if project == project_id
            and any(word in f"{passage.title} {passage.text}".lower() for word in words)
        ]
        return found[:limit]
