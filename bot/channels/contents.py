"""The pool of Twilio Content templates: one for each shape of message, its words filled in when it is sent.

A template of Twilio's has a fixed number of buttons or rows, so there is one for each. None is submitted for approval:
they go only to who has written within 24 hours. Its body neither begins nor ends with a variable, nor has two side by
side (twilio.com/docs/content/using-variables-with-content-api): a dash before what is said, as before speech, and an
arrow after it, towards what can be tapped.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from dialogs import knock
from dialogs.screens import LISTED, QUICK

BEFORE, AFTER = "– ", " ↓"
NOTHING = "–"  # a variable is never empty: said where a row has no description and the others do
PREFIX = "tessere"  # of the names that are ours, in an account that may have others
_BREAKS = re.compile(r"\s*\n\s*")  # several line breaks together are refused, as are more than four spaces
_SPACES = re.compile(r"[^\S\n]+")

Kind = Literal["quick-reply", "list-picker"]


@dataclass(frozen=True)
class Shape:
    """A message with `rows` to tap; of a list, whether they are described."""

    kind: Kind
    rows: int
    described: bool = False

    @property
    def name(self) -> str:
        """Its name at Twilio, with a mark of what it holds: a changed definition is another template."""
        mark = hashlib.sha256(json.dumps(self.types(), sort_keys=True).encode()).hexdigest()[:8]
        return f"{PREFIX}_{self.kind}_{self.rows}{'_described' * self.described}_{mark}".replace("-", "_")

    def types(self) -> dict[str, Any]:
        """The `types` of its definition, with numbered variables in the order of `values`."""
        variables = (f"{{{{{number}}}}}" for number in range(1, 200))
        body = f"{BEFORE}{next(variables)}{AFTER}"
        if self.kind == "quick-reply":
            actions = [{"type": "QUICK_REPLY", **_taken(variables, "title", "id")} for _ in range(self.rows)]
            return {"twilio/quick-reply": {"body": body, "actions": actions}}
        button, names = next(variables), ("item", "id", "description")[: 2 + self.described]
        items = [_taken(variables, *names) for _ in range(self.rows)]
        return {"twilio/list-picker": {"body": body, "button": button, "items": items}}

    def request(self) -> dict[str, Any]:
        """What Twilio's Content API takes to create it; every variable has a sample."""
        samples = {str(n): f"Tessere {n}" for n in range(1, json.dumps(self.types()).count("{{") + 1)}
        return {"friendly_name": self.name, "language": "it", "variables": samples, "types": self.types()}


def _taken(values: Iterator[str], *names: str) -> dict[str, str]:
    return {name: next(values) for name in names}


SHAPES = (
    *(Shape("quick-reply", rows) for rows in range(1, QUICK + 1)),
    *(Shape("list-picker", rows, described) for described in (False, True) for rows in range(1, LISTED + 1)),
)


def shape_of(message: Mapping[str, Any]) -> Shape | None:
    """The shape of what `screens.whatsapp` made; None when it is text."""
    if message["type"] == "text":
        return None
    rows = message.get("items") or message["actions"]
    return Shape(message["type"], len(rows), any("description" in row for row in rows))


def variables(message: Mapping[str, Any]) -> str:
    """What fills the shape's template: the value of `ContentVariables`."""
    return json.dumps({str(n): _normal(value) for n, value in enumerate(_values(message), 1)}, ensure_ascii=False)


def _values(message: Mapping[str, Any]) -> Iterable[str]:
    shape = shape_of(message)
    yield message["body"]
    if shape and shape.kind == "list-picker":
        yield message["button"]
    for row in message.get("items") or message["actions"]:
        yield row.get("item") or row.get("title") or ""
        yield row["id"]
        if shape and shape.described:
            yield row.get("description", "")


def _normal(value: str) -> str:
    """As a variable may be (twilio.com/docs/api/errors/63013): never empty, no runs of spaces or of line breaks."""
    return _SPACES.sub(" ", _BREAKS.sub("\n", value.strip())) or NOTHING


def knock_requests() -> list[dict[str, Any]]:
    """The templates to submit for approval, one a language: they have no variables."""
    made = []
    for language, (text, button) in knock.knocks().items():
        action = {"type": "QUICK_REPLY", "title": button, "id": button.lower()}
        types = {"twilio/quick-reply": {"body": text, "actions": [action]}}
        mark = hashlib.sha256(json.dumps(types, sort_keys=True).encode()).hexdigest()[:8]
        name = f"{PREFIX}_message_{language}_{mark}"
        made.append({"friendly_name": name, "language": language, "variables": {}, "types": types})
    return made
