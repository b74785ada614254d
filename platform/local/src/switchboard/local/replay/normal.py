"""What must differ between two runs of the same flow, written so that the rest can be compared."""

import hashlib
import re

RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"http://127\.0\.0\.1:\d+"), "<local>"),
    (re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}| UTC)?"),
     "<time>"),
    (re.compile(r"\d{4}-\d{2}-\d{2}"), "<date>"),
    (re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b", re.IGNORECASE), "<id>"),
    (re.compile(r"\b[0-9a-f]{32}\b"), "<id>"),
    (re.compile(r"\b[0-7][0-9a-hjkmnp-tv-z]{25}\b", re.IGNORECASE), "<id>"),
    (re.compile(r"pull/\d+"), "pull/<number>"),
    (re.compile(r"#\d+"), "#<number>"),
    (re.compile(r"\$\d+(\.\d+)?"), "<usd>"),
    (re.compile(r"\b\d+(\.\d+)? (s|ms|seconds)\b"), "<duration>"),
)  # fmt: skip
SAID = (
    "addresses of this machine, times and dates, ids of pages, invocations and sessions (also "
    "within names of modules), numbers of pull requests, measured seconds and amounts of money in "
    "texts; tokens are compared within 1 %"
)
"""What is not compared, for people."""
MEASURED = ("runtime cpu", "runtime memory")
"""Receipt lines that are measured, not counted: no two runs have the same."""


def normalised(text: str) -> str:
    """The text with placeholders for what differs in every run."""
    for pattern, placeholder in RULES:
        text = pattern.sub(placeholder, text)
    return text


def digest(text: str) -> str:
    """A short hash of a normalised text."""
    return hashlib.sha256(normalised(text).encode()).hexdigest()[:12]
