"""How fast an account may send: to one address, and to all together. The time is whatever the caller says it is."""

from __future__ import annotations

from datetime import datetime, timedelta


class Pace:
    """Addresses rest for `pace` seconds after a bubble; all together take `rate` a second (0: any), in one burst."""

    def __init__(self, pace: float, rate: float) -> None:
        self.rest, self.rate = timedelta(seconds=pace), rate
        self._resting: dict[int, datetime] = {}  # address id → until when
        self.burst = max(1.0, rate)
        self._left = self.burst
        self._since: datetime | None = None

    def resting(self, now: datetime) -> set[int]:
        """The addresses to which nothing goes now."""
        self._resting = {id: until for id, until in self._resting.items() if until > now}
        return set(self._resting)

    def left(self, now: datetime, most: int) -> int:
        """How many bubbles may go now, at most `most`."""
        if not self.rate:
            return most
        if self._since is not None:
            gained = max(0.0, (now - self._since).total_seconds()) * self.rate
            self._left = min(self.burst, self._left + gained)
        self._since = now
        return min(most, int(self._left))

    def count(self, bubbles: int) -> None:
        """These go now."""
        self._left -= bubbles

    def went(self, address_id: int, now: datetime) -> None:
        """The address has just been written to."""
        if self.rest:
            self._resting[address_id] = now + self.rest

    def next(self, now: datetime) -> datetime | None:
        """When more may go than may go now; None when nothing is held back."""
        times = list(self._resting.values())
        if self.rate and self._left < 1:
            times.append(now + timedelta(seconds=(1 - self._left) / self.rate))
        return min(times, default=None)
