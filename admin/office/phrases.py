"""*Prova una frase*: what the assistant would understand of a message, what it would propose, and why; and teach it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, Response

from admin.office import pages
from admin.office.access import Missing
from admin.office.kinds import DANGERS, LEVELS, need_called
from admin.office.office import Here, Office, Who
from catalog_store import audit, examples, matching, offers, staff
from catalog_store.connect import Transaction
from catalog_store.examples import Example
from catalog_store.sessions import Visitor
from catalog_store.taxonomy import GROUPS, NEEDS, needs_of
from dialogs import need as need_dialogue
from dialogs import safety
from dialogs.locale import ITALIAN, LANGUAGES, spoken
from dialogs.need import Understood
from dialogs.proposals import named
from dialogs.proposals import of as proposal_of
from dialogs.taught import catch_up
from dialogs.understand import needs
from dialogs.understand.clauses import clauses
from dialogs.understand.explained import Explained, explained
from dialogs.understand.language import written_in

router = APIRouter(default_response_class=HTMLResponse)
LONGEST = 1000  # characters of a message that is tried
OFFERS = 3
OUTSIDE = "outside"
Text = Annotated[str, Form(max_length=4 * LONGEST)]
DECISIONS = {
    "sure": "Ne è sicuro: propone subito.",
    "unsure": "Non ne è sicuro: chiede quale di queste.",
    "outside": "Pensa che il catalogo non c’entri: dice a chi chiedere.",
    "whom": "Capisce soltanto per chi è: chiede che cosa serve.",
}


@dataclass(frozen=True)
class Tried:
    """What a message was taken for."""

    text: str
    language: str
    danger: str
    likely: Sequence[tuple[str, float]]  # needs by name, with their probability
    why: Sequence[tuple[str, float]]  # words, and how much each counts
    outside: float
    decision: str
    told: Sequence[str]
    offers: Sequence[str]


@router.get("/frasi")
async def phrases(request: Request, office: Here, who: Who) -> Response:  # noqa: ARG001
    """The form, and what was taught."""
    return await _page(request, office)


@router.post("/frasi")
async def try_phrase(request: Request, office: Here, who: Who, text: Text = "") -> Response:  # noqa: ARG001
    """Understand a message as the chat would; nothing is kept."""
    said = text.strip()[:LONGEST]
    if not any(map(str.isalpha, said)):
        return await _page(request, office, wrong="Scriva una frase, come la direbbe una persona.")
    return await _page(request, office, tried=await _tried(office, said))


@router.post("/frasi/esempi")
async def teach(request: Request, office: Here, who: Who, text: Text, need: Text) -> Response:
    """Add a message as an example of a need: it acts at the next message, everywhere."""
    said = text.strip()[:LONGEST]
    if not any(map(str.isalpha, said)):
        return await _page(request, office, wrong="Scriva una frase, come la direbbe una persona.")
    if need != OUTSIDE and need not in NEEDS:
        return await _page(request, office, wrong="Scelga che cosa serviva.", tried=await _tried(office, said))
    await office.write(_teach, who, said, None if need == OUTSIDE else need)
    return await _page(request, office, tried=await _tried(office, said), taught=True)


@router.post("/frasi/esempi/{uid}/togli")
async def unteach(request: Request, office: Here, who: Who, uid: str) -> Response:
    """Take an example back."""
    await office.write(_unteach, who, uid)
    return pages.back(request, "/frasi", "fatto")


async def _tried(office: Office, text: str) -> Tried:
    why = await run_in_threadpool(_explained, office, text)
    return await office.read(_understood, text, why)


def _explained(office: Office, text: str) -> Explained:
    """All that needs sentence vectors, as before a turn."""
    catch_up(office.store)
    safety.weigh([text])
    for part in (text, *clauses(text)):
        needs.prepare(part)
    return explained(text)


def _understood(tx: Transaction, text: str, why: Explained) -> Tried:
    heard, language = need_dialogue.understood(tx, text), written_in(text)
    likely = [(need_called(code), share * (1 - why.ranked.outside)) for code, share in why.ranked.ranking[:OFFERS]]
    answered = heard.decision in {"sure", "unsure"}
    return Tried(
        text, LANGUAGES.get(language, language), _danger(text), likely, why.why, why.ranked.outside,
        DECISIONS[heard.decision], _told(tx, heard), _offers(tx, heard) if answered else (),
    )  # fmt: skip


def _danger(text: str) -> str:
    danger = safety.check(text)
    if danger is None:
        return ""
    kind = DANGERS.get(danger.kind or "", "bisogno per stanotte")
    return f"{kind}: {LEVELS[danger.level if danger.sure else 'asked']}" + (", forse un minore" if danger.child else "")


def _told(tx: Transaction, heard: Understood) -> list[str]:
    """The facts that will not be asked again."""
    wish = heard.wishes[0] if heard.wishes else None
    if wish is None:
        return []
    place = tx.store.territory.localities.get(wish.who.area or "")
    group = GROUPS.get(wish.who.group or "")
    facts = (
        place and f"zona: {place.name}", wish.who.age is not None and f"età: {wish.who.age}",
        group and f"persone: {group.words[ITALIAN].label}", wish.who.home and "non può uscire",
        wish.whom and ("per sé" if wish.whom == "me" else "per un’altra persona"),
    )  # fmt: skip
    return [fact for fact in facts if fact]


def _offers(tx: Transaction, heard: Understood) -> list[str]:
    """The best offers for its first need, as a person reads them."""
    wish = heard.wishes[0]
    catalogue = tx.store.catalogue.current(tx)
    matches = matching.find(catalogue, [(wish.need, 1.0)], wish.who, tx.now, taken=offers.taken(tx))
    return [spoken(named(proposal_of(tx, catalogue, match, wish.who)), ITALIAN) for match in matches[:OFFERS]]


async def _page(
    request: Request, office: Office, *, tried: Tried | None = None, wrong: str = "", taught: bool = False
) -> Response:
    known, names = await office.read(_known)
    groups = [(group.words[ITALIAN].label, needs_of(code)) for code, group in GROUPS.items()]
    return pages.page(
        request, "phrases.html", 400 if wrong else 200, tried=tried, wrong=wrong, taught=taught, groups=groups,
        known=known, names=names, called=need_called, outside=OUTSIDE, longest=LONGEST,
    )  # fmt: skip


def _known(tx: Transaction) -> tuple[list[Example], dict[int, str]]:
    return examples.listed(tx), staff.names(tx)


def _teach(tx: Transaction, who: Visitor, text: str, need: str | None) -> None:
    examples.add(tx, text, need, who.id)
    audit.note(tx, who.id, "taught", "example", why=need or OUTSIDE)


def _unteach(tx: Transaction, who: Visitor, uid: str) -> None:
    if not examples.remove(tx, uid):
        raise Missing
    audit.note(tx, who.id, "untaught", "example", uid=uid, why="wrong")
