"""What callers mean, by the meaning of their words: how often the playbook gets it right."""

from collections import Counter
from collections.abc import Mapping, Sequence

import pytest

from switchboard.local.playbooks.desk.topics import matters, meaning_of

LABELLED = Mapping[str, Sequence[str]]
DEVELOPED, HELD_OUT = 0.98, 0.85
MOST_EQUAL = 0.15
"""Of the held-out utterances; short answers such as "yes" are the same everywhere."""


def _mistaken(labelled: LABELLED) -> tuple[float, str]:
    """The share that is right, and what was taken for what."""
    total = sum(map(len, labelled.values()))
    wrong = Counter[str]()
    for label, said in labelled.items():
        for words in said:
            found = meaning_of(words).intent
            if found != label:
                wrong[f"{label} taken for {found}: {words!r}"] += 1
    return 1 - wrong.total() / total, "\n".join(wrong)


def test_the_utterances_it_was_developed_with_are_understood(utterances: LABELLED) -> None:
    share, confusion = _mistaken(utterances)

    assert share >= DEVELOPED, confusion


def test_utterances_it_has_never_seen_are_understood(heldout: LABELLED) -> None:
    share, confusion = _mistaken(heldout)

    assert share >= HELD_OUT, f"{share:.3f}\n{confusion}"


def test_the_two_sets_are_large_and_apart(utterances: LABELLED, heldout: LABELLED) -> None:
    known = {said for label in utterances.values() for said in label}
    new = [said for label in heldout.values() for said in label]

    assert len(known) >= 250
    assert len(new) >= 150
    assert sum(said in known for said in new) <= MOST_EQUAL * len(new)


@pytest.mark.parametrize(
    ("said", "as_recognised"),
    [
        ("My VPN doesn't connect.", "my v p n does not connect"),
        ("I can't log in!", "uh i i can not log in"),
        ("The Wi-Fi is slow.", "um the why fi is slow"),
        ("I forgot my password.", "i forgot my pass word"),
        ("My laptop won't turn on.", "my lap top wont turn on"),
    ],
)
def test_recognised_speech_means_the_same_as_written_text(said: str, as_recognised: str) -> None:
    assert meaning_of(said).intent == meaning_of(as_recognised).intent


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("my pritner is jamed", "hardware"),
        ("outlok keeps crahsing", "software"),
        ("i forgot my pasword", "password"),
        ("the calculation in the storfront is wrong", "software_defect"),
    ],
)
def test_one_or_two_typing_mistakes_do_no_harm(said: str, meant: str) -> None:
    assert meaning_of(said).intent == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("it is not the printer it is the vpn", "access"),
        ("my printer works but my laptop does not start", "hardware"),
        ("i did not forget my password i need a new mouse", "inquiry"),
        ("i have no internet", "network"),
        ("no my screen flickers", "hardware"),
        ("no problem go ahead", "yes"),
        ("please do not open a ticket", "no"),
        ("nobody hears me in teams my microphone is dead", "hardware"),
    ],
)
def test_a_negation_changes_what_it_belongs_to(said: str, meant: str) -> None:
    assert meaning_of(said).intent in {meant, "correction"}


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("i forgot my password and also my monitor flickers", ["password", "hardware"]),
        ("i need a new mouse and what is the status of my printer ticket", ["inquiry", "status"]),
        ("my laptop is slow. Also the wifi drops.", ["hardware", "network"]),
        ("my laptop is broken and it does not start", ["hardware"]),
        ("the shop is down and nobody can order", ["outage"]),
    ],
)
def test_several_matters_in_one_breath_are_told_apart(said: str, meant: Sequence[str]) -> None:
    assert [found.intent for found in matters(meaning_of(said))] == meant


def test_the_key_zero_alone_asks_for_a_person() -> None:
    assert meaning_of("0").intent == "person"
    assert meaning_of("0000013").intent != "person"
