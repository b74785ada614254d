"""What a story tells besides its wish and its criteria: paragraphs for the page on the problem."""

import re

from switchboard.local.playbooks.criteria import announces_criteria, plain
from switchboard.local.playbooks.deck.wish import Wish
from switchboard.local.playbooks.prose import shortened

MAX_PARAGRAPHS = 3
MAX_CHARACTERS = 400
_HEADING = re.compile(r"^\s*#{1,6}\s+(.+)$|^\s*\*\*([^*]+)\*\*:?\s*$")
_PROBLEM = re.compile(
    r"\b(?:why|problem|background|context|motivation|pain|today|current|situation|"
    r"warum|hintergrund|ausgangslage|heute|contexte|pourquoi|contexto|por qué|problema)\b",
    re.IGNORECASE,
)
_TO_AN_AGENT = re.compile(
    r"\b(?:(?:notes?|messages?|hints?|instructions?|hinweise?|nota)\s+(?:to|for|an|für|pour|para)"
    r"|dear)\s+(?:the|this|all|any|die|den|l['\u2019]|la|el)?\s*"
    r"(?:ai|a\.i\.|assistants?|agents?|language model|llm|bot|chatbot|ki|ia)\b"
    r"|^(?:ai|assistant|agent|system|llm)\b\s*[:,]"
    r"|\b(?:ignore|disregard|forget)\b[^.]{0,40}\b(?:instructions?|rules|prompt)\b",
    re.IGNORECASE,
)
"""Readers of the deck are customers: what speaks to whoever writes it is not for them."""
_LIST = re.compile(r"^\s*(?:[-*+•]|\d+[.)]|\[[ xX]\]|>|\||```)\s*")


def background(body: str, wish: Wish | None) -> list[str]:
    """Paragraphs before the first heading and below headings that speak of the problem."""
    found: list[str] = []
    relevant = True
    paragraph: list[str] = []
    for line in [*body.splitlines(), ""]:
        heading = _HEADING.match(line)
        opens = bool(heading) or announces_criteria(line)
        if opens:
            relevant = bool(heading and _PROBLEM.search(heading[0]))
        if line.strip() and relevant and not opens and not _LIST.match(line):
            paragraph.append(plain(line))
        elif paragraph:
            found.append(" ".join(paragraph))
            paragraph = []
    told = [_without(text, wish) for text in found if not _TO_AN_AGENT.search(text)]
    return [shortened(text, MAX_CHARACTERS) for text in told if len(text) > 1][:MAX_PARAGRAPHS]


def _without(paragraph: str, wish: Wish | None) -> str:
    """The wish has its own place."""
    text = paragraph.replace(wish.sentence, "") if wish else paragraph
    return text.strip(" .") + "." if text.strip(" .") else ""
