"""The guided interview of an organization: one question at a time, a summary to correct, and the form is sent once."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import Any

from catalog_store import forms
from catalog_store.forms import BY_KEY, DISCREET, SECTIONS
from dialogs import association_words as worded
from dialogs.applying import NEW, Body, Start, alike, begin, begun, same_code, send
from dialogs.association_lists import listed
from dialogs.association_questions import Town, question
from dialogs.association_words import LABELS
from dialogs.bodies import unknown_office
from dialogs.naming import LABEL
from dialogs.questions import Choice, YesNo
from dialogs.talk import Go, Option, ask, do, look, say
from dialogs.words import Joined, Moment, Verbatim, Words, phrase

LISTS = ("sedi", "registri", "gruppi", "bisogni", "zone", "lingue")
ANOTHER = Option(NEW, "Un altro ente", also=("un'altra associazione", "nuova", "another"))
FINE = Option("fine", "Va bene", also=("sì", "ok", "giusto", "esatto", "yes"))
CHANGE = Option("change", "Cambia qualcosa", also=("correggi", "no", "cambia", "change"))
SEND = Option("send", "Sì, invia", also=("sì", "invia", "va bene", "ok", "yes", "send"))


async def association(subject: str) -> Go | None:
    """`subject`: the uid of an organization of the person's, whose form or change of it this is; '' for a new one."""
    known = await look("inizio", begin, subject)
    if known.step == "choose":
        return await _chosen(known)
    if known.step == "unknown":
        await say("Questo modulo non c'è più. Per averne uno nuovo scriva «operatore».")
        return None
    if known.step == "closed":
        await say(_closed(known))
        return None
    if known.state in ("invited", "withdrawn"):
        await do("iniziata", begun, subject)
    await _welcomed(known)
    interview = Interview(subject, known)
    await interview.complete()
    await interview.review(whole=interview.form != known.form)
    sent = await do("inviata", send, subject, interview.form)
    if sent.due:
        await say("Fatto, il modulo è inviato. Le rispondiamo qui entro {due}.", due=Moment(sent.due))
    else:
        await say("Fatto. I nuovi dati valgono da subito.")
    return None


class Interview:
    """The answers so far, `form`, and what is asked next."""

    def __init__(self, subject: str, known: Start) -> None:
        self.subject, self.known, self.form = subject, known, dict(known.form)
        self.town = Town(known.town, tuple(known.postcodes))
        self.names = {one.id: one.name for one in known.areas}

    async def complete(self, at: str = "") -> None:
        """Ask what this kind is asked and is not known. `at` begins the keys."""
        if "natura" not in self.form:
            await self.answer("natura", at)
        fields = forms.asked(self.form["natura"])
        left = [one.key for one in fields if one.key not in self.form]
        known = 0 if self.known.form else len(fields) - len(left)
        for number, key in enumerate(left, known + 1):
            await self.answer(key, at, phrase("{n} di {total}", n=number, total=known + len(left)))
        for under in (one.key for one in forms.FIELDS if one.under and one.key not in self.form):
            if BY_KEY[under].under in self.form and self._needs(under):  # that it depends on was known before
                await self.answer(under, at)

    async def review(self, *, whole: bool) -> None:
        """Show the sections one by one (`whole`), or those that are to change, until the form may be sent."""
        for section in SECTIONS if whole else ():
            await self._section(section, f"rivede.{section}.")
        if not whole:
            await self._part(0)
        for turn in count(1):
            await say("Il Comune legge tutto. Nel catalogo non vanno i nomi delle persone, né i loro numeri.")
            text = "Le persone che ha nominato lo sanno? Se sì, invio il modulo."
            if await ask(f"invio.{turn}", Choice(text, among=(SEND, CHANGE))) == SEND.id:
                return
            await self._part(turn)

    async def answer(self, key: str, at: str, total: Words = "") -> None:
        """Ask for one answer, and for those that it makes necessary."""
        if key in LISTS:
            self.form[key] = await listed(key, at, self.known, self.form, total)
        else:
            asked = question(key, self.town, self.form)
            value = await ask(f"{at}{key}", _numbered(asked, total))
            self.form[key] = value
        if key in ("denominazione", "codice_fiscale"):
            await self._twins(key, at)
        for under in (one.key for one in forms.FIELDS if one.under == key):
            self.form.pop(under, None)
            if self._needs(under):
                await self.answer(under, at)

    async def _part(self, turn: int) -> None:
        among = tuple(Option(id, words) for id, words in worded.SECTIONS.items())
        section = await ask(f"parte.{turn}", Choice("Quale parte vuole cambiare?", among=among))
        await self._section(section, f"ancora.{turn}.")

    async def _section(self, section: str, at: str) -> None:
        """Show a section, as often as something of it changes; one of which nothing was asked is passed over."""
        if not any(one.section == section and one.key in self.form for one in forms.FIELDS):
            return
        for turn in count(1):
            await say(worded.told(self.form, section, self.names))
            text = phrase("{section}: è giusto così?", section=worded.inner(worded.SECTIONS[section]))
            if await ask(f"{at}{turn}", Choice(text, among=(FINE, CHANGE))) == FINE.id:
                return
            fields = [one.key for one in forms.FIELDS if one.section == section and one.key in self.form]
            among = tuple(Option(key, LABELS[key]) for key in fields)
            key = await ask(f"{at}{turn}.quale", Choice("Che cosa cambiamo?", among=among))
            await self.answer(key, f"{at}{turn}.")
            if key == "natura":
                kind = self.form["natura"]
                self.form = {name: value for name, value in self.form.items() if _belongs(name, kind)}
                await self.complete(f"{at}{turn}.")
                if not forms.registered(kind, self.form["registri"]):
                    await self.answer("registri", f"{at}{turn}.")

    async def _twins(self, key: str, at: str) -> None:
        """What looks like the same organization: said, asked, and kept for the operator."""
        value, here = self.form[key], f"{at}{key}"
        if key == "codice_fiscale" and unknown_office(value):
            await say("Il codice torna, ma le cifre dall'ottava alla decima sono insolite. Se è giusto, va bene così.")
        finds = alike if key == "denominazione" else same_code
        known = self.form.get("doppioni") or []
        asked = {one["uid"] for one in known}
        for number, twin in enumerate(await look(f"{here}.doppioni", finds, value, self.subject)):
            if twin.uid in asked:
                continue
            same = await ask(f"{here}.stessa.{number}", YesNo(_twin(key, twin), label="L'ente già presente"))
            known = [*known, {"uid": twin.uid, "stessa": same}]
            if same:
                await say("Va bene: lo dico all'operatore, che unirà i dati.")
        if known:
            self.form["doppioni"] = known

    def _needs(self, under: str) -> bool:
        """Does the answer before make this one necessary?"""
        parent = self.form[BY_KEY[under].under]
        kind = self.form["natura"]
        return kind in BY_KEY[under].kinds and (DISCREET in parent if under == "riservata" else bool(parent))


async def _chosen(known: Start) -> Go:
    """Whoever answers for an organization changes its data, or enrols another."""
    among = (Option(one.uid, Verbatim(one.name[:LABEL]), description=Verbatim(one.name[:72])) for one in known.mine)
    uid = await ask("quale", Choice("Di quale ente parliamo?", among=(*among, ANOTHER)))
    return Go("association", uid)


async def _welcomed(known: Start) -> None:
    if known.asked:
        await say("Ci serve ancora questo: {asked}", asked=Verbatim(known.asked))
    elif known.state == "approved":
        await say("Ecco i vostri dati. Guardiamo insieme che cosa cambia.")
    elif known.form:
        await say("Parto da quello che sappiamo già. Alla fine può correggere tutto.")
    else:
        await say("Servono circa dieci minuti. Per fermarsi scriva «continuo dopo»: le risposte restano.")


def _closed(known: Start) -> Words:
    if known.opens:
        return phrase("Adesso non si raccolgono iscrizioni. Riaprono {day}.", day=Moment(known.opens))
    return "Adesso non si raccolgono iscrizioni. Quando riaprono, il Comune lo scrive sul suo sito."


def _twin(key: str, twin: Body) -> Words:
    name = Verbatim(twin.name)
    if key == "denominazione":
        return phrase("C'è già un ente con un nome simile: «{name}». È lo stesso?", name=name)
    return phrase("C'è già un ente con questo codice fiscale: «{name}». È lo stesso?", name=name)


def _belongs(key: str, kind: str) -> bool:
    return key not in BY_KEY or kind in BY_KEY[key].kinds


def _numbered(asked: Any, total: Words) -> Any:
    return replace(asked, text=Joined((total, asked.text))) if total else asked
