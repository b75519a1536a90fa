"""A request in plain words: the questions about whom it is for, its summary, its confirmation, its state."""

from __future__ import annotations

from datetime import datetime

from dialogs.contact import Contact, Reach, how
from dialogs.following import News
from dialogs.naming import ME, inside, need_words
from dialogs.proposals import Proposal, named, requires
from dialogs.questions import Choice
from dialogs.sending import Desk, Sent
from dialogs.talk import Option
from dialogs.words import Moment, Verbatim, Weighty, Words, lines, phrase, sentences

WHOM = Choice(
    "Per chi è?",
    label="Per chi è",
    among=(
        Option(ME, "Per me", also=("me", "io", "per me stesso", "per me stessa", "for me")),
        Option(
            "parent", "Per un genitore", also=("mia madre", "mio padre", "mamma", "babbo", "papà", "mother", "father")
        ),
        Option(
            "child", "Per un figlio/figlia", also=("mio figlio", "mia figlia", "figlio", "figlia", "son", "daughter")
        ),
        Option(
            "relative",
            "Per un familiare",
            also=("marito", "moglie", "nonna", "nonno", "zia", "zio", "parente", "husband", "wife", "grandmother"),
        ),
        Option(
            "other",
            "Per un'altra persona",
            also=("un amico", "una vicina", "altra persona", "someone else", "a friend"),
        ),
    ),
)
REACH = Contact(
    "Come può chiamarla chi risponde? Scriva un nome. Se vuole una telefonata, scriva anche il numero.",
    label="Come rispondere",
)
CORRECTIONS = (
    Option("whom", "Per chi è", also=("for whom",)),
    Option("reach", "Come rispondere", also=("il nome", "il telefono", "il numero", "name", "telephone", "number")),
    Option("area", "La zona", also=("zona", "area")),
    Option("offer", "Il servizio scelto", also=("servizio", "offerta", "service", "offer")),
)
READ = Option("read", "Leggere adesso", also=("leggi", "leggo", "sì", "si", "ok", "read"))
_ALWAYS = phrase("Le scrivo qui in ogni caso, anche se è un no. Per vedere a che punto è, scriva «la mia richiesta».")
_DECLINED: dict[str, Words] = {
    "no_places": phrase("In questo momento non ha posto."),
    "not_eligible": phrase("Non è un aiuto per questo caso."),
    "outside_area": phrase("Non arriva nella sua zona."),
}
_ASKS = {
    ME: phrase("l'aiuto è per chi scrive"),
    "parent": phrase("scrive una persona per un suo genitore"),
    "child": phrase("scrive una persona per suo figlio o sua figlia"),
    "relative": phrase("scrive una persona per uno di famiglia"),
    "other": phrase("scrive una persona per qualcun altro"),
}
_WHOM = {
    ME: phrase("per lei"),
    "parent": phrase("per un suo genitore"),
    "child": phrase("per suo figlio o sua figlia"),
    "relative": phrase("per una persona della sua famiglia"),
    "other": phrase("per un'altra persona"),
}


def for_whom(whom: str) -> Words:
    """For whom a request is, said to who made it."""
    return _WHOM.get(whom, _WHOM["other"])


def relation_words(whom: str) -> Words:
    """For whom a request is, said to who answers it."""
    return _ASKS.get(whom, _ASKS["other"])


def summary(need: str, whom: str, area: str, proposal: Proposal, desk: Desk | None, reach: Reach) -> Words:
    """Everything that will be sent, before it is."""
    parts = proposal.parts
    return lines(
        phrase("Ecco la richiesta: {need}, {whom}.", need=need_words(need), whom=for_whom(whom)),
        phrase("A chi va: {offer}.", offer=named(proposal)),
        phrase("Si passa da: {desk}.", desk=_desk(desk)) if desk else "",
        phrase("Da sapere: {requires}.", requires=requires(parts)) if parts.access == "documents" else "",
        phrase("Da portare: {bring}.", bring=inside(parts.bring)) if parts.bring else "",
        phrase("Zona: {area}.", area=area) if area else "",
        phrase("Risposta: {how}.", how=how(reach)),
    )


def through_desk(access: str) -> Words:
    """Why the request goes to an office first."""
    if access == "social_service":
        first = phrase("Per questo aiuto si passa dai servizi sociali. Sono in Comune.")
    else:
        first = phrase("Per questo aiuto si passa dal punto di ascolto.")
    return sentences(first, "Preparo io la richiesta. Allo sportello la trovano già pronta.")


def consent(proposal: Proposal, desk: Desk | None, whom: str) -> Words:
    """What "send" agrees to."""
    if proposal.trial:
        return "Questa è una PROVA. Se tocca «Sì, invia» non mando niente a nessuno. Proviamo?"
    if proposal.full:
        return _waiting(proposal.parts.organization, whom)
    to = desk.name if desk else proposal.parts.organization
    agreed = Weighty(
        sentences(
            phrase("Se tocca «Sì, invia», passo questi dati a {to}. Servono solo per questa richiesta.", to=to),
            "" if whom == ME else "Se invia, mi dice che la persona lo sa e che le va bene.",
            "Va bene così?",
        )
    )
    return lines("Anche dopo può ripensarci: «i miei dati».", agreed)


def _waiting(to: str, whom: str) -> Words:
    agreed = Weighty(
        sentences(
            phrase("Se tocca «Sì, in lista», aspetta un posto da {to}. Quando c'è, le scrivo.", to=to),
            "Passo questi dati solo se allora dice di sì.",
            "" if whom == ME else "Con il sì mi dice che la persona lo sa e che le va bene.",
            "Va bene così?",
        )
    )
    return lines("Anche dopo può ripensarci: «i miei dati».", agreed)


def with_person(due: datetime | None) -> Words:
    """A human goes on with the request, and by when they write; None: it has moved on meanwhile."""
    if due is None:
        return "La richiesta è cambiata. Per vedere a che punto è, scriva «la mia richiesta»."
    return phrase("Va bene. Ora ci pensa una persona. Le scrive qui entro {due}.", due=Moment(due))


def confirmation(sent: Sent, organization: str, desk: Desk | None) -> Words:
    """What happens now: by when an answer comes, and that we write in any case."""
    code = sent.code
    if sent.outcome == "trial":
        return sentences(
            "Questa è una PROVA. Non ho inviato niente a nessuno.",
            phrase("Il codice di prova è {code}.", code=code),
            "La risposta arriva entro un giorno preciso. In un servizio vero, qui le direi quale.",
        )
    if sent.outcome == "queued":
        return sentences(
            phrase("Fatto. La richiesta {code} è in lista, al numero {n}.", code=code, n=sent.position),
            "Non so dire quando ci sarà un posto. Appena c'è, le scrivo qui.",
            "Se poi non serve più, scriva «la mia richiesta».",
        )
    if desk:
        first = phrase("Fatto. La richiesta {code} è pronta per lo sportello «{desk}».", code=code, desk=desk.name)
    elif sent.outcome == "by_hand":
        first = phrase("Fatto. Una persona del servizio porta la richiesta {code} a {to}.", code=code, to=organization)
    else:
        first = phrase("Fatto. Ho inviato la richiesta {code} a {to}.", code=code, to=organization)
    by = phrase("La risposta arriva entro {due}.", due=Moment(sent.due)) if sent.due else ""
    return sentences(first, by, _visit(desk) if desk else "", _ALWAYS)


def state_words(one: News) -> Words:
    """Where a request stands, by when something happens, and what comes next."""
    due = Moment(one.due) if one.due else ""
    if one.with_person:
        return phrase("Se ne occupa una persona: le scrive entro {due}.", due=due)
    return {
        "queued": phrase("È in lista per un posto da {to}, al numero {n}.", to=one.organization, n=one.position)
        if one.position
        else phrase("C'è un posto da {to}. Le ho chiesto se lo prende.", to=one.organization),
        "sent": phrase("Aspetta la risposta di {to}, entro {due}. Poi le scrivo.", to=one.organization, due=due),
        "unanswered": phrase("{to} non ha risposto in tempo. Le ho chiesto se mandarla ad altri.", to=one.organization),
        "declined": phrase("{to} non può seguirla. Le ho chiesto se mandarla ad altri.", to=one.organization),
        "accepted": phrase("{to} l'ha accettata.", to=one.organization),
        "under_way": phrase("Se ne sta occupando {to}.", to=one.organization),
        "withdrawn": phrase("L'ha ritirata."),
        "closed": phrase("È conclusa."),
        "trial": phrase("È una prova: non è stata inviata a nessuno."),
    }.get(one.state, phrase("È in lavorazione."))


def declined_words(reason: str) -> Words:
    """Why an organization declined, said to who asked; '' when the reason helps nobody."""
    return _DECLINED.get(reason, "")


def _desk(desk: Desk) -> Words:
    return Verbatim(", ".join(filter(None, (desk.name, desk.address))))


def _visit(desk: Desk) -> Words:
    return sentences(
        phrase("Può anche andarci: {where}, {hours}.", where=_desk(desk), hours=desk.hours),
        phrase("Da portare: {bring}.", bring=inside(desk.bring)) if desk.bring else "",
    )
