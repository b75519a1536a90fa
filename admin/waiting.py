"""What waits for a human, from the command line: list it, read the chat, answer in it, mark it done."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from catalog_store import conversations, messages, people, waiting
from catalog_store.connect import Transaction
from catalog_store.settings import load
from dialogs.locale import spoken
from dialogs.screens import Bubble
from dialogs.words import Words

app = typer.Typer(help="What waits for a human.", invoke_without_command=True, no_args_is_help=False)
console = Console()
Row = Annotated[int, typer.Argument(help="The number in the list.")]
KINDS = {"operator": "chat", "call": "call", "danger": "DANGER", "referral": "request", "fault": "fault"}


@contextmanager
def _begin() -> Iterator[Transaction]:
    store = load(os.environ).store()
    try:
        with store.begin() as tx:
            yield tx
    finally:
        store.close()


@app.callback()
def listed(context: typer.Context) -> None:
    """List what waits, the most urgent first."""
    if context.invoked_subcommand:
        return
    with _begin() as tx:
        table = Table("n.", "what", "since", "promised by", "note")
        zone = tx.store.territory.zone
        for row in waiting.open_rows(tx):
            since, due = row.created_at.astimezone(zone), row.due_at.astimezone(zone)
            late = "[bold red]" if row.due_at < tx.now else ""
            table.add_row(
                str(row.id),
                KINDS.get(row.kind, row.kind),
                f"{since:%d/%m %H:%M}",
                f"{late}{due:%d/%m %H:%M}",
                _note(row.note),
            )
    console.print(table if table.row_count else "Nothing waits.")


@app.command()
def read(row: Row) -> None:
    """Show the chat of the person who waits."""
    with _begin() as tx:
        person = _person(tx, row)
        for said in messages.with_person(tx, person.id):
            text = said["body"].get("text") or "\n".join(said["body"].get("sentences", ()))
            console.print(
                f"[dim]{said['at'][:16]}[/] {'person' if said['from'] == 'me' else 'Tessere'}: {text}", markup=True
            )


@app.command()
def answer(row: Row, text: Annotated[str, typer.Argument(help="What to say, in the person's language.")]) -> None:
    """Answer in the same conversation."""
    with _begin() as tx:
        person = _person(tx, row)
        said: tuple[Words, ...] = ("Le risponde una persona:",)
        bubble = Bubble((*(spoken(words, person.language) for words in said), text))
        messages.post(tx, person.id, person.address_id, person.channel, bubble.to_json())
    console.print("Posted: it is delivered as soon as the person's channel takes it.")


@app.command()
def done(row: Row) -> None:
    """Mark it done; a chat goes back to the program."""
    with _begin() as tx:
        found = waiting.get(tx, row)
        if found is None:
            raise typer.BadParameter(f"nothing waits under number {row}")
        if found.conversation_id is not None:
            conversations.give_back(tx, found.conversation_id)
        waiting.done(tx, row)
    console.print("Done.")


def _person(tx: Transaction, row: int) -> people.Person:
    found = waiting.get(tx, row)
    person = people.writable(tx, found.person_id) if found else None
    if person is None:
        raise typer.BadParameter(f"nobody who can be written to waits under number {row}")
    return person


def _note(note: dict[str, Any] | None) -> str:
    return ", ".join(f"{name}: {value}" for name, value in (note or {}).items() if value)
