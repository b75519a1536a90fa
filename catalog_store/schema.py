"""Every table in one place, the answer to "what do you keep about people?".

Private columns are `Sealed` (secrets.py); each row that has one has its own random `uid`. What is filtered, sorted or
counted is a plain column. Instants that happened are `UTC`.
"""

from __future__ import annotations

from secrets import token_hex
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from catalog_store.columns import UTC
from catalog_store.secrets import Sealed

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def new_uid() -> str:
    """A row's own random id, 128 bits."""
    return token_hex(16)


def _id() -> Column[int]:
    # Tables whose ids are remembered elsewhere (a page that shows all messages after 57) say sqlite_autoincrement:
    # without it SQLite gives the ids of deleted rows out again.
    return Column("id", Integer, primary_key=True, autoincrement=True)


def _uid() -> Column[str]:
    return Column("uid", String(32), nullable=False, unique=True, default=new_uid)


def _to(table: str, *, nullable: bool = True, **more: Any) -> Column[int]:
    name = {"people": "person", "addresses": "address"}.get(table, table.removesuffix("s")) + "_id"
    return Column(name, Integer, ForeignKey(f"{table}.id", **more), nullable=nullable, index=True)


def _only(rows: str) -> dict[str, Any]:
    """An index of these rows only."""
    return {"sqlite_where": text(rows), "postgresql_where": text(rows)}


counters = Table(
    "counters",
    metadata,
    Column("name", String(40), primary_key=True),  # 'catalogue': bumped by whatever changes what is matched
    Column("value", Integer, nullable=False, server_default="0"),
)

# People and how they are reached ------------------------------------------------------------------------------------

people = Table(
    "people",
    metadata,
    _id(),
    _uid(),
    Column("language", String(8), nullable=False, server_default="it"),
    Column("profile", Sealed("people.profile")),  # {"name", "phone", "area", "age"}: what the person told us to keep
    Column("recent", Text, nullable=False, server_default="[]"),  # hashes of the sentences of the last replies
    Column("welcomed_at", UTC),
    Column("created_at", UTC, nullable=False),
    Column("seen_at", UTC, nullable=False, index=True),
    Column("stopped_at", UTC),  # asked us to stop: no reminder, survey or broadcast from then on
    Column("held", Boolean, nullable=False, server_default=text("false")),  # something waits until they write
    Column("erased_at", UTC, index=True),  # asked to be forgotten: the row and its addresses go after the last reply
    sqlite_autoincrement=True,
)

addresses = Table(
    "addresses",
    metadata,
    _id(),
    _uid(),
    _to("people", nullable=False),
    Column("channel", String(20), nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
    Column("address", Sealed("addresses.address"), nullable=False),
    Column("state", String(20), nullable=False, server_default="reachable"),  # reachable | unreachable | unsure | gone
    Column("inbound_at", UTC),  # the last message from here: what a channel's window counts from
    Column("plain", Boolean, nullable=False, server_default=text("false")),  # nothing to tap: it was refused here
    Column("beside", LargeBinary(32)),  # hash of the other address that the channel named with a message from here
    UniqueConstraint("channel", "hash"),
)

organizations = Table(
    "organizations",
    metadata,
    _id(),
    Column("uid", String(64), nullable=False, unique=True, default=new_uid),  # the importer's own id, kept in exports
    Column("name", String(120), nullable=False),
    Column("kind", String(30), nullable=False, server_default="association"),
    Column("description", Text, nullable=False, server_default=""),
    Column("email", String(200), nullable=False, server_default=""),
    Column("phone", String(40), nullable=False, server_default=""),
    Column("website", String(200), nullable=False, server_default=""),
    Column("demonstration", Boolean, nullable=False, server_default=text("false")),
    Column("state", String(10), nullable=False, server_default="approved"),  # organizations.STATES; else: not public
    Column("tax_code", String(16), nullable=False, server_default="", index=True),
    Column("pec", String(200), nullable=False, server_default=""),
    Column("address", String(200), nullable=False, server_default=""),  # the registered office
    Column("groups", String(200), nullable=False, server_default=""),  # comma separated ids of groups it works for
    Column("areas", String(400), nullable=False, server_default=""),  # comma separated localities; '': everywhere
    Column("languages", String(80), nullable=False, server_default="it"),
    Column("discreet", Boolean, nullable=False, server_default=text("false")),  # where it receives is not published
    Column("confirmed_on", Date),  # when it last said that all this is still true
    Column("asked_on", Date),  # when it was last asked
    Column("changed_at", UTC, index=True),  # null: since before this was written down
)

roles = Table(
    "roles",
    metadata,
    _id(),
    _to("people", nullable=False),
    Column("role", String(20), nullable=False),  # operator | social_worker | association | volunteer
    _to("organizations"),
    _to("invitations"),  # the code that gave it: it ends when that is revoked
    Column("office", String(40), nullable=False, server_default=""),  # id in the territory file
    Column("since", UTC, nullable=False),
    Column("until", UTC),
)

# Who works here, by web ---------------------------------------------------------------------------------------------

staff = Table(
    "staff",
    metadata,
    _id(),
    _uid(),
    Column("hash", LargeBinary(32), nullable=False, unique=True),  # of the e-mail address they enter with
    Column("email", Sealed("staff.email"), nullable=False),
    Column("name", Sealed("staff.name"), nullable=False),
    Column("role", String(20), nullable=False),  # administrator | operator | social_worker | association | reader
    _to("organizations"),
    Column("office", String(40), nullable=False, server_default=""),  # id in the territory file
    _to("invitations"),  # the code that gave it
    Column("chat_invitation_id", Integer, ForeignKey("invitations.id"), index=True),  # the code for their own phone
    Column("password", String(200)),  # argon2id; null: enters through the municipality's own broker only
    Column("totp", Sealed("staff.totp")),  # the secret, in base32
    Column("totp_step", Integer, nullable=False, server_default="0"),  # the last one used: each code enters once
    Column("subject", LargeBinary(32), unique=True),  # hash of who they are for the broker
    Column("failures", Integer, nullable=False, server_default="0"),  # in a row
    Column("locked_until", UTC),
    Column("created_at", UTC, nullable=False),
    Column("seen_at", UTC),
    Column("ended_at", UTC),
)

sessions = Table(
    "sessions",
    metadata,
    _id(),
    _to("staff", nullable=False, ondelete="CASCADE"),
    Column("hash", LargeBinary(32), nullable=False, unique=True),
    Column("device", String(60), nullable=False, server_default=""),  # "Firefox, Linux": to know it again
    Column("created_at", UTC, nullable=False),
    Column("seen_at", UTC, nullable=False),
    Column("expires_at", UTC, nullable=False, index=True),
)

audit = Table(  # who looked at what of whom, and why: rows are only ever added, until their time is over
    "audit",
    metadata,
    _id(),
    Column("at", UTC, nullable=False, index=True),
    _to("staff"),  # null: by command
    Column("action", String(20), nullable=False),  # what was done: read, answered, called, …
    Column("what", String(20), nullable=False),  # of which kind of thing: chat, referral, call, code, account
    Column("uid", String(64), nullable=False, server_default=""),
    Column("whose", Integer, index=True),  # the id of the person whose data it was; no reference: it outlives them
    Column("why", String(40), nullable=False),
    sqlite_autoincrement=True,
)

invitations = Table(
    "invitations",
    metadata,
    _id(),
    _uid(),
    Column("hash", LargeBinary(32), nullable=False, unique=True),
    Column("code", Sealed("invitations.code"), nullable=False),
    Column("role", String(20), nullable=False),
    _to("organizations"),
    Column("office", String(40), nullable=False, server_default=""),  # id in the territory file
    Column("note", Sealed("invitations.note")),  # whom it was made for, in the words of who made it
    _to("people"),  # a code that joins two addresses of one person: whose
    Column("expires_at", UTC, nullable=False),
    Column("revoked_at", UTC),
    Column("used", Integer, nullable=False, server_default="0"),
    Column("uses", Integer, nullable=False, server_default="1"),
)

consents = Table(
    "consents",
    metadata,
    _id(),
    _to("people", nullable=False),
    Column("purpose", String(40), nullable=False),
    Column("text_version", String(20), nullable=False),
    Column("language", String(8), nullable=False),
    Column("given_at", UTC, nullable=False),
    Column("withdrawn_at", UTC),
)

# Conversations and messages -----------------------------------------------------------------------------------------

conversations = Table(
    "conversations",
    metadata,
    _id(),
    _uid(),
    _to("people", nullable=False),
    Column("dialogue", String(40), nullable=False),
    Column("subject", String(64), nullable=False, server_default=""),  # e.g. a referral's uid
    Column("state", String(10), nullable=False),  # open | parked | human | over
    Column("journal", Sealed("conversations.journal"), nullable=False),
    Column("shown", Sealed("conversations.shown")),  # what the person was last shown: name, options, page, wording
    Column("shown_at", UTC),
    Column("piece", Sealed("conversations.piece")),  # the last free text and the journal before it
    Column("misses", Integer, nullable=False, server_default="0"),  # replies not understood, in a row
    Column("opened_at", UTC, nullable=False),
    Column("changed_at", UTC, nullable=False, index=True),
    Column("asked_at", UTC),  # when somebody who had left it was asked whether they go on: once
    Index("ix_conversations_person_state", "person_id", "state"),
    Index("uq_conversations_one_open", "person_id", unique=True, **_only("state = 'open'")),
    sqlite_autoincrement=True,
)  # fmt: skip

inbox = Table(
    "inbox",
    metadata,
    _id(),
    _uid(),
    Column("kind", String(10), nullable=False),  # message | opening | silence
    Column("channel", String(20)),
    Column("provider_id", String(200)),
    _to("people"),
    _to("addresses"),
    Column("body", Sealed("inbox.body")),  # null once its person was erased: the row only refuses a second delivery
    Column("at", UTC, nullable=False),
    Column("received_at", UTC),  # when it was recorded: what its keeping counts from
    Column("due_at", UTC),  # when a turn may take it; null once taken
    Column("urgent", Boolean, nullable=False, server_default=text("false")),
    Column("lease_until", UTC),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("state", String(10), nullable=False),  # due | taken | failed
    Column("fault", String(32)),  # id of the fault in the log
    Column("version", String(20)),  # of the program that failed on it
    UniqueConstraint("channel", "provider_id"),
    Index("ix_inbox_state_due", "state", "due_at"),
    sqlite_autoincrement=True,
)

outbox = Table(
    "outbox",
    metadata,
    _id(),
    _uid(),
    _to("people", nullable=False),
    _to("addresses", nullable=False),
    Column("account", String(60), nullable=False),  # the channel account that sends it
    _to("conversations", ondelete="SET NULL"),
    Column("lane", Integer, nullable=False),  # 0 danger, 1 reply, 2 notice
    Column(
        "purpose", String(10), nullable=False, server_default="reply"
    ),  # reach.PURPOSES: how far we go to deliver it
    Column("body", Sealed("outbox.body"), nullable=False),
    Column("created_at", UTC, nullable=False),
    Column("due_at", UTC, nullable=False),
    Column("expires_at", UTC),
    Column("lease_until", UTC),  # set while it is being sent, and left so by whoever never hears whether it was
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("begun_at", UTC),  # when the first of these attempts was made
    Column("tried", Text, nullable=False, server_default=""),  # address:form of what was refused or not answered
    Column("state", String(10), nullable=False),  # waiting | held | sent | moved | expired | dead | replaced
    Column("sent_at", UTC),
    Column("provider_id", String(200), index=True),
    Column(
        "delivery", String(12), nullable=False, server_default=""
    ),  # what the provider says: sent | delivered | read …
    Column("reason", String(200)),  # why it was not sent: a code or the provider's error number, never words of people
    Index("ix_outbox_account_state_due", "account", "state", "due_at"),
    Index("ix_outbox_address_state", "address_id", "state"),
    Index("ix_outbox_dead", "id", **_only("state = 'dead'")),
    sqlite_autoincrement=True,
)

leases = Table(
    "leases",
    metadata,
    Column("name", String(60), primary_key=True),
    Column("holder", String(60), nullable=False),
    Column("until", UTC, nullable=False),
)

accounts = Table(  # what we know of the channels' side of things
    "accounts",
    metadata,
    Column("name", String(60), primary_key=True),  # the channel account: telegram, whatsapp
    Column("heard_at", UTC),  # the last time that it certainly reached us
    Column("reconciled_at", UTC),  # until when what the provider holds was compared with what we have
)

contents = Table(  # WhatsApp's message shapes, as Twilio knows them
    "contents",
    metadata,
    Column("name", String(60), primary_key=True),  # the shape's own, with a mark of what it holds
    Column("account", String(60), nullable=False),
    Column("sid", String(34), nullable=False),
    Column("refused_at", UTC),  # the channel would not take it: numbered text instead
)

waiting = Table(
    "waiting",
    metadata,
    _id(),
    _uid(),
    Column("kind", String(20), nullable=False),  # operator | call | danger | referral | fault
    _to("people", nullable=False),
    _to("conversations", ondelete="SET NULL"),
    _to("referrals", ondelete="SET NULL"),
    Column("note", Sealed("waiting.note")),  # what an operator needs to know
    _to("staff"),  # who sees to it
    Column("taken_at", UTC),
    Column("tries", Integer, nullable=False, server_default="0"),  # calls that nobody answered
    Column("created_at", UTC, nullable=False),
    Column("due_at", UTC, nullable=False),  # by when somebody was promised
    Column("done_at", UTC, index=True),
)

# The catalogue ------------------------------------------------------------------------------------------------------

locations = Table(
    "locations",
    metadata,
    _id(),
    Column("uid", String(64), nullable=False, unique=True, default=new_uid),
    _to("organizations", nullable=False, ondelete="CASCADE"),
    Column("name", String(120), nullable=False),
    Column("address", String(200), nullable=False, server_default=""),
    Column("locality", String(40), nullable=False, index=True),  # id in the territory file
    Column("latitude", Float),
    Column("longitude", Float),
    Column("accessible", Boolean),  # step-free; null: not known
    Column("changed_at", UTC),
)

offers = Table(
    "offers",
    metadata,
    _id(),
    Column("uid", String(64), nullable=False, unique=True, default=new_uid),
    _to("organizations", nullable=False, ondelete="CASCADE"),
    _to("locations", ondelete="SET NULL"),
    Column("name", String(72), nullable=False),
    Column("label", String(20), nullable=False),  # on a button
    Column("row", String(24), nullable=False),  # in a list
    Column("description", Text, nullable=False, server_default=""),
    Column("group", String(30), nullable=False, server_default=""),  # '' any; otherwise only this beneficiary group
    Column("age_from", Integer),
    Column("age_to", Integer),
    Column("places", Integer),  # null: no limit
    Column("schedule", Text, nullable=False, server_default=""),  # RFC 5545: DTSTART, RRULE and DURATION, one a line
    Column("cost", String(72), nullable=False, server_default=""),  # '' free
    Column("languages", String(80), nullable=False, server_default="it"),  # comma separated
    Column("access", String(20), nullable=False, server_default="anyone"),
    Column("access_words", String(200), nullable=False, server_default=""),  # said to the person in plain words
    Column("bring", String(200), nullable=False, server_default=""),
    Column("contact_role", String(80), nullable=False, server_default=""),
    Column("contact_phone", String(40), nullable=False, server_default=""),
    Column("contact_email", String(200), nullable=False, server_default=""),
    Column("at_home", Boolean, nullable=False, server_default=text("false")),  # it comes to the person
    Column("state", String(10), nullable=False, server_default="active"),  # offers.Offer says which
    Column("period", String(5), nullable=False, server_default=""),  # places per day | week | month | year
    Column("confirmed_on", Date),
    Column("asked_on", Date),  # when its organization was last asked whether it is still true
    Column("changed_at", UTC, index=True),
    Column("demonstration", Boolean, nullable=False, server_default=text("false")),
)

offer_needs = Table(
    "offer_needs",
    metadata,
    Column("offer_id", Integer, ForeignKey("offers.id", ondelete="CASCADE"), primary_key=True),
    Column("need", String(60), primary_key=True, index=True),
)

offer_areas = Table(
    "offer_areas",
    metadata,
    Column("offer_id", Integer, ForeignKey("offers.id", ondelete="CASCADE"), primary_key=True),
    Column("locality", String(40), primary_key=True),  # '*': the whole municipality
)

closures = Table(  # days on which an organization, or one of its offers, takes nobody
    "closures",
    metadata,
    _id(),
    _to("organizations", nullable=False, ondelete="CASCADE"),
    _to("offers", ondelete="CASCADE"),  # null: all that the organization offers
    Column("first_on", Date, nullable=False),
    Column("last_on", Date, nullable=False, index=True),
)

# How organizations join, and the pact that binds them -----------------------------------------------------------------

enrolments = Table(  # the call to organizations (manifestazione di interesse): when they may ask to join
    "enrolments",
    metadata,
    _id(),
    _uid(),
    Column("title", String(120), nullable=False),
    Column("text", Text, nullable=False),
    Column("opens_on", Date, nullable=False),
    Column("closes_on", Date),  # null: it stays open
    Column("created_at", UTC, nullable=False),
)

applications = Table(  # forms that organizations sent: the first one, and each change of it
    "applications",
    metadata,
    _id(),
    _uid(),
    _to("organizations", nullable=False, ondelete="CASCADE"),
    _to("people"),  # who sent it; null once they are forgotten
    Column("kind", String(10), nullable=False),  # first | change
    Column("state", String(10), nullable=False, index=True),  # applications.MOVES
    Column("form", Sealed("applications.form"), nullable=False),  # the answers, by key
    Column("note", Sealed("applications.note")),  # what the operator asked for, or why it was refused
    Column("reason", String(20), nullable=False, server_default=""),
    _to("staff"),  # who decided
    Column("sent_at", UTC, nullable=False),
    Column("due_at", UTC),  # by when an answer was promised; null once decided
    Column("decided_at", UTC),
)

form_rules = Table(  # what of an organization's form changes only with an operator's approval, where it is not as usual
    "form_rules",
    metadata,
    Column("key", String(40), primary_key=True),
    Column("approval", Boolean, nullable=False),
)

pacts = Table(  # the network pact: one text, many parties
    "pacts",
    metadata,
    _id(),
    _uid(),
    Column("version", String(20), nullable=False, unique=True),
    Column("title", String(120), nullable=False),
    Column("text", Text, nullable=False),
    Column("hash", String(64), nullable=False),  # SHA-256 of the text, in hexadecimal
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),  # common to all parties, whenever they join
    Column("state", String(10), nullable=False),  # draft | open | renewed | over
    Column("created_at", UTC, nullable=False),
)

pact_parties = Table(
    "pact_parties",
    metadata,
    _id(),
    _uid(),
    _to("pacts", nullable=False),
    _to("organizations", nullable=False, ondelete="CASCADE"),
    Column("state", String(10), nullable=False, index=True),  # adhered | in_force | withdrawn | over
    Column("by", Sealed("pact_parties.by"), nullable=False),  # {"name", "office"}: who said that they bind it
    Column("hash", String(64), nullable=False),  # of the text that they adhered to
    Column("adhered_at", UTC, nullable=False),
    Column("protocol", String(40), nullable=False, server_default=""),  # number of the signed copy
    Column("signed_on", Date),
    Column("withdrawn_on", Date),
    Column("reminded", Integer),  # days before the end of which they were last reminded
    UniqueConstraint("pact_id", "organization_id"),
)

agreements = Table(  # with a public service: how a need that it meets is sent there
    "agreements",
    metadata,
    _id(),
    _uid(),
    _to("organizations", nullable=False, ondelete="CASCADE"),
    Column("need", String(60), nullable=False, index=True),
    Column("how", Text, nullable=False, server_default=""),
    Column("reference", String(120), nullable=False, server_default=""),  # number and date of the act
    Column("from_on", Date, nullable=False),
    Column("to_on", Date),
)

# Requests that travel -----------------------------------------------------------------------------------------------

referrals = Table(
    "referrals",
    metadata,
    _id(),
    _uid(),
    Column("code", String(12), nullable=False, unique=True),  # what people say: R-4F7K
    _to("people"),  # null: whose it was is forgotten, it only counts in the figures
    Column("need", String(60), nullable=False, index=True),
    Column("area", String(40), nullable=False, server_default=""),
    Column("group", String(30), nullable=False, server_default=""),
    Column("urgency", String(10), nullable=False, server_default="normal"),  # urgent | normal | low
    Column("state", String(12), nullable=False),  # one of referrals.MOVES
    _to("offers", ondelete="SET NULL"),
    _to("organizations", ondelete="SET NULL"),
    Column("next_actor", String(12)),  # citizen | association | operator; null when over
    Column("due_at", UTC),
    Column("remind_at", UTC),  # when to remind the next actor; null: never, or done
    Column("details", Sealed("referrals.details")),  # {"told", "name", "whom", "relation", "reach", "phone", …}
    Column("proposal", Sealed("referrals.proposal")),  # what the association proposed
    Column("outcome", String(20)),
    _to("staff"),  # which of the operators follows it
    Column("merged_into", Integer, ForeignKey("referrals.id"), index=True),  # the same request
    Column("created_at", UTC, nullable=False),
    Column("changed_at", UTC, nullable=False),
    Column("month", String(7), nullable=False, index=True),
    Index("ix_referrals_state_due", "state", "due_at"),
    Index("ix_referrals_state_offer", "state", "offer_id"),  # places held
    Index("ix_referrals_due", "due_at", "uid", **_only("due_at IS NOT NULL")),  # the board, by its orders
    Index("ix_referrals_known", "created_at", "uid", **_only("person_id IS NOT NULL")),
    Index(  # the board counted by state: everything that is looked for, so that no row is read
        "ix_referrals_board",
        "state",
        "created_at",
        "uid",
        "need",
        "area",
        "urgency",
        "organization_id",
        "staff_id",
        "due_at",
        **_only("person_id IS NOT NULL"),
    ),
    CheckConstraint(  # a request never dies: while it is open, somebody is to act by a time
        "state IN ('closed', 'withdrawn', 'trial') "
        "OR next_actor IS NOT NULL AND due_at IS NOT NULL AND person_id IS NOT NULL",
        name="open_has_next",
    ),
    sqlite_autoincrement=True,
)

referral_steps = Table(
    "referral_steps",
    metadata,
    _id(),
    _uid(),
    _to("referrals", nullable=False, ondelete="CASCADE"),
    Column("at", UTC, nullable=False),
    Column("state", String(12), nullable=False),  # the state it moved to, or 'reminded'
    Column("actor", String(12), nullable=False),
    _to("offers", ondelete="SET NULL"),
    Column("reason", String(20), nullable=False, server_default=""),
    Column("note", Sealed("referral_steps.note")),
)

queue = Table(  # who waits for a place of an offer that is full
    "queue",
    metadata,
    _id(),
    _uid(),
    _to("offers", nullable=False, ondelete="CASCADE"),
    _to("referrals", nullable=False, ondelete="CASCADE"),
    Column("urgent", Boolean, nullable=False, server_default=text("false")),
    Column("state", String(10), nullable=False),  # waiting | proposed | taken | declined | lapsed | left
    Column("created_at", UTC, nullable=False),
    Column("proposed_at", UTC),
    Column("answer_by", UTC),
    UniqueConstraint("offer_id", "referral_id"),
    Index("ix_queue_turn", "offer_id", "state", "urgent", "created_at"),
)

unmet_needs = Table(
    "unmet_needs",
    metadata,
    _id(),
    Column("need", String(60), nullable=False, index=True),
    Column("area", String(40), nullable=False, server_default=""),
    Column("reason", String(20), nullable=False),  # no_offer | far | hours | cost | other | declined
    Column("month", String(7), nullable=False),
)

# What operators teach the understanding of needs ----------------------------------------------------------------------

examples = Table(
    "examples",
    metadata,
    _id(),
    _uid(),
    Column("hash", LargeBinary(32), nullable=False, unique=True),  # of the words, to have each once
    Column("text", Sealed("examples.text"), nullable=False),
    Column("need", String(60), nullable=False, server_default=""),  # '': outside the catalogue
    _to("staff"),
    Column("created_at", UTC, nullable=False),
)
