"""Mail out: an association is told that something waits, once, in words that say nothing about anybody."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from bot import clock as ticking
from bot.channels.email import Email
from bot.deliver import ChannelError, Delivery, Letter
from bot.house import House
from bot.start import association_links, senders
from catalog_store import offers, people, referrals
from catalog_store.referrals import Referral
from catalog_store.schema import organizations, outbox
from catalog_store.settings import load
from dialogs.screens import Bubble
from tests.clock import Clock
from tests.fakes.smtp import mail_server
from tests.houses import fill, opened
from tests.providers import rows
from tests.talker import Talker

OFFICE = "info@sporta.example.org"
MAIL = {"SMTP_FROM": "Tessere <tessere@comune.example.org>", "PUBLIC_BASE_URL": "https://chat.example.org"}
OWNER = "La Sporta Amica ODV"


def email(port: int, user: str = "", scheme: str = "smtp") -> Email:
    settings = load({"SMTP_URL": f"{scheme}://{user}127.0.0.1:{port}", "TESSERE_KEY_FILE": "/nowhere/keys", **MAIL})
    return Email(settings, "Campi Bisenzio")


LETTER = Letter(OFFICE, Bubble(("Anna Bini, via Roma 1, ha bisogno della spesa.",)), "it", "knock")


async def test_a_mail_says_that_something_waits_and_where_and_nothing_of_what_it_was_handed() -> None:
    async with mail_server() as server:
        id = await email(server.port).send(LETTER)
    (mail,) = server.mails
    assert (mail["To"], mail["From"], mail["Message-ID"]) == (OFFICE, MAIL["SMTP_FROM"], id)
    assert mail["Subject"] == "Qualcosa aspetta la vostra risposta"
    assert mail["Auto-Submitted"] == "auto-generated"
    said = mail.get_content()
    assert "Campi Bisenzio" in said
    assert MAIL["PUBLIC_BASE_URL"] in said
    assert "Anna" not in mail.as_string()


async def test_the_password_is_what_the_address_says() -> None:
    async with mail_server() as server:
        await email(server.port, "casella%40example.org:p%3Ass@").send(LETTER)
    assert [base64.b64decode(login) for login in server.logins] == [b"\0casella@example.org\0p:ss"]


@pytest.mark.parametrize(
    ("command", "answer", "fault"),
    [
        ("RCPT", "550 no such mailbox", "blocked"),
        ("RCPT", "451 later", "busy"),
        ("MAIL", "452 full", "busy"),
        ("DATA", "554 not wanted", "content"),
        ("DATA", "451 later", "busy"),
        ("AUTH", "535 who are you", "busy"),
        ("EHLO", "421 closing", "busy"),
    ],
)
async def test_what_the_server_refuses_is_one_of_our_faults(command: str, answer: str, fault: str) -> None:
    async with mail_server(**{command: answer}) as server:
        with pytest.raises(ChannelError) as refused:
            await email(server.port, "user:secret@").send(LETTER)
    assert refused.value.fault == fault
    assert OFFICE not in str(refused.value)


async def test_no_server_is_tried_again_later() -> None:
    async with mail_server() as server:
        port = server.port
    with pytest.raises(ChannelError) as refused:
        await email(port).send(LETTER)
    assert refused.value.fault == "busy"


# When -----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def house(tmp_path: Path, database_url: str) -> Iterator[House]:
    with opened(database_url, tmp_path, SMTP_URL="smtp://127.0.0.1:2525", **MAIL) as made:
        fill(made.store)
        with made.store.begin() as tx:
            tx.execute(update(organizations).values(email=""))
            tx.execute(update(organizations).where(organizations.c.name == OWNER).values(email=OFFICE))
        yield made


def asked(house: House) -> Referral:
    """A request to the association."""
    with house.store.begin() as tx:
        anna = people.recognise(tx, "webchat", "anna")
        offer = next(one for one in offers.listed(tx) if one.at_home and owner_of(tx, one.organization_id) == OWNER)
        made = referrals.create(tx, anna.id, offer.needs[0], "", "", "normal", offer.id, {"name": "Anna"})
        assert isinstance(made, Referral)
        return made


def owner_of(tx: object, id: int) -> str:
    from catalog_store.organizations import get

    return get(tx, id).name  # type: ignore[arg-type]


def joined(house: House) -> None:
    contact = Talker(house, "contact")
    contact.write(f"/start {dict(association_links(house))[OWNER]}")


def mails(house: House) -> list[tuple[object, ...]]:
    return [one for one in rows(house, "account", "purpose", "state") if one[0] == "email"]


def test_an_association_that_nobody_has_joined_is_told_once(house: House) -> None:
    asked(house)
    for _ in range(3):
        ticking._chase(house)
    assert mails(house) == [("email", "request", "waiting")]


def test_one_that_has_not_answered_half_way_is_told_and_not_before(house: House) -> None:
    joined(house)
    referral = asked(house)
    assert referral.state == "sent"
    ticking._chase(house)
    assert mails(house) == []
    assert isinstance(house.store.clock, Clock)
    house.store.clock.advance(days=2)
    for _ in range(2):
        ticking._chase(house)
    assert len(mails(house)) == 1


def test_without_a_mail_server_nothing_is_written(tmp_path: Path, house: House) -> None:
    asked(house)
    with opened(house.store.url, tmp_path) as without:
        ticking._chase(without)
    assert mails(house) == []


def test_it_goes_the_way_of_every_other_message(house: House) -> None:
    asked(house)
    ticking._chase(house)

    async def deliver() -> None:
        async with mail_server() as server:
            (channel,) = senders(house)
            assert isinstance(channel, Email)
            channel.server = channel.server._replace(netloc=f"127.0.0.1:{server.port}")
            await Delivery(house, channel).once()
            assert [mail["To"] for mail in server.mails] == [OFFICE]

    asyncio.run(deliver())
    assert mails(house) == [("email", "request", "sent")]
    with house.store.reading() as tx:
        (row,) = tx.execute(outbox.select().where(outbox.c.account == "email")).all()
        assert row.body.open(row.uid)["sentences"] == []
