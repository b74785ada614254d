"""Criteria of many stories thrown together still give code whose tests pass."""

import random
import subprocess
import sys
from pathlib import Path
from typing import Any

from switchboard.local.playbooks.change import change_for
from switchboard.local.playbooks.pages.page import prototype_for
from switchboard.local.playbooks.story import Story, read_story

STORIES = 60


def _mixed(examples: list[Any]) -> list[Story]:
    chance = random.Random(20_261_121)
    titles = [example.story.title for example in examples]
    criteria = [text for example in examples for text in example.story.criteria]
    words = " ".join(criteria).split()
    found = []
    for number in range(STORIES):
        chosen = chance.sample(criteria, chance.randint(1, 8))
        if number % 3 == 0:
            chosen = [" ".join(chance.sample(words, chance.randint(2, 14))) for _ in chosen]
        heading = {"title": chance.choice(titles), "acceptance_criteria": chosen}
        found.append(read_story(heading, "", page_id=str(number)))
    return found


def test_nonsense_gives_working_code_and_a_page(examples: list[Any], tmp_path: Path) -> None:
    stories = _mixed(examples)

    for story in stories:
        assert prototype_for(story).html
        for path, content in change_for(story).files:
            place = tmp_path / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(content)

    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
