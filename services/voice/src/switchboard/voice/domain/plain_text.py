"""Words that came over the telephone line or out of a model, made safe to keep and to say."""

import re
import unicodedata

_MARKUP = str.maketrans(dict.fromkeys("<>{}", " "))
"""Neither a tag (SSML, `<message>`) nor a template variable may come in with what people say."""


def plain(text: object, limit: int) -> str:
    """One line without control characters or markup, at most `limit` characters."""
    words = text if isinstance(text, str) else ""
    # Four times the limit: enough to fill it after cleaning, and 10 kB of noise stay cheap.
    visible = "".join(
        " " if unicodedata.category(char).startswith(("C", "Z")) else char
        for char in words[: limit * 4]
    )
    line = re.sub(r" +", " ", visible.translate(_MARKUP)).strip()
    return line if len(line) <= limit else line[: limit - 3].rstrip() + "..."


def masked(number: str) -> str:
    """A telephone number for a log line: its last two digits."""
    return f"...{number[-2:]}" if number else "..."
