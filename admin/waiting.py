"""What waits for a human, from the command line: list it, read the chat, answer in it, mark it done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from admin.database import opened
from catalog_store import audit, waiting
from catalog_store.connect import Transaction
from catalog_store.waiting import Waiting
from dialogs import chats

app = typer.Typer(help="What waits for a human.", invoke_without_command=True, no_args_is_help=False)
console = Console()
Row = Annotated[int, typer.Argument(help="The number in the list.")]
KINDS = {
    "operator": "chat", "mediator": "mediatore", "call": "telefonata", "danger": "PERICOLO", "referral": "richiesta",
    "fault": "guasto",
}  # fmt: skip
WHO = {"person": "persona", "program": "Tessere", "staff": "operatore"}
REFUSED = {
    "taken": "somebody answers this chat in the back office",
    "over": "this chat was given back to the program",
    "long": "their channel does not take so long a message: say it in two",
    "gone": "they cannot be written to any more",
}


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
        zone, rows = tx.store.territory.zone, waiting.open_rows(tx)
        for row in rows:
            audit.note(tx, None, "read", row.kind, uid=row.uid, whose=row.person_id, why="listed by command")
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
        found, zone = _found(tx, row), tx.store.territory.zone
        audit.note(tx, None, "read", found.kind, uid=found.uid, whose=found.person_id, why=found.kind)
        for line in chats.conversation(tx, found.person_id):
            at = line.at.astimezone(zone)
            console.print(f"[dim]{at:%d/%m %H:%M}[/] {WHO[line.whose]}: {escape(line.text)}")


@app.command()
def answer(row: Row, text: Annotated[str, typer.Argument(help="What to say, in the person's language.")]) -> None:
    """Answer in the same conversation."""
    if not text.strip():
        raise typer.BadParameter("there is nothing to say: write the answer between quotes")
    with _begin() as tx:
        found = _found(tx, row)
        chat = found if found.kind in waiting.CHATS else chats.begin(tx, found.person_id)
        outcome = chats.answer(tx, chat, text.strip())
    if outcome != "sent":
        raise typer.BadParameter(REFUSED[outcome])
    console.print(f"Inviato: la persona lo legge appena il suo canale lo riceve. La chat è la n. {chat.id}.")


@app.command()
def done(row: Row) -> None:
    """Mark it done: a chat goes back to the program, a request that was with us is over and its person is told."""
    with _begin() as tx:
        chats.finish(tx, _found(tx, row), over=True)
    console.print("Fatto.")


def _found(tx: Transaction, row: int) -> Waiting:
    found = waiting.get(tx, row)
    if found is None:
        raise typer.BadParameter(f"nothing waits under number {row}")
    return found


def _number(note: dict[str, Any]) -> str:
    """Whom a call is to be made to."""
    return note["phone"] or "nessun numero noto"


def _note(note: dict[str, Any]) -> str:
    return ", ".join(f"{name}: {value}" for name, value in note.items() if value)
