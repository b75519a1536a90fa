"""When a person may be disturbed with a question of ours."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

EVENING, MORNING = time(21), time(8)  # from one to the other nobody is disturbed
AWAKE = timedelta(hours=1)  # since they wrote: whoever has just written is there


def undisturbed(at: datetime, zone: ZoneInfo) -> datetime:
    """`at`, or the end of the quiet hours it falls in.

    >>> undisturbed(datetime(2026, 3, 10, 21, 30, tzinfo=UTC), ZoneInfo("Europe/Rome")).isoformat()
    '2026-03-11T07:00:00+00:00'
    """
    local = at.astimezone(zone)
    if MORNING <= local.time() < EVENING:
        return at
    day = local.date() + timedelta(days=local.time() >= EVENING)
    return datetime.combine(day, MORNING, zone).astimezone(UTC)
