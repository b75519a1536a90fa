"""What Twilio holds is compared with what is here: whatever its calls missed is taken now, once, in the order written.

Twilio calls a webhook once. After an outage, and every few minutes, its own list of messages says what was missed. The
list has the words of a button that was tapped, not what it carries: the words are then read as if they were typed.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot import turn
from bot.channels import whatsapp_forms, whatsapp_hooks
from bot.channels.whatsapp import CHANNEL, WhatsApp
from bot.house import House
from bot.inbound import Inbound
from bot.logs import log
from catalog_store import accounts, deliveries, messages

if TYPE_CHECKING:
    from twilio.rest.api.v2010.account.message import MessageInstance

LEASE = 60.0  # seconds: less than the time between two rounds; two at once would only look twice
OVERLAP = timedelta(minutes=10)  # looked at again: a message may be listed a while after it was sent
LONGEST = timedelta(days=7)  # how far back, after whatever outage


async def reconcile(house: House, channel: WhatsApp) -> int:
    """Take what was missed since the last round; how many messages. The first round only says where to begin."""
    began = house.store.clock()
    since = await house.store.write(_since, house, secrets.token_hex(8))
    if since is None:
        return 0
    missed = await channel.work(_missed, house, channel, since)
    try:
        for inbound in missed:
            await whatsapp_hooks.take(house, channel, inbound)
    except turn.Unavailable:
        return 0  # the next round begins where this one did
    for id, number in await channel.work(_failed, channel, since):
        await whatsapp_hooks.told(house, id, "failed", number)
    await house.store.write(_until, house, began)
    if missed:
        log().info("whatsapp.reconciled", missed=len(missed))
    return len(missed)


def _since(house: House, holder: str) -> datetime | None:
    """Where to begin; None when there is nothing to do, or another process does it."""
    with house.store.begin() as tx:
        if not messages.lease(tx, f"reconcile/{CHANNEL}", holder, LEASE):
            return None
        until = accounts.get(tx, CHANNEL).reconciled_at
        if until is None:
            accounts.reconciled(tx, CHANNEL, tx.now)
            return None
        return max(until - OVERLAP, tx.now - LONGEST)


def _until(house: House, at: datetime) -> None:
    with house.store.begin() as tx:
        accounts.reconciled(tx, CHANNEL, at)


def _missed(house: House, channel: WhatsApp, since: datetime) -> list[Inbound]:
    """The messages sent to us since then that are not here, in the order in which they were sent."""
    sender = house.settings.twilio_whatsapp_from
    listed = channel.client.messages.list(to=sender, date_sent_after=since, page_size=1000)
    listed.reverse()  # the newest is listed first
    ordered = sorted(listed, key=_sent)  # in seconds: within one, as they were listed
    with house.store.reading() as tx:
        known = messages.known(tx, CHANNEL, [str(one.sid) for one in ordered])
    files = channel.client.api.base_url
    read = (_inbound(one, sender, files) for one in ordered if one.direction == "inbound" and one.sid not in known)
    return [inbound for inbound in read if inbound]


def _inbound(one: MessageInstance, sender: str, base: str) -> Inbound | None:
    form = {
        "MessageSid": str(one.sid), "From": str(one.from_), "To": str(one.to), "Body": one.body or "",
        "NumMedia": one.num_media or "0",
    }  # fmt: skip
    if form["NumMedia"] != "0":
        for file in one.media.list(limit=1):
            form["MediaContentType0"] = file.content_type or ""
            form["MediaUrl0"] = f"{base}{(file.uri or '').removesuffix('.json')}"
    return whatsapp_forms.parse(form, sender, _sent(one))


def _failed(channel: WhatsApp, since: datetime) -> list[tuple[str, int | None]]:
    """(SID, error number) of what did not arrive since then, where no call has said so."""
    sender = channel.house.settings.twilio_whatsapp_from
    listed = channel.client.messages.list(from_=sender, date_sent_after=since, page_size=1000)
    failed = {str(one.sid): one.error_code for one in listed if whatsapp_forms.STATES.get(str(one.status)) == "failed"}
    with channel.house.store.reading() as tx:
        news = deliveries.undecided(tx, CHANNEL, failed)
    return [(id, number) for id, number in failed.items() if id in news]


def _sent(one: MessageInstance) -> datetime:
    at: datetime | None = one.date_sent or one.date_created
    if at is None:
        raise ValueError("a message that was sent at no time")
    return at
