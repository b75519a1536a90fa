"""A social worker's referral in one telegraphic message: need, person, place, urgency, frequency, contact.

Italian. What is not said is None; an urgency that is not said is normal, a contact that is not said is the person.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from dialogs.understand.ages import age_of
from dialogs.understand.frequency import MONTHS, Frequency, frequency_of, in_digits
from dialogs.understand.needs import Ranked
from dialogs.understand.places import area_of
from dialogs.understand.plain import fold, words

Urgency = Literal["urgente", "normale", "bassa"]
PERSON: Final = "interessato"  # the person concerned answers the telephone


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
    bare = _told(_PHONE.sub(" ", text))
    parts = [half for part in _LIST.split(bare) for half in _halves(part.strip())]
    asked = [part for part in parts if not _PERSON_FIRST.match(fold(part))]
    return [bare, *asked[:_MOST]] if len(parts) > 1 else [bare]


def read(
    text: str, localities: Mapping[str, Sequence[str]], ranked: Sequence[Ranked], today: date | None = None
) -> Referral:
    """A referral from its message; `ranked` are the rankings of `pieces(text)`, in order.

    Without `today` a year of birth tells no age.
    """
    said = _opened(fold(text[:LONGEST]))
    needs = tuple(_needs(ranked))
    bare = _PHONE.sub(" ", said)
    return Referral(
        needs=needs,
        group=needs[0].partition(".")[0] if needs else None,
        area=_area(bare, localities),
        age=_age(bare, today),
        urgency=_urgency(bare),
        frequency=frequency_of(bare),
        contact=_contact(said),
    )


LONGEST: Final = 2_000  # characters read of one message
_LEAST_WORDS, _MOST = 2, 7  # of a part of a list that may be a need; parts
_LETTERS = re.compile(r"[^\W\d_]{3,}")
_AND = re.compile(r" (?:e|ed) (?=[^\W\d_]{4})")
_PHONE = re.compile(r"(?:\+39 ?)?\b(?:3\d{2}|0\d{1,3})[ ./-]*\d(?:[ ./-]?\d){4,8}\b")
_LIST = re.compile(r"[,;:.()\n!]+|\s\+\s|\s[-–]\s")
_LONG: Final = {
    r"a\.? ?s": "assistente sociale", r"sig\.? ?ra|sigra": "signora", r"sig(?:\.r|r)?": "signor",
    r"aa": "anni", r"a": "anni",
    r"tel|cell|cel|rif|loc|prot": "",
    r"v": "v", r"vv": "vv", r"pom": "pom",
    r"dr|dott|dott\.?ssa": "medico", r"min": "minore", r"sett": "settimana",
    r"ass\.? ?soc": "assistente sociale", r"ads|amm\.? ?sost": "amministratore di sostegno", r"anz": "anziano",
    r"n\.? ?f": "nucleo", r"pers": "persone", r"res": "residente", r"sett\.?le": "settimanale", r"quotid": "quotidiano",
    r"mens": "mensile", r"alim": "alimentare", r"accomp": "accompagnamento", r"farm": "farmaci", r"domic": "domicilio",
    r"inv": "invalido", r"civ": "civile", r"dis": "disabile", r"fam": "famiglia", r"urg": "urgente",
    "lun": "lun", "mart?": "mar", "merc?": "mer", "giov?": "gio", "ven": "ven", "sab": "sab",
}  # fmt: skip
_KNOWN_AS: Final = {
    "cav": "centro antiviolenza", "csm": "centro di salute mentale", "dsm": "salute mentale",
    "serd": "dipendenze", "sert": "dipendenze", "pz": "paziente", "ut": "utente", "sad": "assistenza domiciliare",
    "puc": "PUC progetti utili alla collettività", "lis": "LIS lingua dei segni", "l2": "lingua italiana",
    "ads": "amministratore di sostegno", "dsa": "DSA difficoltà a scuola",
}  # fmt: skip
_ACRONYM = re.compile(rf"\b(?:{'|'.join(_KNOWN_AS)})\b", re.IGNORECASE)
_SHORT = [(re.compile(rf"(?<![\w.])(?:{short})\.(?!\d)", re.IGNORECASE), f"{whole} ") for short, whole in _LONG.items()]


_LADY = re.compile(r"\bsig\.? ?ra\b\.?", re.IGNORECASE)


def _told(text: str) -> str:
    """In words that others than social workers use."""
    return _ACRONYM.sub(lambda found: _KNOWN_AS[found[0].lower()], _opened(text))


def _halves(part: str) -> list[str]:
    """A thing of a list, and two where it names two: "doccia e posto letto"."""
    two = _AND.split(part)
    if len(two) == 2 and len(_LETTERS.findall(part)) <= _SHORT_PART:  # noqa: PLR2004  one "e"
        return two
    return [part] if len(_LETTERS.findall(part)) >= _LEAST_WORDS else []


def _opened(text: str) -> str:
    """Without the points of what is abbreviated: a point is then the end of something."""
    text = _LADY.sub("signora ", text)
    for short, whole in _SHORT:
        text = short.sub(whole, text)
    return text


# Needs


_SOMEBODY = (
    r"uomo|donna|signor[ae]?|sig|sigra|anzian[oa]|anz|ragazz[oa]|min(?:ore)?|bimb[oa]|bambin[oa]|utente|ut|paziente|pz|f|m"
    r"|giovane|vedov[oa]|nonn[oa]|disabile|invalid[oa]|pensionat[oa]|adult[oa]|figli[oa]|madre|mamma|padre|coniuge"
    r"|student\w+|stranier[oa]|cittadin[oa]|neomamma|adolescente|badante|assistit[oa]|benef(?:iciari[oa])?"
    r"|caregiver|alcolista|tossicodipendente|sord[oa]|cieco|cieca|ipovedente|non vedente|psichiatric[oa]"
    r"|schizofrenic[oa]|neonat[oa]|marito|moglie|nipote|sorella|fratello|zi[oa]|persona|beneficiari[oa]|sfd|dis"
    r"|[a-z]\.[a-z]\.|[a-z] [a-z]\."
)
_SURE: Final = 0.6  # least probability of a thing of a list that is a second need
_SHORT_PART: Final = 6  # words of a part that may name two things
_HALF: Final = 0.4  # probability of a whole that does not give way, though it is not sure
_LIKELY: Final = 2  # a need of a part is among so many likeliest of the whole: else "vive sola" would be one
_PERSON_FIRST = re.compile(rf"(?:{_SOMEBODY})(?![a-z])|(?:famiglia|coppia|nucleo|coniugi)\b")


def _needs(ranked: Sequence[Ranked]) -> Iterator[str]:
    """The need of the whole, and those of its parts that are sure, likely of the whole too, and not said already.

    A whole that is not sure gives way to parts that are.
    """
    if not ranked:
        return
    whole = ranked[0]
    likely = [code for code, _ in whole.ranking[:_LIKELY]]
    tops = [(one.decision, *one.ranking[0]) for one in ranked[1:]]
    sure = [code for decision, code, chance in tops if decision == "sure" and chance >= _SURE and code in likely]
    first, chance = whole.ranking[0]
    if whole.decision == "sure" or chance >= _HALF or not sure or any(code == first for _, code, _ in tops):
        sure = [first, *sure]
    yield from dict.fromkeys(sure)


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


_BORN = re.compile(
    r"\b(?:(?:nat[oa]|n\.)(?: nel| il| in data)?(?: \d{1,2}[/. -]\d{1,2}[/. -])? ?|classe |anno )"
    r"'?(?P<year>(?:19|20)\d\d|\d\d)\b(?! ?(?:mes|ann|aa))"
)
_MONTHS_OLD = re.compile(
    r"(?<!con )(?<!con un )(?<!con una )\b(?:neonat[oa]|bimb[oa]|bambin[oa]|figli[oa]|lattante)(?: di)? "
    r"(?P<n>\d{1,2}) mesi\b"
)


def _age(said: str, today: date | None) -> int | None:
    """The age as people tell it, or as it is noted: "80 aa", "anni 86", "F 34", "ragazzo (19)", "classe 1938"."""
    if (born := _BORN.search(said)) and today:
        year = int(born["year"])
        century = 1900 if year > today.year % 100 else 2000
        return today.year - (year if year > 99 else century + year)  # noqa: PLR2004  a year of two digits
    if months := _MONTHS_OLD.search(said):
        return int(months["n"]) // 12
    text = re.sub(r"[a-z]+", lambda word: in_digits(word[0]), said)
    text = re.sub(r"\b(\d{1,3}) ?(?:aa|a|yo)\b(?! \d)", r"\1 anni", text)
    text = re.sub(r"\b(?:anni|aa|eta'?:?|di anni) *(\d{1,3})\b(?! (?:anni|aa))", r"\1 anni", text)
    text = re.sub(r"\b(\d{1,3}) ?enne\b", r"\1 anni", text)
    told = " ".join(words(text))
    if (age := age_of(told, None)) is not None or " anni " in f" {told} ":
        return age
    noted = {int(found["n"]) for pattern in (_BARE_AGE, _IN_BRACKETS) for found in pattern.finditer(text)}
    return noted.pop() if len(noted) == 1 and max(noted) <= _OLDEST else None


_OLDEST: Final = 110  # years


_CALM_WORDS: Final = (
    r"(?:senza|niente|nessuna|no|zero) (?:fretta|(?:particolare )?urgenza)", r"non (?:e'? )?urgente", r"poco urgente",
    r"non (?:c'?e'? )?(?:urgenza|fretta)", r"no urgen\w+", r"con calma", r"(?<!non )puo (?:aspettare|attendere)",
    r"quando (?:possibile|si puo|potete|riuscite)", r"(?:quando|appena) c'e'? (?:posto|disponibilita)",
    r"bassa (?:priorita|urgenza)", r"(?:priorita|urgenza) bassa",
)  # fmt: skip
_SOON_WORDS: Final = (
    r"urgent\w*", "urgenza", "urg", "subito", r"immediat\w+", "oggi", "stanotte", "stasera", "domani", "in giornata",
    "al piu presto", "quanto prima", "(?:appena|prima) possibile", "asap", "emergenza(?! freddo)", "priorita alta",
    "alta priorita", "non (?:puo|possono|si puo) (?:aspettare|attendere)", "indifferibile", r"tempestiv\w+",
    rf"entro (?:le |la |il )?(?!fine|mese|anno|estate|natale|pasqua|(?:l'|{'|'.join(MONTHS)})\w*)\w+",
)  # fmt: skip
_CALM = re.compile(rf"\b(?:{'|'.join(_CALM_WORDS)})\b")
_SOON = re.compile(rf"\b(?:{'|'.join(_SOON_WORDS)})\b|!!")


def _urgency(said: str) -> Urgency:
    if _CALM.search(said):
        return "bassa"
    return "urgente" if _SOON.search(said) else "normale"


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

_WRITES = re.compile(r"(?:la |il )?(?P<who>\w+) (?:di|che) ")  # "figlia di anziana 89 aa chiede …"


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
    parent = parent or _WRITES.match(said)
    about = _RELATION.search(parent[0]) if parent else None
    return Contact(_who(about) if about else PERSON, digits)


def _who(found: re.Match[str]) -> str:
    return next(who for n, who in enumerate(_WHO) if found[f"w{n}"])
