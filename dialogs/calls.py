"""What an operator says on the telephone when nothing arrives in a chat: two lines, and no more than the call needs."""

from __future__ import annotations

from typing import Any

from catalog_store import people, referrals
from catalog_store.connect import Transaction
from catalog_store.referrals import Referral
from dialogs.appointment import said
from dialogs.following import News, told
from dialogs.locale import ITALIAN, spoken
from dialogs.words import Verbatim, Words, phrase

_DISCREET: tuple[Words, Words] = (
    "C'è una novità su una richiesta riservata. Ne parli solo con chi l'ha fatta.",
    "Se risponde un altro, non dica da dove chiama. Non lasci messaggi.",
)
_OTHERWISE: dict[str, tuple[Words, Words]] = {
    "danger": ("Ha scritto di un pericolo. La risposta non è arrivata.", "Chiami subito; se non risponde, il 112."),
    "human": ("La nostra risposta non le è arrivata.", "La dica a voce."),
}
_UNHEARD: tuple[Words, Words] = ("Ci ha scritto, e la risposta non è arrivata.", "Chieda di che cosa ha bisogno.")


def note(tx: Transaction, person_id: int, purpose: str, referral: Referral | None) -> dict[str, Any]:
    """The entry of the operators' queue: "purpose", "phone" ('' if unknown), "code", and the lines "say" and "then"."""
    known = told(tx, referral) if referral else None
    first, second = _news(known) if known else _OTHERWISE.get(purpose, _UNHEARD)
    lines = {"say": spoken(first, ITALIAN), "then": spoken(second, ITALIAN)}
    number = phone(tx, person_id, referral)
    return {"purpose": purpose, "phone": number, "code": known.code if known else "", **lines}


def phone(tx: Transaction, person_id: int, referral: Referral | None) -> str:
    """The number for this request, or else of this person; '' when none is known."""
    details = referrals.details_for(tx, referral.uid, person_id) if referral else None
    return (details or {}).get("phone") or people.number_of(tx, person_id)


def _news(told: News) -> tuple[Words, Words]:
    if told.discreet:
        return _DISCREET
    code, to = told.code, told.organization
    if told.with_person:
        return phrase("La richiesta {code} la segue una persona.", code=code), "Dica che ci pensa una persona."
    match told.state:
        case "accepted":
            where = said(told.proposal, phrase("a casa sua")) if told.proposal else Verbatim("")
            return phrase("{to} ha accettato la richiesta {code}. {where}", to=to, code=code, where=where), (
                "Chieda se va bene."
            )
        case "declined":
            first = phrase("{to} non può seguire la richiesta {code}.", to=to, code=code)
        case "unanswered":
            first = phrase("{to} non ha risposto alla richiesta {code}.", to=to, code=code)
        case "queued":
            return phrase("Per la richiesta {code} c'è un posto.", code=code), "Chieda se lo prende."
        case "under_way":
            return phrase("Della richiesta {code} si è occupata {to}.", code=code, to=to), "Chieda se è servito."
        case "closed" | "withdrawn":
            return phrase("La richiesta {code} è conclusa.", code=code), "Chieda se serve altro."
        case _:
            return phrase("La richiesta {code} va avanti.", code=code), "Dica che le scriviamo appena c'è una novità."
    return first, "Chieda se cercare un altro aiuto."
