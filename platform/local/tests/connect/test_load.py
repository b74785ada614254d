"""What the bench calls lost, given twice or unheard."""

import pytest

from switchboard.local.desk_load import CallResult, LoadResult, lost


def load(*calls: CallResult) -> LoadResult:
    return LoadResult([*calls], seconds=1.0)


@pytest.mark.parametrize(
    ("owner", "found"),
    [("caller-1", []), ("caller-2", ["INC0000013"]), (None, ["INC0000013"])],
    ids=["the caller's", "somebody else's", "nobody's"],
)
def test_a_number_is_lost_unless_the_ticket_system_knows_it_as_its_callers(
    owner: str | None, found: list[str]
) -> None:
    calls = load(
        CallResult("caller-1", "opens", ["INC0000013"]), CallResult("caller-3", "hangs up")
    )

    assert list(lost(calls, lambda _number: owner)) == found


def test_a_number_that_two_callers_heard_is_given_twice() -> None:
    calls = load(
        CallResult("caller-1", "opens", ["INC0000013"]),
        CallResult("caller-2", "opens", ["INC0000013", "INC0000021"]),
    )

    assert calls.duplicates == ["INC0000013"]


def test_a_ticket_whose_number_was_not_read_out_is_unheard() -> None:
    deaf = CallResult("caller-1", "opens", ["INC0000013"], heard=False)

    assert load(deaf, CallResult("caller-2", "opens")).unheard == [deaf]
