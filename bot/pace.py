"""How fast an account may send: to one address, and to all together. The time is whatever the caller says it is."""

from __future__ import annotations

from datetime import datetime, timedelta


class Pace:
    """Addresses rest for `pace` seconds after a bubble; all together take `rate` a second (0: any number, at once).

    With a rate, one goes when what became of the one before is known, or its part of a second is over: so hardly more
    than one is under way if the process dies just then, and one that hangs holds up nobody.
    """

    def __init__(self, pace: float, rate: float) -> None:
        self.rest, self.rate = timedelta(seconds=pace), rate
        self._resting: dict[int, datetime] = {}  # address id → until when
        self.burst = max(1.0, rate)
        self._left = self.burst
        self._since: datetime | None = None
        self._begun: datetime | None = None  # the last one

    def resting(self, now: datetime) -> set[int]:
        """The addresses to which nothing goes now."""
        self._resting = {id: until for id, until in self._resting.items() if until > now}
        return set(self._resting)

    def left(self, now: datetime, under_way: int, most: int) -> int:
        """How many bubbles may go now, beside those under way: `most` in all."""
        most -= under_way
        if not self.rate:
            return most
        if self._since is not None:
            gained = max(0.0, (now - self._since).total_seconds()) * self.rate
            self._left = min(self.burst, self._left + gained)
        self._since = now
        apart = self._apart() if under_way else None
        return 0 if apart and now < apart else min(most, 1, int(self._left))

    def count(self, bubbles: int, now: datetime) -> None:
        """These go now."""
        self._left -= bubbles
        self._begun = now if bubbles else self._begun

    def went(self, address_id: int, now: datetime) -> None:
        """The address has just been written to."""
        if self.rest:
            self._resting[address_id] = now + self.rest

    def next(self, now: datetime, under_way: int) -> datetime | None:
        """When more may go than may go now, beside those under way; None when nothing is held back."""
        times = list(self._resting.values())
        if self.rate and self._left < 1:
            times.append(now + timedelta(seconds=(1 - self._left) / self.rate))
        if under_way and (apart := self._apart()) and apart > now:
            times.append(apart)
        return min(times, default=None)

    def _apart(self) -> datetime | None:
        """Until when the next one waits for the last."""
        return self._begun + timedelta(seconds=1 / self.rate) if self.rate and self._begun else None
