"""The small parts: escaping, the sentence of a user story, stems and sentences."""

import pytest

from switchboard.agents.quotes import invented
from switchboard.local.playbooks.deck.wish import Wish, in_third_person, wish_of
from switchboard.local.playbooks.insight.themes import sentences, stem_of, themes_of, told_of
from switchboard.local.playbooks.prose import link, plain_in_markdown
from switchboard.local.standin import html

NASTY = [
    "# heading",
    "- item",
    "1. item",
    "12) item",
    "--- rule",
    "> quote",
    "=== rule",
    "*a* _b_ ~~c~~ `d` $e$ {f} |g| ^h^",
    "[x](http://evil.example) ![x](http://evil.example/x.png)",
    "<script>alert(1)</script><mention-user url='user://x'/>",
    "C:\\temp\\*.txt \\[ \\\\",
    "https://evil.example/a_b www.evil.example mailto:a@b.example",
    "two\nlines\r\n\tand a tab",
    "emoji \U0001f600 and right-to-left \u202e",
]


@pytest.mark.parametrize("text", NASTY)
def test_people_s_words_stay_words_in_markdown(text: str) -> None:
    shown = str(html.markdown(plain_in_markdown(text)))

    for tag in ("<a ", "<script", "<img", "<h1", "<li", "<hr", "<em", "<code", "<blockquote"):
        assert tag not in shown


@pytest.mark.parametrize("text", NASTY)
def test_an_escaped_quote_is_found_again_by_the_agent_that_checks_it(text: str) -> None:
    assert invented(f"> “{plain_in_markdown(text)}”", [{"said": text}]) == []


def test_a_link_keeps_its_label_and_its_address() -> None:
    assert link("A [b]", "https://x.example/a_(b)") == "[A \\[b\\]](https://x.example/a_%28b%29)"


@pytest.mark.parametrize(
    ("text", "language", "wish"),
    [
        (
            "As an admin, I want to export my list so that I can print it.",
            "en",
            ("an admin", "export my list", "so that I can print it", True),
        ),
        ("As shopper I need a discount", "en", ("a shopper", "a discount", "", False)),
        (
            "Als Kundin möchte ich filtern, damit ich finde, was passt.",
            "de",
            ("Kundin", "filtern", "damit ich finde, was passt", True),
        ),
        (
            "En tant qu'acheteuse, je souhaite trier afin de gagner du temps.",
            "fr",
            ("acheteuse", "trier", "afin de gagner du temps", True),
        ),
        (
            "Como cliente, quiero filtrar para encontrar lo mío.",
            "es",
            ("cliente", "filtrar", "para encontrar lo mío", True),
        ),
    ],
)
def test_the_sentence_of_a_user_story_is_taken_apart(
    text: str, language: str, wish: tuple[str, str, str, bool]
) -> None:
    who, want, why, is_action = wish

    found = wish_of(f"Intro.\n\n{text}\n\nMore.", language)

    assert found == Wish(who, want, why, text.rstrip("."), is_action)


@pytest.mark.parametrize("text", ["", "A list is shown", "As usual nothing happens"])
def test_where_there_is_no_such_sentence_none_is_found(text: str) -> None:
    assert wish_of(text, "en") is None


def test_words_about_oneself_are_told_about_others() -> None:
    text = "so that I find what I'm looking for in my list, for me and myself"

    told = "so that they find what they are looking for in their list, for them and themselves"
    assert in_third_person(text) == told


@pytest.mark.parametrize(
    "words",
    [
        ("filter", "filters", "filtering", "filtered"),
        ("price", "prices", "pricing", "priced"),
        ("confusing", "confused", "confusion"),
        ("slow", "slower", "slowly"),
    ],
)
def test_forms_of_a_word_have_the_same_stem(words: tuple[str, ...]) -> None:
    assert len({stem_of(word) for word in words}) == 1


def test_what_several_people_send_alike_is_one_voice_and_no_theme() -> None:
    rows = [{"said": "Buy cheap watches", "concern": "", "overall": 1}] * 50

    told = told_of(rows)

    assert len(told) == 1
    assert themes_of(told, "Title") == []


def test_words_used_together_make_one_theme() -> None:
    rows = [
        {"said": f"The checkout button {extra}", "overall": 2} for extra in ("hides", "is grey")
    ]

    [theme] = themes_of(told_of(rows), "Title")

    assert theme.label == "button, checkout"


def test_a_long_sentence_is_cut_at_a_word_and_a_cut_text_loses_its_last_piece() -> None:
    long = "word " * 100

    assert sentences(long.strip()) == [f"{('word ' * 44).strip()}…"]
    assert sentences("A whole sentence. " + "x" * 400) == ["A whole sentence."]
    assert sentences("Short. no") == []
