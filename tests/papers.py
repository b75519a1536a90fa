"""Papers, read back by libraries that did not make them."""

from __future__ import annotations

import io

from pypdf import PdfReader


def read(pdf: bytes) -> tuple[PdfReader, str]:
    reader = PdfReader(io.BytesIO(pdf))
    return reader, "\n".join(page.extract_text() for page in reader.pages)


def codes(pdf: bytes) -> list[str]:
    """What a telephone reads in the QR codes of a document, by a library that did not draw them."""
    import cv2
    from pypdfium2 import PdfDocument

    found: list[str] = []
    for page in PdfDocument(pdf):
        for scale in (2, 3, 4):  # a telephone is held nearer
            picture = page.render(scale=scale, grayscale=True).to_numpy()
            _, said, _, _ = cv2.QRCodeDetector().detectAndDecodeMulti(picture)
            if any(said):
                found += filter(None, said)
                break
    return found
