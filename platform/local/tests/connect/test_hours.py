"""Hours of operation, as deployed."""

from datetime import UTC, datetime

import pytest

from switchboard.local.connect.hours import is_open

WEEK = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY")
FRIDAY, SATURDAY = datetime(2026, 11, 27, tzinfo=UTC), datetime(2026, 11, 28, tzinfo=UTC)


def hours(start, end, *days, zone="UTC"):
    def time(clock):
        return {"Hours": clock[0], "Minutes": clock[1]}

    config = [{"Day": day, "StartTime": time(start), "EndTime": time(end)} for day in days]
    return {"TimeZone": zone, "Config": config}


@pytest.mark.parametrize(
    ("clock", "expected"),
    [((7, 59), False), ((8, 0), True), ((17, 59), True), ((18, 0), False)],
)
def test_a_desk_opens_and_closes_on_the_minute(clock, expected):
    office = hours((8, 0), (18, 0), *WEEK)

    assert is_open(office, FRIDAY.replace(hour=clock[0], minute=clock[1])) is expected
    assert not is_open(office, SATURDAY.replace(hour=12))


def test_hours_are_meant_in_their_own_zone():
    office = hours((8, 0), (18, 0), *WEEK, zone="America/New_York")

    assert not is_open(office, FRIDAY.replace(hour=8))
    assert is_open(office, FRIDAY.replace(hour=22))


def test_the_whole_day_has_no_gap_before_midnight():
    always = hours((0, 0), (23, 59), "FRIDAY", "SATURDAY")

    assert is_open(always, FRIDAY.replace(hour=23, minute=59, second=59, microsecond=999))
    assert is_open(always, SATURDAY)


def test_a_shift_over_midnight_belongs_to_both_days():
    night = hours((22, 0), (6, 0), "FRIDAY")

    assert is_open(night, FRIDAY.replace(hour=23))
    assert is_open(night, SATURDAY.replace(hour=5))
    assert not is_open(night, SATURDAY.replace(hour=6))
    assert not is_open(night, FRIDAY.replace(hour=5))


def test_hours_without_a_single_one_are_never_open():
    assert not is_open({"TimeZone": "UTC", "Config": []}, FRIDAY)
