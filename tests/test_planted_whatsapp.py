"""The checks of WhatsApp see: with a bug planted for each, the check fails."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from bot import reconcile
from bot.channels import contents, whatsapp, whatsapp_forms
from catalog_store import deliveries
from catalog_store.connect import Transaction
from catalog_store.schema import outbox
from tests import test_contents, test_reconcile, test_whatsapp
from tests import test_whatsapp_hooks as hooks
from tests.clock import TUESDAY
from tests.whatsapp_town import Town, town

Plant = Callable[[pytest.MonkeyPatch], None]


def anybody_is_twilio(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("twilio.request_validator.RequestValidator.validate", lambda *_: True)


def what_is_said_last_counts(patch: pytest.MonkeyPatch) -> None:
    def last(tx: Transaction, account: str, provider_id: str, said: str) -> None:
        where = (outbox.c.account == account) & (outbox.c.provider_id == provider_id)
        tx.execute(update(outbox).where(where).values(delivery=said))

    patch.setattr(deliveries, "record", last)


def a_refused_shape_is_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(whatsapp, "refuse", lambda *_: None)


def the_id_behind_a_number_is_not_kept(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(whatsapp_forms, "_also", lambda *_: "")


def variables_are_sent_as_they_are(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(contents, "_normal", lambda value: value)


def a_round_begins_exactly_where_the_last_one_ended(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(reconcile, "OVERLAP", timedelta(0))


def a_round_trusts_twilios_order(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(reconcile, "_sent", lambda one: TUESDAY - (one.date_sent - TUESDAY))


CHECKS: list[tuple[Plant, Callable[[Town], None]]] = [
    (anybody_is_twilio, lambda here: hooks.test_who_is_not_twilio_is_refused_and_nothing_is_kept(here, hooks.HOOK, "")),
    (what_is_said_last_counts, hooks.test_callbacks_in_any_order_leave_one_state),
    (a_refused_shape_is_forgotten, test_whatsapp.test_a_refused_shape_is_remembered_for_a_day_and_for_everybody),
    (the_id_behind_a_number_is_not_kept, test_whatsapp.test_who_hides_their_number_later_is_the_same_person),
    (variables_are_sent_as_they_are, lambda _: test_contents.test_a_variable_has_no_runs_of_spaces_or_of_line_breaks()),
    (
        a_round_begins_exactly_where_the_last_one_ended,
        test_reconcile.test_it_looks_back_a_little_further_than_it_must_and_no_further_than_a_week,
    ),
    (a_round_trusts_twilios_order, test_reconcile.test_after_three_hours_what_was_missed_is_taken_once_and_in_order),
]  # fmt: skip


@pytest.mark.parametrize(("plant", "check"), CHECKS, ids=[plant.__name__ for plant, _ in CHECKS])
def test_a_planted_bug_is_found(
    plant: Plant, check: Callable[[Town], None], tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with town(sqlite_url, tmp_path) as here:
        here.reconcile()
        plant(monkeypatch)
        with pytest.raises(AssertionError):
            check(here)
