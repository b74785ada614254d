"""Whether a desk is open, by its `AWS::Connect::HoursOfOperation`."""

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

DAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
LAST_MINUTE = time(23, 59)


def is_open(hours: Mapping[str, Any], now: datetime) -> bool:
    """Whether one of the day's slices holds `now`, in the zone of the hours.

    00:00 to 23:59 is the whole day; an end that is not after the start lies on the next day, as in
    the console.
    """
    local = now.astimezone(ZoneInfo(str(hours.get("TimeZone", "UTC"))))
    today, yesterday = DAYS[local.weekday()], DAYS[local.weekday() - 1]
    clock = local.time()
    for piece in hours.get("Config") or []:
        start, end = _time(piece["StartTime"]), _end(piece["EndTime"])
        if start < end:
            if piece["Day"] == today and start <= clock < end:
                return True
        elif (piece["Day"] == today and clock >= start) or (
            piece["Day"] == yesterday and clock < end
        ):
            return True
    return False


def _time(piece: Mapping[str, Any]) -> time:
    return time(int(piece["Hours"]), int(piece["Minutes"]))


def _end(piece: Mapping[str, Any]) -> time:
    end = _time(piece)
    return time.max if end == LAST_MINUTE else end
