"""Scripted conversations: citizens who ask for help and the associations that answer, told by what they would tap.

Nothing in them needs the encoder, so that a process that plays them starts at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import select

from bot.house import House
from bot.start import association_links
from catalog_store.schema import offer_needs, offers, organizations
from catalog_store.taxonomy import GROUPS, NEEDS
from dialogs.replies import Reply
from dialogs.screens import Bubble

TOLD = (  # needs that one organization alone answers in the demonstration, and the number that the citizen leaves
    ("anziani.info_servizi_pubblici", "333 000 0001"),
    ("poverta.lingua_educazione_civica", "333 000 0002"),
    ("disabilita.comunicazione_sensoriale", "333 000 0003"),
    ("disabilita.sollievo_famiglie", "333 000 0004"),
)
WHOM = "Per un genitore"
ANONYMOUS = "Qui, senza il mio nome"
WAIT = ""  # in `says`: nothing is said this time, they wait to be written to


@dataclass
class Actor:
    """Somebody who says the next of `says` whenever nothing is asked, and taps what is: `likes`, or the first option.

    `knows`: what is written instead where a button says this. A phone shows a bubble that arrives twice once.
    """

    name: str
    says: list[str]
    likes: tuple[str, ...] = ()
    knows: dict[str, str] = field(default_factory=dict)
    after: Actor | None = None  # who must have been answered before this one begins
    sent: list[tuple[str, Reply]] = field(default_factory=list)  # by the provider's id of the message
    heard: list[Bubble] = field(default_factory=list)

    def begins(self) -> Reply | None:
        """The first message, once it is time for it."""
        if self.sent or (self.after and not self.after.heard):
            return None
        return self._send(Reply(self.says.pop(0)))

    def hears(self, bubble: Bubble) -> Reply | None:
        """What they answer to a bubble, if anything."""
        if bubble in self.heard:
            return None
        self.heard.append(bubble)
        rows = [button.row for button in bubble.buttons]
        if not rows:
            said = self.says.pop(0) if self.says else WAIT
            return None if said == WAIT else self._send(Reply(said))
        if told := next((text for row, text in self.knows.items() if row in rows), None):
            return self._send(Reply(told))
        row = next((row for row in self.likes if row in rows), rows[0])
        return self._send(Reply(tap=bubble.buttons[rows.index(row)].tap))

    @property
    def done(self) -> bool:
        """Has everything been said and answered?"""
        return not self.says

    def _send(self, reply: Reply) -> Reply:
        self.sent.append((f"{self.name}-{len(self.sent)}", reply))
        return reply


@dataclass(frozen=True)
class Story:
    """A citizen, the association that answers, and what must have come of it."""

    citizen: Actor
    contact: Actor
    need: str
    phone: str  # E.164


def stories(house: House) -> list[Story]:
    """One for each need of TOLD. The house holds the demonstration."""
    codes = dict(association_links(house))
    return [_story(house, codes, need, phone) for need, phone in TOLD]


def _story(house: House, codes: dict[str, str], need: str, phone: str) -> Story:
    with house.store.reading() as tx:
        joined = organizations.join(offers, offers.c.organization_id == organizations.c.id).join(offer_needs)
        query = select(organizations.c.name).select_from(joined).where(offer_needs.c.need == need).distinct()
        name = tx.execute(query).scalar_one()
    about = NEEDS[need]
    contact = Actor(f"contact-{need}", [f"/start {codes[name]}", WAIT, WAIT])
    citizen = Actor(
        f"citizen-{need}",
        ["ciao", WAIT, "richiamatemi", WAIT],
        likes=(GROUPS[about.group].text().row, about.text().row, WHOM),
        knows={ANONYMOUS: phone},
        after=contact,
    )
    return Story(citizen, contact, need, "+39" + phone.replace(" ", ""))


def everybody(told: list[Story]) -> Iterator[Actor]:
    """The people of these stories."""
    for story in told:
        yield story.contact
        yield story.citizen


def transcript(actor: Actor) -> list[str]:
    """What they heard, without codes, ids and hours: the same whenever the story is told."""
    return [re.sub(r"R-\w{4}|\d+", "#", "\n".join((b.text, *(x.row for x in b.buttons)))) for b in actor.heard]
