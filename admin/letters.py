"""What could not be delivered or taken: dead letters and failed messages, seen and sent again."""

from __future__ import annotations

import os
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from catalog_store import messages
from catalog_store.settings import load

app = typer.Typer(help="Dead letters and failed messages.", invoke_without_command=True, no_args_is_help=False)
console = Console()


@app.callback()
def listed(context: typer.Context) -> None:
    """List dead letters and failed messages: ids, times and reasons, never what was said."""
    if context.invoked_subcommand:
        return
    store = load(os.environ).store()
    table = Table("n.", "what", "since", "attempts", "reason")
    with store.reading() as tx:
        for row in messages.dead_letters(tx):
            table.add_row(
                str(row.id), f"to {row.account}", f"{row.created_at:%Y-%m-%d %H:%M}", str(row.attempts), row.reason
            )
        for row in messages.failed_messages(tx):
            table.add_row(str(row.id), "received", f"{row.at:%Y-%m-%d %H:%M}", str(row.attempts), f"fault {row.fault}")
    store.close()
    console.print(table if table.row_count else "Everything arrived.")


@app.command()
def again(letter: Annotated[int, typer.Argument(help="The number of a dead letter.")]) -> None:
    """Send a dead letter again."""
    store = load(os.environ).store()
    with store.begin() as tx:
        found = messages.send_again(tx, letter)
    store.close()
    if not found:
        raise typer.BadParameter(f"there is no dead letter {letter}")
    console.print("It is due now.")


@app.command()
def replay() -> None:
    """Take again the failed messages after which nothing came from the same person."""
    store = load(os.environ).store()
    with store.begin() as tx:
        ids = messages.failures(tx)
        for row in ids:
            messages.due_again(tx, row)
    store.close()
    console.print(f"{len(ids)} to be taken again.")
