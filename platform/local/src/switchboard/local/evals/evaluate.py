"""All chosen cases, one after the other, so that no effect of one is taken for another's.

Calls come last: a defect that a caller reports becomes a story and a pull request by itself.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import httpx
from botocore.exceptions import BotoCoreError, ClientError

from switchboard.local.access import ApiError
from switchboard.local.evals.dataset import Case, Dataset
from switchboard.local.evals.judgement import AgentResult, CaseResult, Judge, judged, not_run
from switchboard.local.evals.problems import CaseError, DatasetError
from switchboard.local.evals.seen import Seen
from switchboard.local.notion.client import LocalWorkspaceError

NOT_RUN = (CaseError, ApiError, LocalWorkspaceError, httpx.HTTPError, BotoCoreError, ClientError)
"""A door that refuses ends a case, not the evaluation."""
Run = Callable[[Case, str], Seen]
Tell = Callable[[int, int, CaseResult], None]
"""Sees number, total and result of each case that has ended."""


@dataclass(frozen=True)
class Evaluate:
    """Run and judge; `story` and `call` know how to run a case of their kind."""

    story: Run
    call: Run
    tell: Tell
    judge: Judge | None = None

    def __call__(
        self, datasets: Sequence[Dataset], case_id: str | None = None
    ) -> list[AgentResult]:
        """One result per dataset that has a chosen case."""
        ordered = sorted(datasets, key=lambda dataset: (not dataset.trigger, dataset.agent))
        total = sum(len(chosen(dataset, case_id)) for dataset in ordered)
        number, results = 0, []
        for dataset in ordered:
            cases = []
            for case in chosen(dataset, case_id):
                number += 1
                cases.append(self._case(dataset, case))
                self.tell(number, total, cases[-1])
            if cases:
                whole = len(cases) == len(dataset.cases)
                results.append(AgentResult(dataset.agent, dataset.about, cases, whole=whole))
        return results

    def _case(self, dataset: Dataset, case: Case) -> CaseResult:
        run = self.call if case.call is not None else self.story
        try:
            return judged(dataset, case, run(case, dataset.trigger), self.judge)
        except NOT_RUN as error:
            return not_run(dataset, case, str(error).partition("\n")[0])


def chosen(dataset: Dataset, case_id: str | None) -> list[Case]:
    """All cases, or the one of this id."""
    return [case for case in dataset.cases if case_id in (None, case.id)]


def select(datasets: Sequence[Dataset], agent: str | None, case_id: str | None) -> list[Dataset]:
    """The datasets that are asked for.

    Raises:
        DatasetError: there is no such agent or case.
    """
    named = [dataset for dataset in datasets if agent in (None, dataset.agent)]
    if not named:
        known = ", ".join(dataset.agent for dataset in datasets)
        raise DatasetError([f"there is no dataset for {agent}; there are: {known}"])
    found = [dataset for dataset in named if chosen(dataset, case_id)]
    if not found:
        known = ", ".join(case.id for dataset in named for case in dataset.cases)
        raise DatasetError([f"there is no case {case_id}; there are: {known}"])
    return found
