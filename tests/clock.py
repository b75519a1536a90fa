"""A clock that tests set: the only time that a store under test knows."""

from datetime import UTC, datetime, timedelta

TUESDAY = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)  # ten o'clock in Italy, an ordinary working day


class Clock:
    """Stands still until it is told to go on."""

    def __init__(self, now: datetime = TUESDAY) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **duration: float) -> None:
        """Go on by hours=…, days=…"""
        self.now += timedelta(**duration)
