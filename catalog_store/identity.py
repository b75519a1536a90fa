"""Is it still they who write from an address? Numbers change hands: what proves it, and beginning anew without proof.

An address that is `gone` has been left by its person: nobody is recognised by it, and it no longer holds where it was.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from secrets import token_bytes

from sqlalchemy import select, update

from catalog_store import people, referrals, roles
from catalog_store.connect import Transaction
from catalog_store.messages import NOTICE
from catalog_store.schema import addresses, conversations, inbox, new_uid, organizations, outbox, waiting
from catalog_store.secrets import Private


@dataclass(frozen=True, repr=False)
class Facts:
    """What was told or agreed here, and whoever has the address now cannot know."""

    name: str = ""
    phone: str = ""  # never the number that is itself the address
    codes: tuple[str, ...] = ()  # of their requests
    organizations: tuple[str, ...] = ()  # that they answer for


@dataclass(frozen=True)
class Where:
    """A channel on which somebody is talked to. `here`: the one they write from now."""

    address_id: int
    channel: str
    here: bool


def facts(tx: Transaction) -> Facts:
    """What whoever's turn it is could be asked."""
    person = people.me(tx)
    held = [role.organization_id for role in roles.of(tx, person.id) if role.organization_id]
    names = tx.execute(select(organizations.c.name).where(organizations.c.id.in_(held))).scalars() if held else ()
    codes = tuple(one.code for one in referrals.for_person(tx, person.id))
    phone = person.profile.get("phone", "")
    return Facts(person.profile.get("name", ""), phone if _proves(tx, phone) else "", codes, tuple(names))


def _proves(tx: Transaction, phone: str) -> bool:
    """Whoever took over a number knows it. On Telegram any number may be that one, on WhatsApp only the address is."""
    person = people.me(tx)
    row = tx.execute(select(addresses).where(addresses.c.id == person.address_id)).one()
    digits = "".join(filter(str.isdecimal, row.address.open(row.uid)))
    return person.channel == "whatsapp" and len(digits) > 0 and not phone.endswith(digits[-9:])


def confirm(tx: Transaction) -> None:
    """It is they: what is theirs may be shown at this address again."""
    person = people.me(tx)
    tx.execute(update(addresses).where(addresses.c.id == person.address_id).values(state="reachable", beside=None))
    tx.person = replace(person, sure=True)


def begin_anew(tx: Transaction, since: datetime) -> None:
    """It is somebody else, or nobody can say: whoever writes is a new person, with what was said `since` then.

    The person before is left without this address, and without those that are only known from messages that came from
    it; what is theirs stays theirs. The conversation of the present turn, in which they were asked, stays with them.
    """
    old = people.me(tx)
    row = tx.execute(select(addresses).where(addresses.c.id == old.address_id)).one()
    address = row.address.open(row.uid)
    left = [old.address_id, *_never_written_from(tx, old)]
    for id in left:
        _scramble(tx, id)
    new = people.recognise(tx, old.channel, address)
    tx.person, tx.person_id = replace(new, language=old.language), new.id
    people.save(tx, tx.person)
    theirs = {"person_id": new.id, "address_id": new.address_id}
    tx.execute(update(inbox).where(inbox.c.address_id == old.address_id, inbox.c.at >= since).values(theirs))
    said = (outbox.c.address_id == old.address_id) & (outbox.c.created_at >= since) & (outbox.c.lane != NOTICE)
    tx.execute(update(outbox).where(said).values(theirs))
    for id in left:
        _redirect(tx, old.id, id)
    begun = (conversations.c.person_id == old.id) & (conversations.c.opened_at >= since)
    begun &= conversations.c.id != (tx.conversation_id or 0)
    tx.execute(update(conversations).where(begun).values(person_id=new.id))
    asked = (waiting.c.person_id == old.id) & (waiting.c.created_at >= since) & waiting.c.referral_id.is_(None)
    tx.execute(update(waiting).where(asked).values(person_id=new.id))


def _never_written_from(tx: Transaction, person: people.Person) -> list[int]:
    """The addresses of their channel that the channel alone says are theirs: whoever has their number has them too."""
    theirs = (addresses.c.person_id == person.id) & (addresses.c.channel == person.channel)
    silent = addresses.c.inbound_at.is_(None) & (addresses.c.state != "gone") & (addresses.c.id != person.address_id)
    return list(tx.execute(select(addresses.c.id).where(theirs, silent)).scalars())


def where(tx: Transaction) -> list[Where]:
    """The channels on which whoever's turn it is is known, the first first."""
    person = people.me(tx)
    mine = select(addresses.c.id, addresses.c.channel).where(addresses.c.person_id == person.id)
    rows = tx.execute(mine.where(addresses.c.state != "gone").order_by(addresses.c.id))
    return [Where(row.id, row.channel, row.id == person.address_id) for row in rows]


def leave(tx: Transaction, address_id: int) -> None:
    """An address of whoever's turn it is is theirs no more: what was to be sent here goes where they are, or to nobody.

    The row stays for what was said there, without the address.
    """
    if any(one.address_id == address_id for one in where(tx)):
        _redirect(tx, _scramble(tx, address_id), address_id)


def _scramble(tx: Transaction, address_id: int) -> int:
    """Leave the row without the address that it was; whose it is."""
    uid = new_uid()
    bare = {"uid": uid, "hash": token_bytes(32), "address": Private(uid, ""), "state": "gone"}
    bare |= {"inbound_at": None, "beside": None}
    row = update(addresses).where(addresses.c.id == address_id).values(bare)
    return int(tx.execute(row.returning(addresses.c.person_id)).scalar_one())


def _redirect(tx: Transaction, person_id: int, address_id: int) -> None:
    other = people.address_of(tx, person_id)
    mine = (outbox.c.address_id == address_id) & outbox.c.state.in_(("waiting", "held"))
    if other is None:
        tx.execute(update(outbox).where(mine).values(state="dead", reason="address left"))
    else:
        tx.execute(update(outbox).where(mine).values(address_id=other.id, account=other.channel))


def unsure(tx: Transaction, person_id: int) -> bool:
    """Has somebody an address from which it is not sure that they write?"""
    theirs = select(addresses.c.id).where(addresses.c.person_id == person_id, addresses.c.state == "unsure")
    return tx.execute(theirs.limit(1)).first() is not None
