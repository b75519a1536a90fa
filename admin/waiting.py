"""What waits for a human, from the command line: list it, read the chat, answer in it, mark it done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from admin.database import opened
from catalog_store import casework, conversations, messages, people, referrals, waiting
from catalog_store.connect import Transaction
from dialogs.locale import spoken
from dialogs.screens import Bubble
from dialogs.words import Verbatim, Words

app = typer.Typer(help="What waits for a human.", invoke_without_command=True, no_args_is_help=False)
console = Console()
Row = Annotated[int, typer.Argument(help="The number in the list.")]
KINDS = {
    "operator": "chat", "mediator": "mediatore", "call": "telefonata", "danger": "PERICOLO", "referral": "richiesta",
    "fault": "guasto",
}  # fmt: skip
BEFORE: Words = "Le risponde una persona:"
AFTER: Words = "La conversazione con la persona è finita. Da adesso le rispondo di nuovo io, il programma."


@contextmanager
def _begin() -> Iterator[Transaction]:
    with opened() as store, store.begin() as tx:
        yield tx


@app.callback()
def listed(context: typer.Context) -> None:
    """List what waits, the soonest promised first; for each call to make, the number and two lines to say."""
    if context.invoked_subcommand:
        return
    calls: list[str] = []
    table = Table("n.", "che cosa", "da", "promesso entro", "nota")
    with _begin() as tx:
        zone = tx.store.territory.zone
        for row in waiting.open_rows(tx):
            since, due = (f"{at.astimezone(zone):%d/%m %H:%M}" for at in (row.created_at, row.due_at))
            late = f"[bold red]{due}[/]" if row.due_at < tx.now else due
            note = _number(row.note) if "say" in row.note else _note(row.note)
            table.add_row(str(row.id), KINDS.get(row.kind, row.kind), since, late, escape(note))
            if "say" in row.note:
                calls.append(f"{row.id}. {_number(row.note)}\n   {row.note['say']}\n   {row.note['then']}")
    console.print(table if table.row_count else "Nessuno aspetta.")
    for call in calls:
        console.print(escape(call), soft_wrap=True)


@app.command()
def read(row: Row) -> None:
    """Show the chat of the person who waits."""
    with _begin() as tx:
        chat, zone = messages.with_person(tx, _person(tx, row).id), tx.store.territory.zone
        labels = {b["tap"]: b["row"] for said in chat for b in said["body"].get("buttons", ())}
        for said in chat:
            body = said["body"]
            tapped = labels.get(body.get("tap", ""), body.get("tap"))
            spoken_words = f"(vocale) {body['spoken']}" if body.get("spoken") else ""
            text = body.get("text") or tapped or spoken_words or "\n".join(body.get("sentences", ()))
            who = "persona" if said["from"] == "me" else "Tessere"
            at = datetime.fromisoformat(said["at"]).astimezone(zone)
            console.print(f"[dim]{at:%d/%m %H:%M}[/] {who}: {escape(text)}")


@app.command()
def answer(row: Row, text: Annotated[str, typer.Argument(help="What to say, in the person's language.")]) -> None:
    """Answer in the same conversation."""
    if not text.strip():
        raise typer.BadParameter("there is nothing to say: write the answer between quotes")
    with _begin() as tx:
        _say(tx, _person(tx, row), BEFORE, Verbatim(text))
    console.print("Inviato: la persona lo legge appena il suo canale lo riceve.")


@app.command()
def done(row: Row) -> None:
    """Mark it done: a chat goes back to the program, a request that was with us is over and its person is told."""
    with _begin() as tx:
        found = waiting.get(tx, row)
        if found is None:
            raise typer.BadParameter(f"nothing waits under number {row}")
        if found.conversation_id is not None and conversations.give_back(tx, found.conversation_id):
            _say(tx, _person(tx, row), AFTER)
        if waiting.done(tx, row) and found.kind == "referral":
            _close(tx, found)
    console.print("Fatto.")


def _say(tx: Transaction, person: people.Person, *words: Words) -> None:
    bubble = Bubble(tuple(spoken(one, person.language) for one in words))
    messages.post(tx, person.id, person.address_id, person.channel, bubble.to_json(), purpose="human")


def _close(tx: Transaction, found: waiting.Waiting) -> None:
    """The operators have seen to a request: how it went is not known here."""
    for referral in referrals.for_person(tx, found.person_id):
        if referral.id == found.referral_id and referral.next_actor == "operator":
            casework.close(tx, referral.uid, "unknown")


def _person(tx: Transaction, row: int) -> people.Person:
    found = waiting.get(tx, row)
    person = people.writable(tx, found.person_id) if found else None
    if person is None:
        raise typer.BadParameter(f"nobody who can be written to waits under number {row}")
    return person


def _number(note: dict[str, Any]) -> str:
    """Whom a call is to be made to."""
    return note["phone"] or "nessun numero noto"


def _note(note: dict[str, Any]) -> str:
    return ", ".join(f"{name}: {value}" for name, value in note.items() if value)
