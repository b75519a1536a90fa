"""Imported by the process that workers are copied from: what a turn loads at its first use is loaded once for all."""

from __future__ import annotations

from datetime import date

import babel.dates
import dateutil.rrule
import numpy as np

from catalog_store import territory
from dialogs import REGISTER, commands, safety, small_talk
from dialogs.understand.language import guess

_LIBRARIES = (babel.dates, dateutil.rrule, np)
for _dialogue in REGISTER.values():
    _dialogue.function  # noqa: B018  reading it imports its module
for _read in (commands.listen, small_talk.hear, safety.check):
    _read("vorrei qualcosa")
guess("vorrei qualcosa")
territory.load().closed(date(2026, 3, 10))
