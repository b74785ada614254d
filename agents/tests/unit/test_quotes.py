"""What is a quote, and when it was really said."""

from typing import Any

import pytest

from switchboard.agents.quotes import invented, quotes_in

SAID: list[Any] = [
    {"results": [{"text": 'He said "no" to 5 < 6\nand *left*.', "n": 3}, {"text": "C:\\temp"}]}
]


@pytest.mark.parametrize(
    "line",
    [
        r"""> “He said \"no\" to 5 \< 6 and \*left\*.”""",
        '> He said "no"',
        "> „and *left*.“",
        "> «5 < 6»",
        "> “…said …”",
        r"> C:\\temp",
        ">He said",
        ">",
        "> “”",
    ],
)
def test_a_quote_may_be_escaped_cut_and_put_in_any_marks(line: str) -> None:
    assert invented(line, SAID) == []


@pytest.mark.parametrize(
    ("line", "quote"),
    [
        ("> “he said”", "“he said”"),
        ("> 3", "3"),
        ("> text", "text"),
        ("> He said no", "He said no"),
    ],
    ids=["another case", "a number", "the name of a field", "something left out"],
)
def test_a_changed_quote_is_found(line: str, quote: str) -> None:
    assert invented(line, SAID) == [quote]


def test_only_lines_that_begin_with_the_sign_are_quotes() -> None:
    report = "Some > text\n\n> one\n  > two\n- > three\n```\n5 > 4\n```"

    assert quotes_in(report) == ["one", "two"]
