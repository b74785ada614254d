"""The work in the order it can be done, each task small enough for one commit."""

from collections.abc import Sequence
from dataclasses import dataclass

from switchboard.local.playbooks.prose import plain_in_markdown, shortened
from switchboard.local.playbooks.spec.requirements import Requirement, Specification

MAX_QUOTE = 70


@dataclass(frozen=True)
class Task:
    """One piece of work."""

    number: int
    text: str
    serves: str
    after: str = ""

    @property
    def name(self) -> str:
        """How the page calls it."""
        return f"T{self.number}"


def tasks_of(specification: Specification) -> list[Task]:
    """Answers, then each requirement in its module, what no pattern serves, and the use."""
    plan = _Plan()
    asked = [item for item in specification.requirements if _is_asked(item, specification)]
    answers = [plan.add("Answer the open questions", asked)] if specification.questions else []
    modules: list[Task] = []
    for part in specification.parts:
        started: list[Task] = []
        for item in specification.serving(part):
            what = f"Extend `{part.module}`" if started else f"Write the module `{part.module}`"
            task = plan.add(f"{what}, with a test for each case", [item], started[:1])
            started.append(task)
        modules += started
    for item in specification.without_pattern:
        after = answers if item in asked else []
        plan.add(f"Build it, with a test for each case: {_quoted(item)}", [item], after)
    if modules:
        seen = [item for item in specification.requirements if item.is_seen and item.module]
        plan.add("Use the modules in the page or route that people see", seen, modules[-1:])
    return plan.tasks


class _Plan:
    """Tasks numbered as they are added."""

    def __init__(self) -> None:
        self.tasks: list[Task] = []

    def add(self, text: str, serves: Sequence[Requirement], after: Sequence[Task] = ()) -> Task:
        task = Task(
            len(self.tasks) + 1,
            text,
            ", ".join(item.name for item in serves),
            ", ".join(item.name for item in after),
        )
        self.tasks.append(task)
        return task


def _is_asked(item: Requirement, specification: Specification) -> bool:
    return any(question.startswith(f"{item.name}:") for question in specification.questions)


def _quoted(item: Requirement) -> str:
    return f'"{plain_in_markdown(shortened(item.text, MAX_QUOTE))}"'
