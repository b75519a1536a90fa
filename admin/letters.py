"""What could not be delivered or taken: dead letters and failed messages, seen and sent again."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from admin.database import opened
from catalog_store import messages

app = typer.Typer(help="Dead letters and failed messages.", invoke_without_command=True, no_args_is_help=False)
console = Console()


@app.callback()
def listed(context: typer.Context) -> None:
    """List dead letters and failed messages: ids, times and reasons, never what was said."""
    if context.invoked_subcommand:
        return
    table = Table("n.", "che cosa", "dal (UTC)", "tentativi", "motivo")
    with opened() as store, store.reading() as tx:
        for row in messages.dead_letters(tx):
            since = f"{row.created_at:%Y-%m-%d %H:%M}"
            table.add_row(str(row.id), f"verso {row.account}", since, str(row.attempts), row.reason)
        for row in messages.failed_messages(tx):
            table.add_row(str(row.id), "ricevuto", f"{row.at:%Y-%m-%d %H:%M}", str(row.attempts), f"guasto {row.fault}")
    console.print(table if table.row_count else "Tutto è arrivato.")


@app.command()
def again(letter: Annotated[int, typer.Argument(help="The number of a dead letter.")]) -> None:
    """Send a dead letter again."""
    with opened() as store, store.begin() as tx:
        if not messages.send_again(tx, letter):
            raise typer.BadParameter(f"there is no dead letter {letter}")
    console.print("Parte adesso.")


@app.command()
def replay() -> None:
    """Take again the failed messages after which nothing came from the same person."""
    with opened() as store, store.begin() as tx:
        ids = messages.failures(tx)
        for row in ids:
            messages.due_again(tx, row)
    console.print(f"Da riprendere: {len(ids)}.")
