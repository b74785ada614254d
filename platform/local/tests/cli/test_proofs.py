"""A requirement is proved by tests that ran and passed, for every kind it asks for."""

import pytest

from switchboard.local.proofs import rows

ROW = {"id": "ING-03", "sentence": "The handler checks the signature.", "proofs": ["U", "E"]}


def outcome(*markers: list[str], passed: bool = True) -> dict[str, object]:
    return {"markers": list(markers), "passed": passed}


def test_a_row_is_proved_when_every_kind_has_a_passing_test() -> None:
    (row,) = rows([ROW], {"t1": outcome(["ING-03", "U"]), "t2": outcome(["ING-03", "E"])})

    assert row.proved
    assert row.tests == ["t1", "t2"]


def test_a_row_with_a_kind_missing_is_not_proved() -> None:
    (row,) = rows([ROW], {"t1": outcome(["ING-03", "U"])})

    assert not row.proved


def test_a_failing_test_is_listed_but_proves_nothing() -> None:
    results = {"t1": outcome(["ING-03", "U", "E"], passed=False)}

    (row,) = rows([ROW], results)

    assert not row.proved
    assert row.tests == ["t1"]


def test_the_proof_that_only_an_account_can_give_is_not_counted() -> None:
    row = {**ROW, "proofs": ["S", "A"]}

    (found,) = rows([row], {"t1": outcome(["ING-03", "S"])})

    assert found.proved


@pytest.mark.requirement("NEW-11", "D")
def test_a_row_that_only_an_account_can_prove_stays_unproved() -> None:
    (found,) = rows([{**ROW, "proofs": ["A"]}], {"t1": outcome(["ING-03", "A"])})

    assert not found.proved


def test_a_row_says_what_is_missing_and_which_step_would_show_the_rest_on_aws() -> None:
    row = {**ROW, "proofs": ["U", "E", "A"]}

    (found,) = rows([row], {"t1": outcome(["ING-03", "U"])}, {"ING-03": ["the telephone"]})

    assert (found.state, found.missing, found.on_aws) == ("-", ["E"], ["the telephone"])


def test_a_row_for_which_an_account_is_needed_alone_says_so() -> None:
    (found,) = rows([{**ROW, "proofs": ["A"]}], {})

    assert (found.state, found.missing) == ("AWS", [])
