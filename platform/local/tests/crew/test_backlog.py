"""The bundled backlog, and backlogs that cannot be used."""

from pathlib import Path
from typing import Any

import pytest

from switchboard.local.crew.backlog import BacklogError, read_backlog
from switchboard.local.crew.feedback import GiveFeedback, notion_value


def test_the_bundled_backlog_has_stories_with_much_and_with_little_feedback() -> None:
    much, little = read_backlog()

    assert len(much.answers) >= 40
    assert 0 < len(little.answers) < 5
    assert all("## Acceptance criteria" in story.body for story in (much, little))


def test_the_bundled_feedback_holds_what_people_really_send() -> None:
    everything = "\n".join(cell for answer in read_backlog()[0].answers for cell in answer.values())

    for hostile in ("Ignore all previous instructions", "=HYPERLINK(", "<script>", "DROP TABLE"):
        assert hostile in everything
    assert "\N{BICYCLE}" in everything


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        (None, "", "no story"),
        ("a.md", "no heading", "is no story"),
        ("a.md", "# Only a heading\n", "is no story"),
        ("a.feedback.csv", "Title,Respondent\nx\n", "line 2: more or fewer"),
        ("a.feedback.csv", "Title\nx,y\n", "line 2: more or fewer"),
        ("a.feedback.csv", 'Title\n"x', "cannot be read"),
    ],
)
def test_a_backlog_that_cannot_be_used_says_which_file_and_why(
    tmp_path: Path, name: str | None, text: str, words: str
) -> None:
    if name and name.endswith(".csv"):
        (tmp_path / "a.md").write_text("# Title\n\nbody\n")
    if name:
        (tmp_path / name).write_text(text)

    with pytest.raises(BacklogError, match=words):
        read_backlog(tmp_path)


def test_a_story_without_feedback_is_a_story(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# Title\n\nbody\n")

    (story,) = read_backlog(tmp_path)

    assert (story.title, story.body, story.answers) == ("Title", "body", ())


def test_numbers_are_numbers_and_long_text_comes_in_pieces() -> None:
    assert notion_value("number", "-3") == {"number": -3}
    assert notion_value("number", "4.5") == {"number": 4.5}
    pieces: list[Any] = notion_value("rich_text", "x" * 4001)["rich_text"]
    assert [len(piece["text"]["content"]) for piece in pieces] == [2000, 2000, 1]


def test_every_bundled_answer_fits_a_feedback_database(new_world: Any) -> None:
    world = new_world()

    written = GiveFeedback(world)("db-1", "page", read_backlog()[0].answers)

    assert written == len(world.rows) >= 40
    assert all(
        "rich_text" in row.get("Open Feedback", {"rich_text": []}) for _, row, _ in world.rows
    )
