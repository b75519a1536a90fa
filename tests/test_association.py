"""The form of an organization in the chat: who begins it, left and taken up again, corrected, sent once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.house import House
from catalog_store import applications, approvals, enrolments, organizations, people, staff, waiting
from catalog_store.applications import Application
from catalog_store.enrolments import Enrolment
from catalog_store.organizations import Organization
from catalog_store.schema import applications as sent_forms
from catalog_store.schema import consents
from dialogs import association
from dialogs.questions import Text
from dialogs.talk import ask
from tests.clock import TUESDAY
from tests.forms import LINES, ODV, START, open_call, types
from tests.houses import clock, opened
from tests.network import invited, operator
from tests.talker import Talker

SUMMARY = LINES.index("Anpas Toscana") + 1  # what is typed from here on corrects and sends


@pytest.fixture
def anna(house: House) -> Talker:
    """Somebody who writes while the call is open."""
    open_call(house.store)
    return Talker(house, "anna")


def forms_of(house: House) -> list[Application]:
    with house.store.reading() as tx:
        uids = tx.execute(select(sent_forms.c.uid).order_by(sent_forms.c.id)).scalars().all()
        return [one for one in (applications.get(tx, uid) for uid in uids) if one]


def approved(house: House, member: str = "olga") -> str:
    """The only form is approved; the organization's uid."""
    (one,) = forms_of(house)
    with house.store.begin() as tx:
        made = staff.invite(tx, "operator", member, 2)
        del made
        approvals.approve(tx, one.uid, 1)
        return organizations.get(tx, one.organization_id).uid
