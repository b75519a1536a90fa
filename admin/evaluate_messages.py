"""`python -m admin evaluate availability` and `referrals`: messages that are read into several fields.

One JSON object per line; "expected" may be missing. Fields that fail are counted by kind, never shown with their text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from admin.evaluate import File, Out, app, read_rows, write_rows

__all__ = ["app"]

_FIELDS = ("needs", "group", "area", "age", "urgency", "frequency", "who", "phone")


@app.command()
def availability(file: File, predictions: Out = None) -> None:
    """Exact results of volunteers' messages, and how many are read the same when they are said back."""
    from catalog_store import territory
    from dialogs.availability_words import said_back
    from dialogs.locale import spoken
    from dialogs.understand.availability import Conventions, read
    from dialogs.understand.availability.result import as_json

    rows = read_rows(file)
    conventions = Conventions(patron=territory.load().patron_day)
    found = [read(row["text"], _today(row), conventions) for row in rows]
    write_rows(
        predictions, ({"text": row["text"], "result": as_json(one)} for row, one in zip(rows, found, strict=True))
    )
    pairs = [(row["expected"], as_json(one)) for row, one in zip(rows, found, strict=True) if "expected" in row]
    print(f"messages {len(rows)}, labelled {len(pairs)}")
    if pairs:
        print(f"exact {_share(_same(want, got) for want, got in pairs):.3f}")
        _by_kind((_kind(want), _same(want, got)) for want, got in pairs)
    for language in ("it", "en"):
        again = [
            read(spoken(said_back(one, _today(row)), language), _today(row), conventions) == one
            for row, one in zip(rows, found, strict=True)
        ]
        print(f"said back in {language} and read the same {_share(again):.3f}")


@app.command()
def referrals(file: File, predictions: Out = None) -> None:
    """Right fields of social workers' messages, by field."""
    from catalog_store import territory
    from dialogs.understand.needs import rank_many
    from dialogs.understand.referrals import pieces, read

    places = territory.load().localities
    names = {place.id: (place.name, *place.other_names) for place in places.values()}
    rows = read_rows(file)
    parts = [pieces(row["text"]) for row in rows]
    ranked = iter(rank_many([text for texts in parts for text in texts]))
    results: list[dict[str, Any]] = []
    for row, texts in zip(rows, parts, strict=True):
        today = _today(row) if "now" in row else date.today()  # noqa: DTZ011  where the message was written
        one = read(row["text"], names, [next(ranked) for _ in texts], today)
        often = one.frequency
        results.append(
            {
                "needs": list(one.needs),
                "group": one.group,
                "area": places[one.area].name if one.area else None,
                "age": one.age,
                "urgency": one.urgency,
                "frequency": often
                and {k: v for k, v in (("n", often.n), ("hours", often.hours), ("per", often.per)) if v},
                "contact": {"who": one.contact.who, "phone": one.contact.phone},
            }
        )
    write_rows(predictions, ({"text": row["text"], "result": one} for row, one in zip(rows, results, strict=True)))
    marks = [
        (field, _right(field, row["expected"], one))
        for row, one in zip(rows, results, strict=True)
        if "expected" in row
        for field in _FIELDS
    ]
    print(f"messages {len(rows)}, labelled {len(marks) // len(_FIELDS)}")
    if marks:
        print(f"fields right {_share(right for _, right in marks):.3f}")
        _by_kind(marks)


def _today(row: dict[str, Any]) -> date:
    """The day on which a message was written, where it was: `now` with its offset, in the zone `tz`."""
    now = datetime.fromisoformat(row["now"])
    return (now.astimezone(ZoneInfo(row["tz"])) if row.get("tz") and now.tzinfo else now).date()


def _same(want: dict[str, Any], got: dict[str, Any]) -> bool:
    return bool(_plain(want) == _plain(got))


def _plain(value: Any) -> Any:
    """Without what is not said, and in no order: "da lunedì a venerdì" are the same days in any."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items() if inner not in (None, [], False)}
    return sorted((_plain(inner) for inner in value), key=repr) if isinstance(value, list) else value


def _kind(expected: dict[str, Any]) -> str:
    return "+".join(sorted(expected)) or "nothing"


def _right(field: str, want: dict[str, Any], got: dict[str, Any]) -> bool:
    if field == "needs":
        every = all(set(accepted) & set(got["needs"]) for accepted in want["needs"])
        return every and set(got["needs"]) <= {code for accepted in want["needs"] for code in accepted}
    if field in ("who", "phone"):
        return bool((want["contact"] or {}).get(field) == got["contact"][field])
    if field == "area":
        return _letters(want["area"]) == _letters(got["area"])
    return bool(want[field] == got[field])


def _letters(name: str | None) -> str:
    return "".join(letter for letter in (name or "").casefold() if letter.isalpha())


def _share(marks: Iterable[bool]) -> float:
    known = list(marks)
    return sum(known) / len(known) if known else 0.0


def _by_kind(marks: Iterable[tuple[str, bool]]) -> None:
    every = list(marks)
    right = Counter(kind for kind, good in every if good)
    for kind, many in Counter(kind for kind, _ in every).items():
        print(f"  {kind} {right[kind]}/{many}")
