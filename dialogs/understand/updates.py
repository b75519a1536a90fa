"""What an association writes in one line when something changes: "posti 3", "chiuso fino al 7", "abbiamo ricominciato".

Italian, and the plainest English. Days are read as volunteers' absences are: without a year, the next such days. What
is only about somebody's own need is no update.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from dialogs.understand import availability, times
from dialogs.understand.plain import fold

Kind = Literal["places", "close", "reopen", "pause", "end", "hours", "list", "new", "true"]
MOST: Final = 9999  # places
_LONGEST: Final = 24  # words: what is longer tells a story
_BEFORE: Final = 3  # words before the one that counts: "il doposcuola è chiuso"


@dataclass(frozen=True)
class Update:
    """What changes. `n`: places that are free now, None without limit; `first` to `last`: closed, both included.

    `last` None: nobody knows until when. `rest`: what follows, for new hours; `text`: all of it.
    """

    kind: Kind
    text: str = ""
    n: int | None = None
    first: date | None = None
    last: date | None = None
    rest: str = ""


@dataclass(frozen=True)
class Unclear:
    """It is an update of this kind, and what it says cannot be told: how many, or when."""

    kind: Kind


_CITIZEN = re.compile(
    r"\b(?:cerco|cerchiamo|cercasi|serv(?:e|ono|irebbe)|vorrei|vorremmo|bisogno|aiut\w*|mi[aoei]|chied\w+|quant[ie]|come"
    r"|perche|chi|dove|posso|puo|potete|looking|need|help|my|where|how|can)\b|\?"
)
_LIST = re.compile(
    r"(?:(?:vedi|mostra|vedere|elenco|lista|show) )?(?:tutte )?(?:del)?(?:le )?(?:mie|nostre|my|our) (?:offerte|offers)"
    r"|(?:elenco|lista)(?: delle)? offerte"
)
_NEW = re.compile(
    r"(?:vogliamo |vorremmo |voglio )?(?:fare |aggiungere |aggiungi |pubblicare |inserire |inserisci )?"
    r"(?:una )?(?:nuova offerta|altra offerta|offerta nuova|new offer)"
    r"|(?:aggiungi|pubblica|inserisci|add)(?: un'| una | an | )(?:offerta|offer)"
)
_TRUE = re.compile(
    r"(?:si )?(?:e )?(?:ancora )?tutto (?:ancora )?(?:vero|giusto|valido|confermato|come prima)"
    r"|(?:confermo|confermiamo)(?: tutto| le offerte| tutte le offerte)?|offerte confermate|all still true"
)
_UNLIMITED = re.compile(r"\bposti (?:illimitati|senza limiti?)|senza limit[ei] di posti|no limit\b")
_FULL = re.compile(
    r"\bposti? (?:sono |tutti )*(?:finit|esaurit|terminat|occupat|pien|complet)[oi]\b|\b(?:al|tutto) completo\b"
    r"|\b(?:finit|esaurit|terminat)[oi] i posti\b|\b(?:siamo|tutto|tutti) (?:tutti )?pien[oi]\b|^pien[oi]$"
    r"|\b(?:non (?:abbiamo|ho|ci sono|c'e|ne abbiamo)|niente|nessun|zero|stop)(?: piu)?(?: nessun)? post[oi]\b"
    r"|\b(?:fully booked|no (?:more )?places|we(?:'re| are) full)\b|^full$|^completo$"
)
_PLACES = re.compile(
    r"(?:^|(?<=[ :,.]))(?:post[oi]|places?)(?: liber[oi]| disponibil[ei]| left)?(?: (?:ora|sono|restano))*[ :=]+\d+\b"
    r"|\b\d+ (?:nuov[oi] |altr[oi] )?(?:post[oi]|places?)\b"
)
_PLACES_OF = re.compile(r"^(?:post[oi]|places?) (?:\w[\w']* ){1,6}\d+$")  # "posti per il doposcuola 3"
_ANY_PLACES = re.compile(r"\b(?:posti|places)\b")
_CLOSED = re.compile(
    r"\b(?:chius[oaie]|chiudiamo|chiudo|chiudera|chiusura|ferie|vacanz[ae]|assent[ei]|non ci siamo|non siamo aperti"
    r"|closed|closing|on holiday)\b"
)
_OPEN_AGAIN = re.compile(
    r"\b(?:riapert[oaie]|riapr\w+|ricominci\w+|riprendiamo|riprende|ripres[oi]|ripart\w+|di nuovo apert[oaie]"
    r"|tornat[oi] (?:apert[oi]|attiv[oi])|siamo apert[oi]|apert[oi] di nuovo|reopen\w*|open again"
    r"|we(?:'re| are) back)\b"
)
_AGAIN = re.compile(r"^(?:riattiv\w+|riprendi|riapri|togli la pausa) (?:\w)")
_PAUSE = re.compile(
    r"^(?:sospend\w+|sospes[oaie]|(?:metti|mettere|mettiamo) in pausa|pausa|ferma|fermare|fermiamo|pause)\b"
)
_END = re.compile(
    r"^(?:elimina\w*|togli|togliere|togliete|cancella)\b(?! tutto)(?= \w)|\b(?:per sempre|definitivamente|for good)\b"
    r"|^non (?:facciamo|offriamo|c'e|diamo) piu\b"
)
_HOURS = re.compile(
    r"\b(?:(?:cambi\w*|modific\w*|change) (?:l'|gli |i |il |the |d'|di )?)?(?:nuov[oi] |new )?(?:orario?|hours)\b"
    r"(?: (?:e|sono|diventa|is|are)\b)?[ :]*"
)
_DAY = re.compile(r"\b(?:da |dal )?(?:oggi|domani|lunedi|martedi|mercoledi|giovedi|venerdi|sabato|domenica)\b")
_UNSAID = re.compile(r"(?:$| (?:per|causa|a causa|fino a nuovo|temporaneamente|estiv\w|for)\b)")  # closed, without days


def read(text: str, today: date) -> Update | Unclear | None:
    """What a message changes; None when it is no update.

    >>> read("ferie dal 5 al 20 agosto", date(2026, 3, 10)).last
    datetime.date(2026, 8, 20)
    """
    said = " ".join(fold(text).split()).rstrip(".! ")
    for pattern, kind in ((_LIST, "list"), (_NEW, "new"), (_TRUE, "true")):
        if pattern.fullmatch(said):
            return Update(kind, text)  # type: ignore[arg-type]  # three of Kind
    if not said or len(said.split()) > _LONGEST or _CITIZEN.search(said):
        return None
    if (hours := _HOURS.search(said)) and _leads(said, hours):
        return Update("hours", text, rest=said[hours.end() :])
    return _again(said, text, today) or _ended(said, text) or _closed(said, text, today) or _places(said, text)


def _again(said: str, text: str, today: date) -> Update | Unclear | None:
    found = _OPEN_AGAIN.search(said)
    if _AGAIN.match(said):
        return Update("reopen", text)
    if found is None or not _leads(said, found):
        return None
    if re.match(r"(?:riapriamo|riapre|ricominciamo|riprendiamo|riprende|riparte|reopening)", found[0]):
        day = times.day_in(said[found.end() :], today)
        if day is not None and day > today:  # until then it is closed
            return Update("close", text, first=today, last=day - timedelta(days=1))
    return Update("reopen", text)


def _ended(said: str, text: str) -> Update | None:
    found = _END.search(said)
    return Update("end", text) if found else None


def _closed(said: str, text: str, today: date) -> Update | Unclear | None:
    pause, shut = _PAUSE.match(said), _CLOSED.search(said)
    found = pause or (shut if shut and _leads(said, shut) else None)
    if found is None:
        return None
    before, after = said[: found.start()], said[found.end() :]
    heard = availability.read(f"non ci sono {_days(before)} {after}", today)
    if not heard.absences and not heard.dates and not re.search(r"\d", after):
        if not pause and not _UNSAID.match(after):
            return None
        return Update("pause" if pause else "close", text, first=None if pause else today)
    if heard.ask or heard.dates or len(heard.absences) != 1:
        return Unclear("close")
    (one,) = heard.absences
    if one.slot.start or one.slot.end or (one.until is not None and one.until < one.since):
        return Unclear("close")
    if pause and one.until is None and one.since == today:
        return Update("pause", text)
    if one.until is None and one.since == today and not pause and not _UNSAID.match(after):
        return None  # no day was said
    return Update("close", text, first=one.since, last=one.until)


def _days(before: str) -> str:
    """What of the words before it says when: "oggi", "da domani"."""
    return " ".join(match[0] for match in _DAY.finditer(before))


def _places(said: str, text: str) -> Update | Unclear | None:
    if (unlimited := _UNLIMITED.search(said)) and _leads(said, unlimited):
        return Update("places", text)
    if (full := _FULL.search(said)) and _leads(said, full):
        return Update("places", text, n=0)
    numbered = _numbers(said)
    found = _PLACES.search(numbered) or _PLACES_OF.match(numbered)
    named = _ANY_PLACES.search(said)
    if named is None and found is None:
        return None
    if found is None:
        return Unclear("places") if named and _leads(said, named) else None
    if not _leads(numbered, found):
        return None
    others = re.findall(r"-?\d+(?:[.,]\d+)?", numbered)
    if len(others) != 1 or not others[0].isdecimal() or int(others[0]) > MOST:
        return Unclear("places")
    return Update("places", text, n=int(others[0]))


def _numbers(said: str) -> str:
    """With the numbers in digits: "tre posti", "un posto"."""
    said = re.sub(r"\bun(?= (?:solo |altro |nuovo )?posto\b)", "1", said)
    said = re.sub(r"\bsol[oi] (?=post)", "", said)
    return re.sub(r"[a-z]+", lambda word: str(n) if (n := times.number_word(word[0])) is not None else word[0], said)


def _leads(said: str, found: re.Match[str]) -> bool:
    """Does the message begin with it, but for the name of an offer and a few words of ours?"""
    before = re.sub(
        r"\b(?:ciao|salve|buongiorno|buonasera|avviso|noi|siamo|saremo|sara|resta|restiamo|rest[ae]no|rimane|rimangono"
        r"|rimast[oi]|abbiamo|ho|ci|sono|c'e|e|ne|adesso|ora|oggi|da|domani|ancora|solo|soltanto|per|di|del|della|dei"
        r"|il|lo|la|i|gli|le|l'|un|una|in|al|tutto|tutti|che|we|are|is|have|the|now|only)\b'?|[^\w ]",
        " ",
        said[: found.start()],
    )
    return len(before.split()) <= _BEFORE
