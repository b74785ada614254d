"""People's words inside Markdown: they stay words, and link, format and mention nothing."""

import re
import textwrap

_MARKUP = re.compile(r"[\\`*_\[\]<>{}|~$^]")
_OPENS_A_BLOCK = re.compile(r"^(#|[-+](?=\s)|\d+(?=[.)]\s)|=(?==))")
_ADDRESS = re.compile(r"://|\bwww\.")
_WRAPPED = re.compile(r"(?<=[\w,])[ \t]*\n(?=[^\W\d_A-Z])")
"""A line break inside a paragraph: no sentence ends before it, and a small letter follows."""


def plain_in_markdown(text: str) -> str:
    """One line of text that Markdown shows letter for letter."""
    line = _MARKUP.sub(r"\\\g<0>", " ".join(text.split()))
    line = _ADDRESS.sub(lambda found: found[0].replace(":", "\\:").replace(".", "\\."), line)
    return _OPENS_A_BLOCK.sub(_escaped_opening, line)


def _escaped_opening(found: re.Match[str]) -> str:
    """A heading, a list or a rule begins with these; of a number the dot behind it counts."""
    return f"{found[0]}\\" if found[0].isdigit() else f"\\{found[0]}"


def link(label: str, url: str) -> str:
    """A link; brackets in an address would end it."""
    return f"[{plain_in_markdown(label)}]({url.replace('(', '%28').replace(')', '%29')})"


def unwrapped(text: str) -> str:
    """The text with each sentence on one line, as far as it was only wrapped."""
    return _WRAPPED.sub(" ", text)


def shortened(text: str, longest: int) -> str:
    """The text in one line, cut at a word when it is long."""
    return textwrap.shorten(" ".join(text.split()), longest, placeholder=" …")
