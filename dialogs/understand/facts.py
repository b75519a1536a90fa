"""What a message tells beside its need, so that it is not asked again: age, place, for whom, staying at home.

Italian thoroughly, English reasonably. What is not evident is None: one question more is better than a wrong answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from dialogs.understand.ages import age_of
from dialogs.understand.places import area_of
from dialogs.understand.plain import words

Whom = Literal["me", "other"]
Relation = Literal[
    "mother", "father", "grandparent", "child", "grandchild", "partner", "sibling", "in_law", "aunt_uncle", "relative",
    "neighbour", "friend",
]  # fmt: skip


@dataclass(frozen=True)
class Facts:
    """What was told; None where it was not."""

    age: int | None = None  # years, of the person who needs
    area: str | None = None  # a locality's id
    whom: Whom | None = None  # for the person who writes, or for somebody else
    relation: Relation | None = None  # who that is to the writer: mother, father, child, partner, neighbour, …
    group: str | None = None  # a beneficiary group's id, only when evident
    home: bool = False  # the person cannot go out


def facts(text: str, localities: Mapping[str, Sequence[str]]) -> Facts:
    """The facts told in a message; `localities` maps each locality's id to its names, the official one first."""
    said = " ".join(words(text))
    relation = _relation(said)
    whom = _whom(said, relation)
    age = age_of(said, relation if whom == "other" else None)
    return Facts(
        age=age,
        area=area_of(said.split(), localities),
        whom=whom,
        relation=relation if whom == "other" else None,
        group=_group(said, age, relation if whom == "other" else None),
        home=_HOME.search(said) is not None,
    )


# For whom: the relation is read with its possessive ("mia mamma", "my mother"), or as "una vicina".

RELATIONS: Final[Mapping[Relation, str]] = {
    "mother": "mamma|madre|mami|mother|mum|mom",
    "father": "papa|padre|babbo|father|dad",
    "grandparent": "nonna|nonno|nonni|grandmother|grandfather|grandma|grandpa",
    "child": "figlio|figlia|figli|figliolo|figliola|figlioli|bambino|bambina|bambini|bambine|bimbo|bimba|bimbi"
    "|bimbe|neonato|neonata"
    "|ragazzo|ragazza|son|daughter|child|children|kid|kids|baby",
    "grandchild": "nipotino|nipotina|nipotini|grandson|granddaughter|grandchild",
    "partner": "marito|moglie|compagno|compagna|fidanzato|fidanzata|husband|wife|partner",
    "sibling": "fratello|sorella|fratellino|sorellina|brother|sister",
    "in_law": "suocera|suocero|cognata|cognato|nuora|genero",
    "aunt_uncle": "zio|zia|zii|uncle|aunt",
    "relative": "nipote|cugino|cugina|parente|niece|nephew|cousin|relative",
    "neighbour": "vicino|vicina|vicini|inquilina|inquilino|condomina|neighbour|neighbor",
    "friend": "amico|amica|amici|collega|friend|colleague",
}
_OF = {name: relation for relation, names in RELATIONS.items() for name in names.split("|")}
_NAMES = "|".join(sorted(_OF, key=len, reverse=True))
_MINE = r"(?:mia|mio|mi|miei|mie|nostra|nostro|nostri|nostre|my|our)"
_DESCRIBED = (
    r"(?:(?:la|il|i|le|l|povera|povero|anziana|anziano|vecchia|vecchio|cara|piccola|piccolo|prima|secondo"
    r"|elderly|old|little) )*"
)
_KIN = re.compile(rf"\b(?P<before>\w+ )?(?P<mine>{_MINE}) {_DESCRIBED}(?P<name>{_NAMES})\b(?P<after>(?: \S+){{0,4}})")
_SOMEBODY = re.compile(
    r"\b(?:per|serve a|servirebbe a|aiuto a|for|conosco|ho|c e|i have|i know) "
    rf"(?:un|una|l|la|il|i|le|lo|a|an|an elderly|a little|un anziana|un anziano)? ?{_DESCRIBED}(?P<name>{_NAMES})\b"
)
_BARE = re.compile(r"(?:^|\. )(?:la |il |l )?(?P<name>mamma|babbo|papa|nonna|nonno)\b(?P<after>(?: \S+){0,4})")
_BESIDE = frozenset(("con", "dalla", "dal", "da", "with", "e", "tra"))  # "vivo con mia mamma" is about the writer
_DEAD = re.compile(
    r" (?:e |is )?(?:\w+ )?(?:mort[oa]|mancat[oa]|decedut[oa]|defunt[oa]|scompars[oa]|died|dead|passed"
    r"|mi ha lasciat[oa]|non c e piu)\b"
)
_TO_ME = re.compile(r" (?:\S+ ){0,2}(?:mi|me)\b")  # "mio marito mi controlla": it is not for him
_ABOUT_THEM = re.compile(
    rf"\b(?:per|for) {_MINE}\b|\b{_MINE} {_DESCRIBED}(?:{_NAMES}) (?:ha|di|is) \d"
    rf"|\b{_MINE} {_DESCRIBED}(?:{_NAMES}) (?:ha|di) \w+ anni\b"
)
_ME = re.compile(
    r"\b(?:per me|ho \d{1,3} anni|io ho|io sono|mi chiamo|sono (?:un|una|sol[oa]|disoccupat[oa]|anzian[oa]"
    r"|pensionat[oa]|disabile"
    r"|invalid[oa]|vedov[oa]|separat[oa]|incinta|stranier[oa]|student\w+|senza)|for me|for myself|i am|i m|i live)\b"
)


def _relation(said: str) -> Relation | None:
    """Who is spoken of as the one who needs; None when nobody, or several."""
    found = [
        _OF[match["name"]]
        for match in _KIN.finditer(said)
        if (match["before"] or "").strip() not in _BESIDE
        and not _DEAD.search(match["after"])
        and not _TO_ME.match(match["after"])
    ]
    found = found or [_OF[m["name"]] for m in _BARE.finditer(said) if not _DEAD.search(m["after"])]
    found = found or [_OF[m["name"]] for m in _SOMEBODY.finditer(said)]
    return found[0] if len(set(found)) == 1 else None


def _whom(said: str, relation: Relation | None) -> Whom | None:
    me = _ME.search(said) is not None
    if relation:
        return None if me and not _ABOUT_THEM.search(said) else "other"
    return "me" if me else None


# Group: only what is evident.

_DISABLED = re.compile(
    r"\b(?:disabil\w*|invalid[oaie]|invalidita|carrozzin[ae]|sedia a rotelle|autis\w+|sord[oaie]|ciec[oa]|ciech[ie]"
    r"|non vedent\w+|ipovedent\w+"
    r"|sindrome di down|down syndrome|(?:figlio|figlia|ragazz[oa]) down|tetraplegic\w+|paraplegic\w+|legge 104"
    r"|la 104|disabled|wheelchair|deaf|blind|autistic)\b"
)
_OLD = re.compile(
    r"\b(?:anzian[oaie]|non autosufficient[ei]|alzheimer|demenza|badante|pensionat[oaie]|elderly|dementia"
    r"|ultraottantenn\w+)\b"
)
_YOUNG = re.compile(
    r"\b(?:neonat[oa]|asilo|scuola materna|elementar[ei]|alle medie|doposcuola|pediatra|pannolini|minorenn[ei]"
    r"|newborn|toddler|kindergarten)\b"
)
_PENSION: Final = 65
_ADULT: Final = 18


def _group(said: str, age: int | None, relation: Relation | None) -> str | None:
    if _DISABLED.search(said):
        return "disabilita"
    if age is not None and age >= _PENSION:
        return "anziani"
    if age is not None and age < _ADULT:
        return "infanzia_famiglia"
    if age is None and (relation == "grandparent" or _OLD.search(said)):
        return "anziani"
    young = relation in ("child", "grandchild", None) and _YOUNG.search(said)
    return "infanzia_famiglia" if young and age is None else None


# At home: the person cannot come, somebody must go there.

_CANNOT = r"(?:non|nn|un|mai)(?: \w+){0,2}"
_HOME = re.compile(
    rf"\b(?:{_CANNOT} (?:uscire|esce|esco|escono)(?: mai| piu)?(?: (?:di|da) casa| da sol[oa]| piu)?"
    rf"|{_CANNOT} (?:muove|move|muovo|muoversi|muovermi|alzarsi|alzarmi) (?:di|da|dal) (?:casa|letto)"
    rf"|{_CANNOT} (?:fare|scendere|fa|scende|scendo|faccio) (?:piu )?(?:le )?scale"
    r"|allettat[oaie]|costrett[oa] (?:a|in) (?:letto|casa)|bloccat[oa] (?:a|in) (?:letto|casa)|ferm[oa] a letto"
    r"|inchiodat[oa] (?:a|al) letto|a domicilio|immobilizzat[oa]"
    r"|(?:can ?not|can t|cant|unable to|doesn t|never|not able to) (?:go|goes|get|leave|leaves|come)(?: out"
    r"| the house| home| outside)"
    r"|housebound|bedridden|stuck at home)\b"
)
