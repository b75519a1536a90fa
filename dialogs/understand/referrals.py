"""A social worker's referral in one telegraphic message: need, person, place, urgency, frequency, contact.

Italian. What is not said is None; an urgency that is not said is normal, a contact that is not said is the person.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from dialogs.understand.ages import age_of
from dialogs.understand.needs import Ranked
from dialogs.understand.places import area_of
from dialogs.understand.plain import fold, words
from dialogs.understand.times import number_word

Urgency = Literal["urgente", "normale", "bassa"]
PERSON: Final = "interessato"  # the person concerned answers the telephone


@dataclass(frozen=True)
class Frequency:
    """How often: `n` times, or `hours`, in each `per`: day, week, month, once, "3 weeks"."""

    per: str
    n: int | None = None
    hours: int | None = None


@dataclass(frozen=True)
class Contact:
    """Who is called, by their relation to the person, and the digits of the telephone."""

    who: str
    phone: str | None


@dataclass(frozen=True)
class Referral:
    """What was understood of a referral; `needs` are codes, likeliest first, `area` a locality's id."""

    needs: tuple[str, ...]
    group: str | None
    area: str | None
    age: int | None
    urgency: Urgency
    frequency: Frequency | None
    contact: Contact


def pieces(text: str) -> list[str]:
    """The texts whose needs are to be ranked: the whole first, without who is called, then each thing of its list."""
    bare = _PHONE.sub(" ", text)
    parts = [part.strip() for part in _LIST.split(_opened(bare))]
    asked = [part for part in parts if len(_LETTERS.findall(part)) >= _LEAST_WORDS]
    return [bare, *asked[:_MOST]] if len(asked) > 1 else [bare]


def read(text: str, localities: Mapping[str, Sequence[str]], ranked: Sequence[Ranked]) -> Referral:
    """A referral from its message; `ranked` are the rankings of `pieces(text)`, in order."""
    said = _opened(fold(text[:LONGEST]))
    needs = tuple(_needs(ranked))
    bare = _PHONE.sub(" ", said)
    return Referral(
        needs=needs,
        group=needs[0].partition(".")[0] if needs else None,
        area=_area(bare, localities),
        age=_age(bare),
        urgency=_urgency(bare),
        frequency=_frequency(bare),
        contact=_contact(said),
    )


LONGEST: Final = 2_000  # characters read of one message
_LEAST_WORDS, _MOST = 2, 7  # of a part of a list that may be a need; parts
_LETTERS = re.compile(r"[^\W\d_]{3,}")
_PHONE = re.compile(r"(?:\+39 ?)?\b(?:3\d{2}|0\d{1,3})[ ./-]*\d(?:[ ./-]?\d){4,8}\b")
_LIST = re.compile(r"[,;:.()\n!]+|\s\+\s|\s[-–]\s")
_LONG: Final = {
    r"sig\.? ?ra|sigra": "signora", r"sig(?:\.r|r)?": "signor", r"aa": "anni", r"a": "anni",
    r"tel|cell|cel|rif|loc|prot": "",
    r"v": "v", r"vv": "vv", r"pom": "pom",
    r"dr|dott|dott\.?ssa": "medico", r"min": "minore", r"a\.? ?s": "assistente sociale", r"sett": "settimana",
}  # fmt: skip
_SHORT = [(re.compile(rf"(?<![\w.])(?:{short})\.(?!\d)", re.IGNORECASE), f"{whole} ") for short, whole in _LONG.items()]


_LADY = re.compile(r"\bsig\.? ?ra\b\.?", re.IGNORECASE)


def _opened(text: str) -> str:
    """Without the points of what is abbreviated: a point is then the end of something."""
    text = _LADY.sub("signora ", text)
    for short, whole in _SHORT:
        text = short.sub(whole, text)
    return text


# Needs


_SURE: Final = 0.6  # least probability of a thing of a list that is a second need


def _needs(ranked: Sequence[Ranked]) -> Iterator[str]:
    """The need of the whole, and those of its parts that are sure and are not the same said again."""
    if not ranked:
        return
    first = ranked[0].ranking[0][0]
    sure = [one.ranking[0] for one in ranked[1:] if one.decision == "sure" and one.ranking[0][1] >= _SURE]
    yield first
    seen = {first}
    for code, _ in sure:
        if code not in seen:
            seen.add(code)
            yield code


# Where


_SAINT = re.compile(r"\bs(?:\. ?| )(?=[a-z]{4,})")


def _area(said: str, localities: Mapping[str, Sequence[str]]) -> str | None:
    """The locality named in the whole, or alone in a part of the list; "S." is a saint of any kind."""
    for saint in ("s. ", "san ", "santa ", "sant "):
        whole = _SAINT.sub(saint, said)
        for text in (whole, *_LIST.split(whole)):
            if (found := area_of(words(text), localities)) is not None:
                return found
    named = {
        place
        for place, names in localities.items()
        for name in names
        if re.search(rf"\b{re.escape(fold(name))}\b", said)
    }
    return named.pop() if len(named) == 1 else _near_end(said, localities)


def _near_end(said: str, localities: Mapping[str, Sequence[str]]) -> str | None:
    """A misspelt locality at the end of a part: "signora di 88 anni allettata la vila"."""
    for part in _LIST.split(said):
        last = words(part)
        for size in (4, 3, 2, 1):
            if len(last) > size and (found := area_of(last[-size:], localities)) is not None:
                return found
    return None


# Whom, how soon


_SOMEBODY = (
    r"uomo|donna|signor[ae]?|sig|sigra|anzian[oa]|anz|ragazz[oa]|min(?:ore)?|bimb[oa]|bambin[oa]|utente|ut|paziente|pz|f|m"
    r"|giovane|vedov[oa]|nonn[oa]|disabile|invalid[oa]|pensionat[oa]|adult[oa]|figli[oa]|madre|mamma|padre|coniuge"
    r"|student\w+|stranier[oa]|cittadin[oa]|neomamma|adolescente|badante|assistit[oa]|benef(?:iciari[oa])?"
    r"|[a-z]\.[a-z]\.|[a-z] [a-z]\."
)
_NOT_COUNTED = (
    r"(?! ?(?:[a-z]?volt|vv?\b|x\b|ore?\b|h\b|figl|minor|bimb|bambin|ragazz|person|pers\b|gg|giorn|sett|mes[ei]"
    r"|euro|€|%|km|pom|matt|incontr|lez|past|nott|min\b|adult|piano|[/:.\-]?\d))"
)
_BARE_AGE = re.compile(
    rf"\b(?:{_SOMEBODY})(?![a-z])(?:[ ./]+(?!via|con|da|per|ogni|entro|alle|ore|piazza|viale|civico|il|dal|n\b)"
    rf"[a-z.']+){{0,2}}?"
    rf"[ ,./(]*(?:di |eta )?(?P<n>\d{{1,3}})\b{_NOT_COUNTED}"
)
_IN_BRACKETS = re.compile(r"\((?P<n>\d{1,3})\)")


def _age(said: str) -> int | None:
    """The age as people tell it, or as it is noted: "80 aa", "anni 86", "F 34", "ragazzo (19)"."""
    text = re.sub(r"[a-z]+", lambda word: _in_digits(word[0]), said)
    text = re.sub(r"\b(\d{1,3}) ?(?:aa|a|yo)\b(?! \d)", r"\1 anni", text)
    text = re.sub(r"\b(?:anni|aa|eta'?) (\d{1,3})\b(?! (?:anni|aa))", r"\1 anni", text)
    text = re.sub(r"\b(\d{1,3}) ?enne\b", r"\1 anni", text)
    told = " ".join(words(text))
    if (age := age_of(told, None)) is not None or " anni " in f" {told} ":
        return age
    noted = {int(found["n"]) for pattern in (_BARE_AGE, _IN_BRACKETS) for found in pattern.finditer(text)}
    return noted.pop() if len(noted) == 1 and max(noted) <= _OLDEST else None


_OLDEST: Final = 110  # years


def _in_digits(word: str) -> str:
    number = number_word(word)
    return word if number is None or word == "sei" else str(number)


_CALM = re.compile(
    r"\b(?:(?:senza|niente) (?:fretta|urgenza)|non (?:e )?(?:e' )?urgente|nessuna (?:urgenza|fretta)"
    r"|non (?:c'?e'? )?(?:urgenza|fretta)"
    r"|no urgen\w+|con calma|quando (?:possibile|si puo|potete|c'e posto)|bassa priorita|priorita bassa|urgenza bassa"
    r"|bassa urgenza|poco urgente)\b"
)
_SOON = re.compile(
    r"\b(?:urgent\w*|urgenza|urg|subito|immediat\w+|oggi|stanotte|stasera|domani|in giornata|al piu presto|quanto prima"
    r"|appena possibile|asap|emergenza(?! freddo)|priorita alta|alta priorita|prima possibile|entro (?:le )?\w+)\b|!!"
)


def _urgency(said: str) -> Urgency:
    if _CALM.search(said):
        return "bassa"
    return "urgente" if _SOON.search(said) else "normale"


# How often


_UNITS: Final = {"day": r"giorn\w*|gg|g|die|di", "week": r"settiman\w*|sett|sttimana", "month": r"mes[ei]|mensil\w+"}
_UNIT = "|".join(f"(?P<{name}>{pattern})" for name, pattern in _UNITS.items())
_EACH = r" ?(?:a|al|alla|/|per|x|ogni|all[ae]|di)? ?"
_HOURS_EACH = re.compile(rf"\b(?P<n>\d{{1,2}}) ?(?:h|ore|ora)\b(?: \w+)?{_EACH}(?:{_UNIT})\b")
_TIMES_EACH = re.compile(
    rf"\b(?P<n>\d{{1,2}}) ?(?!anni|aa|ore|ora|h\b|mesi|ogni)(?:[a-z]+ ){{0,2}}?(?:[a-z]+)?"
    rf" ?(?:a|al|alla|la|/|per|x|volte|vv?)"
    rf" ?(?:{_UNIT})\b"
)
_EVERY_SO_MANY = re.compile(rf"\bogni (?P<many>\d{{1,2}}) ?(?:{_UNIT})\b")
_EVERY = re.compile(rf"\b(?:ogni|tutt[ie] (?:i|le)|al|alla|a) (?:{_UNIT})\b")
_ADVERB = {
    "day": r"quotidian\w+|giornalier\w+|giornalmente", "week": r"settimanal\w+|sett\.?le", "month": r"mensil\w+|mens",
    "2 days": r"giorni alterni", "2 weeks": r"quindicinal\w+|bisettimanal\w+|settimane alterne",
}  # fmt: skip
_WEEKDAY = re.compile(
    r"\b(?:ogni |tutti i |il |di )(lun|mar|mer|gio|ven|sab|dom)[a-z]*\b"
    r"|(?<= e )(?:il )?(lun|mar|mer|gio|ven|sab)[a-z]*\b"
)
_HOURS = re.compile(r"\b(?P<n>\d{1,2}) ?(?:h|ore|ora)\b")
_ONCE = re.compile(r"\b(?:1 tantum|(?:1|sola) volta sola|1 sola volta|1 volta|occasionale|solo 1 volta)\b")
_HALF_DAYS = re.compile(r"\b(?P<n>\d) (?:pom(?:eriggi[o]?)?|mattin[ea]|giorni|volte|vv?)\b")
_TIMES_SO_MANY = re.compile(rf"\b(?P<n>\d{{1,2}}) ?[a-z]* ?ogni (?P<many>\d{{1,2}}) ?(?:{_UNIT})\b")


def _frequency(said: str) -> Frequency | None:
    text = re.sub(r"[a-z]+", lambda word: _number(word[0]), said)
    if found := _HOURS_EACH.search(text):
        return Frequency(_unit(found), hours=int(found["n"]))
    if found := _TIMES_SO_MANY.search(text) or _EVERY_SO_MANY.search(text):
        return Frequency(_long(int(found["many"]), _unit(found)), n=int(found.groupdict().get("n") or 1))
    if found := _TIMES_EACH.search(text):
        return Frequency(_unit(found), n=int(found["n"]))
    if found := _EVERY.search(text):
        return Frequency(_unit(found), n=1)
    if days := set(_WEEKDAY.findall(text)):
        hours = _HOURS.search(text)
        return Frequency("week", hours=int(hours["n"])) if hours else Frequency("week", n=len(days))
    for per, pattern in _ADVERB.items():
        if re.search(rf"\b(?:{pattern})\b", text):
            return Frequency(per, n=1)
    if _ONCE.search(text):
        return Frequency("once", n=1)
    return Frequency("week", n=int(found["n"])) if (found := _HALF_DAYS.search(text)) else None


def _number(word: str) -> str:
    return "1" if word in ("un", "una", "uno") else _in_digits(word)


def _unit(found: re.Match[str]) -> str:
    return next(name for name in _UNITS if found[name])


def _long(many: int, unit: str) -> str:
    """Such as "ogni 15 gg" is every two weeks."""
    weeks, days = divmod(many, 7)
    if unit == "day" and many > 1 and days <= 1 and weeks:
        many, unit = weeks, "week"
    return unit if many == 1 else f"{many} {unit}s"


# Whom to call


_WHO: Final = {
    "madre": "madre|mamma", "padre": "padre|papa'?|babbo", "figlio": "figlio", "figlia": "figlia", "marito": "marito",
    "moglie": "moglie", "fratello": "fratello", "sorella": "sorella", "nipote": "nipote", "nonna": "nonna",
    "nonno": "nonno", "zia": "zia", "zio": "zio", "nuora": "nuora", "genero": "genero", "suocera": "suocera",
    "suocero": "suocero", "cognata": "cognata", "cognato": "cognato", "cugina": "cugina", "cugino": "cugino",
    "compagna": "compagna", "compagno": "compagno", "convivente": "convivente", "vicina": "vicina", "vicino": "vicino",
    "amica": "amica", "amico": "amico", "badante": "badante", "tutore": "tutore", "tutrice": "tutrice",
    "amministratore di sostegno": "amministratore(?: di sostegno)?|ads", "assistente sociale": "assistente sociale",
    "educatore": "educatore", "educatrice": "educatrice", "operatore": "operatore", "operatrice": "operatrice",
    "medico": "medico(?: di base)?|dottore|dottoressa|mmg", "infermiera": "infermiera", "infermiere": "infermiere",
    "insegnante": "insegnante|maestr[ao]|prof", "parroco": "parroco|don", "avvocato": "avvocat[oa]",
    "volontaria": "volontaria", "volontario": "volontario", "genitori": "genitori", PERSON: "interessat[oa]",
}  # fmt: skip
_RELATION = re.compile("|".join(f"(?P<w{n}>\\b(?:{names})\\b)" for n, names in enumerate(_WHO.values())))
_PARENT = re.compile(
    r"\b(?:madre|mamma|padre)\b[^,;.]* (?:con|e) [^,;.]*\b(?:figli\w*|bimb\w+|bambin\w+|minor\w+|neonat\w+)\b"
)


def _contact(said: str) -> Contact:
    """Who is named beside the telephone; otherwise the mother or father that the message is about, or the person."""
    phones = list(_PHONE.finditer(said))
    if not phones:
        return Contact(PERSON, None)
    phone = phones[-1]
    digits = re.sub(r"\D", "", phone[0].removeprefix("+39"))
    before = _LIST.split(said[: phone.start()])[-1]
    after = _LIST.split(said[phone.end() :].lstrip(" ("))[0]
    for beside in (before, after):
        if named := list(_RELATION.finditer(beside)):
            return Contact(_who(named[-1]), digits)
    parent = _PARENT.search(said)
    about = _RELATION.search(parent[0]) if parent else None
    return Contact(_who(about) if about else PERSON, digits)


def _who(found: re.Match[str]) -> str:
    return next(who for n, who in enumerate(_WHO) if found[f"w{n}"])
