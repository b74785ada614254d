"""The gateway's own tool: find tools by describing them."""

import math
import re
from collections import Counter
from collections.abc import Iterable

from switchboard.local.gateway.tools import Tool

NAME = "x_amz_bedrock_agentcore_search"
DESCRIPTION = "A special tool that returns a trimmed down list of tools given a context."
LIMIT = 10


def search(query: str, tools: Iterable[Tool]) -> list[Tool]:
    """The tools that share words with the query, best first; rare words weigh more."""
    words = {tool.name: _words(f"{tool.name} {tool.description}") for tool in tools}
    known = {tool.name: tool for tool in tools}
    spread = Counter(word for found in words.values() for word in found)
    wanted = _words(query)

    def score(name: str) -> float:
        return sum(math.log(1 + len(words) / spread[word]) for word in wanted & words[name])

    ranked = sorted((name for name in words if wanted & words[name]), key=score, reverse=True)
    return [known[name] for name in ranked[:LIMIT]]


def _words(text: str) -> set[str]:
    """Lower-case words without their plural s, so that `pages` finds `page`."""
    return {
        word.removesuffix("s") for word in re.findall(r"[a-z0-9]+", text.lower()) if len(word) > 1
    }
