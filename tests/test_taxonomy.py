"""The taxonomy fits every channel and never shows two needs with the same words."""

from collections import Counter

import pytest

from catalog_store.taxonomy import DESCRIPTION, GROUPS, LABEL, NEEDS, ROW, Words, needs_of
from dialogs.locale import NAMES

LANGUAGES = tuple(NAMES)


def test_there_are_six_groups_and_44_needs() -> None:
    assert {group: len(needs_of(group)) for group in GROUPS} == {
        "poverta": 11,
        "infanzia_famiglia": 7,
        "anziani": 6,
        "disabilita": 8,
        "violenza_genere": 4,
        "disagio_psichico": 8,
    }
    assert len(NEEDS) == 44


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_fits_its_place(language: str) -> None:
    texts = [t.words[language] for t in (*NEEDS.values(), *GROUPS.values())] + [
        group.whom[language] for group in GROUPS.values()
    ]
    for text in texts:
        assert 0 < len(text.label) <= LABEL, text
        assert 0 < len(text.row) <= ROW, text
        assert 0 < len(text.description) <= DESCRIPTION, text


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_needs_have_the_same_label_or_row(language: str) -> None:
    for field in ("label", "row"):
        counted = Counter(getattr(need.words[language], field).casefold() for need in NEEDS.values())
        assert counted.most_common(1)[0][1] == 1, counted.most_common(3)


def test_a_language_that_is_not_written_yet_falls_back_to_italian() -> None:
    assert NEEDS["poverta.docce"].text("xx") == NEEDS["poverta.docce"].text("it")


def test_words_are_plain_and_do_not_repeat_the_founding_document() -> None:
    officialese = ("fruizione", "erogazione", "empowerment", "domicilio", "socializzant", "PUC", "n.a.")
    for need in NEEDS.values():
        text: Words = need.text("it")
        assert not [word for word in officialese if word in f"{text.label} {text.row} {text.description}"], need.code
