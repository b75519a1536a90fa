"""What people need, in one vocabulary: six groups and 44 needs, with the words people read.

Citizens' words, referrals, offers, tasks and figures all meet in these codes. A municipality may edit the words in
`taxonomy.toml`; the codes are permanent.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

LABEL, ROW, DESCRIPTION = 20, 24, 72  # characters that the strictest channel shows on a button, in a list, below it
DEFAULT = "it"


@dataclass(frozen=True, slots=True)
class Words:
    """One thing's words in one language: `label` on a button, `row` in a list, `description` below it."""

    label: str
    row: str
    description: str


@dataclass(frozen=True)
class Term:
    """A term of the taxonomy. `seed` is the founding document's own wording."""

    code: str
    seed: str
    words: Mapping[str, Words]

    def text(self, language: str = DEFAULT) -> Words:
        """The words in `language`, in Italian where that is not written yet."""
        return self.words.get(language, self.words[DEFAULT])


@dataclass(frozen=True)
class Need(Term):
    """Something that people ask for and offers answer, in one of the six groups."""

    group: str


@dataclass(frozen=True)
class Group(Term):
    """One of the six groups: a chapter of needs and a kind of beneficiary, for whom `whom` has the words."""

    whom: Mapping[str, Words]

    def people(self, language: str = DEFAULT) -> Words:
        """The words for who belongs to the group."""
        return self.whom.get(language, self.whom[DEFAULT])


def _words(entry: Mapping[str, Any]) -> Mapping[str, Words]:
    return MappingProxyType(
        {key: Words(**value) for key, value in entry.items() if isinstance(value, dict) and "label" in value}
    )


def _load(path: Path) -> tuple[Mapping[str, Group], Mapping[str, Need]]:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    groups = {c: Group(c, e["seed"], _words(e), _words(e["whom"])) for c, e in data["groups"].items()}
    needs = {c: Need(c, e["seed"], _words(e), groups[c.split(".")[0]].code) for c, e in data["needs"].items()}
    return MappingProxyType(groups), MappingProxyType(needs)


GROUPS, NEEDS = _load(Path(__file__).with_name("taxonomy.toml"))


def needs_of(group: str) -> tuple[Need, ...]:
    """The needs of a group, in the founding document's order."""
    return tuple(need for need in NEEDS.values() if need.group == group)
