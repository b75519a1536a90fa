"""Documents to print: what is in them is data, never a command; a telephone reads their codes; they can be heard."""

from __future__ import annotations

import io
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from admin import documents

LINK = "https://chat.example.org/?offerta=a1b2c3"
POSTER: dict[str, Any] = {
    "title": "Spesa a casa", "name": "Spesa a casa", "owner": "La Sporta Amica ODV", "lines": ["gratis"],
    "marked": "", "qr": documents.qr(LINK), "alt": f"Codice QR: {LINK}", "invitation": "Scriva qui", "link": LINK,
    "shown": "chat.example.org", "foot": "Campi Bisenzio",
}  # fmt: skip


def read(pdf: bytes) -> tuple[PdfReader, str]:
    reader = PdfReader(io.BytesIO(pdf))
    return reader, "\n".join(page.extract_text() for page in reader.pages)


def codes(pdf: bytes) -> list[str]:
    """What a telephone reads in the QR codes of a document, by a library that did not draw them."""
    import cv2
    from pypdfium2 import PdfDocument

    found: list[str] = []
    for page in PdfDocument(pdf):
        picture = page.render(scale=2, grayscale=True).to_numpy()
        _, said, _, _ = cv2.QRCodeDetector().detectAndDecodeMulti(picture)
        found += filter(None, said)
    return found


def test_a_poster_says_its_name_and_its_code_leads_to_the_chat() -> None:
    pdf = documents.compile("poster.typ", POSTER)
    reader, said = read(pdf)
    assert len(reader.pages) == 1
    assert "Spesa a casa" in said
    assert codes(pdf) == [LINK]


def test_it_can_be_listened_to() -> None:
    reader, _ = read(documents.compile("poster.typ", POSTER))
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "it-IT"
    assert reader.metadata
    assert reader.metadata.title == "Spesa a casa"
    assert b"pdfuaid" in root["/Metadata"].get_data()


@example('"] #panic("no") #sys.inputs')
@example('#import "@preview/x:1.0.0" $x^2$ = titolo <ancora> @rif `#` \\ *')
@example("中文 🙂 \u2068عربي\u2069 ăș")
@settings(max_examples=15)
@given(st.text(max_size=60))
def test_whatever_somebody_wrote_is_only_text(written: str) -> None:
    reader, _ = read(documents.compile("poster.typ", {**POSTER, "name": f"Nome {written}", "lines": [written]}))
    assert reader.pages


def test_the_letters_of_a_name_are_all_there_but_those_that_no_font_has() -> None:
    _, said = read(documents.compile("poster.typ", {**POSTER, "lines": ["#let x = 1 à è ș 中"]}))
    assert "#let x = 1 à è ș ·" in said
