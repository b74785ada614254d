"""What differs from run to run, taken out of a text and put back: ids, times, addresses, tokens.

In a recording such a value is a name in angle brackets, numbered in the order in which the values
first appear in the request. A replayed request gives the same names to its own values, so an answer
that was recorded with one page's id is played with another's.
"""

import re
from collections.abc import Callable
from typing import Any

_MEASURED = re.compile(
    r'("\w*(?:seconds|duration|latency|_ms)\w*"\s*:\s*|\bin )(\d+(?:\.\d+)?)(?=s\b|\s*[,}\n])'
)
"""How long something took: no two runs agree, and no answer depends on it."""
_NUMBERED = re.compile(
    r'("(?:\w*_?number|pullNumber|issueNumber)"\s*:\s*|/(?:pull|issues)/|(?<![\w&])#)(\d+)\b'
)
_NUMBERS = re.compile(r"(?:\w*_)?number|pullNumber|issueNumber")
_ULID = "[0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}"
_KINDS = {
    "secret": r"eyJ[\w-]+\.[\w-]+\.[\w-]+|\b(?:gh[opsru]_|github_pat_|ntn_|secret_|sk-)[\w-]{16,}"
    r"|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "session": rf"\binv-{_ULID}-[0-9a-f]{{8}}\b",
    "marker": r"\b(?:STORY|MEMORY)-[0-9a-f]{16}\b",
    "id": rf"\b[0-9a-fA-F]{{8}}-?(?:[0-9a-fA-F]{{4}}-?){{3}}[0-9a-fA-F]{{12}}\b|\b{_ULID}\b",
    "call": r"\b(?:tooluse|toolu|call)_[\w-]{8,}",
    "commit": r"\b(?:[0-9a-f]{64}|[0-9a-f]{40})\b",
    "time": r"\b20\d\d-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?",
    "host": r"\b127\.0\.0\.1:\d+",
}
_VALUE = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _KINDS.items()))
_NAME = re.compile(r"⟨(?:[a-z]+)-\d+⟩")
_TOOK = "⟨took⟩"


class Names:
    """The names of one request's values."""

    def __init__(self, model: str) -> None:
        """Begin with the model's name, which stands in facts and on pages."""
        self._names: dict[tuple[str, str], str] = {}
        self._model = re.compile(rf"(?<![\w.-]){re.escape(model)}(?![\w-])")
        self._names["model", model] = "⟨model-1⟩"

    def named(self, value: Any) -> Any:
        """A request with names for its values; new values get new names."""
        return self._walk(_mapped(value, _without_times), self._name)

    def known(self, value: Any) -> Any:
        """An answer with names for the values the request has; others stay as they are."""
        return self._walk(value, lambda kind, found: self._names.get((kind, found), found))

    def restored(self, value: Any) -> Any:
        """An answer with this request's values for the names."""
        values = {name: found for (_, found), name in self._names.items()}

        def put_back(text: str) -> str:
            return _NAME.sub(lambda match: values.get(match[0], match[0]), text)

        return _mapped(value, put_back)

    def _name(self, kind: str, found: str) -> str:
        if (kind, found) not in self._names:
            number = 1 + sum(known == kind for known, _ in self._names)
            self._names[kind, found] = f"⟨{kind}-{number}⟩"
        return self._names[kind, found]

    def _walk(self, value: Any, name: Callable[[str, str], str]) -> Any:
        def numbered(match: re.Match[str]) -> str:
            return f"{match[1]}{name('number', match[2])}"

        def valued(match: re.Match[str]) -> str:
            return name(str(match.lastgroup), match[0])

        def text(found: str) -> str:
            shown = self._model.sub(lambda match: name("model", match[0]), found)
            return _VALUE.sub(valued, _NUMBERED.sub(numbered, shown))

        def number(key: str, found: int) -> Any:
            return name("number", str(found)) if _NUMBERS.fullmatch(key) else found

        return _mapped(value, text, number)


def _without_times(text: str) -> str:
    return _MEASURED.sub(rf"\g<1>{_TOOK}", text)


def _mapped(
    value: Any,
    text: Callable[[str], str],
    number: Callable[[str, int], Any] = lambda _, found: found,
    key: str = "",
) -> Any:
    """The same structure with its texts and its whole numbers changed."""
    if isinstance(value, dict):
        return {name: _mapped(item, text, number, str(name)) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_mapped(item, text, number, key) for item in value]
    if isinstance(value, str):
        return text(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return number(key, value)
    return value
