"""Documents to print and to keep (PDF/UA-1): a template of this folder, and data that only its own words can use.

A template is a Typst file, which reads what it is given with `#let data = json(bytes(sys.inputs.data))`. Data is never
part of the template's text, so nothing in it is ever a command. `sheet.typ` has what the documents share.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typst import Fonts

HERE = Path(__file__).parent
LETTERS = HERE.parent / "office" / "static" / "vendor"  # Titillium Web, the public administration's own
_UNSEEN = re.compile(r'the text `"((?:[^"\\]|\\.)+)"` could not be displayed')
_ESCAPED = re.compile(r"\\u\{(\w+)\}|\\(.)")
_IN_ITS_PLACE = "\N{MIDDLE DOT}"
_CONTROL = dict.fromkeys({*range(32), *range(127, 160)} - {ord("\n")})  # they cannot be printed


def compile(template: str, data: Mapping[str, Any]) -> bytes:  # noqa: A001  it is what Typst calls it
    """The PDF of a template ("poster.typ") with `data`, which is JSON. Blocks for some 20 ms, and 5 ms a page.

    A letter that no font here has (Chinese, emoji) becomes a dot: PDF/UA allows none that cannot be seen. Raises
    typst.TypstError for a template that is wrong, or does not fit its data.
    """
    import typst

    lost: dict[int, str | None] = {**_CONTROL}
    while True:
        inputs = {"data": json.dumps(_printable(data, lost), ensure_ascii=False)}
        try:
            return typst.compile(
                HERE / template, root=HERE, font_paths=_fonts(), sys_inputs=inputs, pdf_standards=["ua-1"]
            )
        except typst.TypstError as error:
            unseen = {ord(letter) for text in _UNSEEN.findall(str(error)) for letter in _ESCAPED.sub(_letter, text)}
            if unseen <= lost.keys():
                raise
            lost |= dict.fromkeys(unseen, _IN_ITS_PLACE)


def _printable(value: Any, lost: Mapping[int, str | None]) -> Any:
    """The same data, without the letters that are lost."""
    match value:
        case str():
            return value.translate(lost)
        case Mapping():
            return {name: _printable(one, lost) for name, one in value.items()}
        case list() | tuple():
            return [_printable(one, lost) for one in value]
    return value


def _letter(escaped: re.Match[str]) -> str:
    return chr(int(escaped[1], 16)) if escaped[1] else escaped[2]


def qr(link: str) -> str:
    """A QR code as an SVG, for `code` of `sheet.typ`; it can be read with a quarter of it covered."""
    import segno

    drawn = io.BytesIO()
    segno.make(link, error="q", micro=False).save(drawn, kind="svg", xmldecl=False, border=4, omitsize=True)
    return drawn.getvalue().decode()


@cache
def _fonts() -> Fonts:
    """The letters that come with the program, and with Typst: the same document on every machine."""
    import typst

    return typst.Fonts(include_system_fonts=False, font_paths=[LETTERS])
