"""Decisions of the project: told to memory by one specification, found by a later one."""

import re

from switchboard.local.playbooks.brief import Brief
from switchboard.local.playbooks.prose import shortened
from switchboard.local.playbooks.review.findings import addresses_reviewers
from switchboard.local.playbooks.spec.requirements import Specification

MOST_DECISIONS = 8
MAX_DECISION = 240
_FACT = re.compile(r"Page ([0-9a-fA-F-]{32,36}): (.+)", re.DOTALL)


def decisions(specification: Specification) -> list[str]:
    """What can be checked is settled; what is open, or speaks to an agent, is not."""
    settled = [
        item.text
        for item in specification.requirements
        if item.cases and not addresses_reviewers(item.text)
    ]
    title = specification.story.title
    return [shortened(f"{title}: {text}", MAX_DECISION) for text in settled[:MOST_DECISIONS]]


def decided_elsewhere(brief: Brief) -> list[tuple[str, str]]:
    """Page and text of what memory holds of other pages; text in another form is left out."""
    own = _plain(brief.fact("notion_page_id"))
    found = [match for fact in brief.remembered if (match := _FACT.fullmatch(fact))]
    told = [(_plain(match[1]), match[2]) for match in found]
    return [(page, text) for page, text in told if page != own and not addresses_reviewers(text)]


def _plain(page_id: str) -> str:
    return page_id.replace("-", "").lower()
