"""`python -m admin`: what an operator or a technician asks for from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from admin import demo, evaluate, evaluate_messages, exports, imports, invitations, letters, retention, setup, waiting

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_show_locals=False, help=__doc__)
app.add_typer(evaluate_messages.app, name="evaluate")
app.add_typer(demo.app, name="demo")
app.add_typer(waiting.app, name="waiting")
app.add_typer(letters.app, name="letters")
app.command("import")(imports.import_folder)
app.command("import-list")(imports.import_list)
app.command("export")(exports.export_catalogue)
app.command()(invitations.invite)
app.command()(invitations.revoke)
app.command()(retention.forget)
app.command()(setup.setup)


@app.command()
def train(
    *,
    out: Annotated[Path | None, typer.Option(help="Where the weight files go.")] = None,
    only_danger: Annotated[bool, typer.Option("--only-danger", help="Leave the ranking of needs as it is.")] = False,
) -> None:
    """Train the ranking of needs, and what recognises danger, on the shipped messages: a quarter of an hour."""
    from dialogs.safety import training as danger
    from dialogs.safety.learnt import WEIGHTS as DANGER
    from dialogs.understand.needs import WEIGHTS
    from dialogs.understand.train import train as trained

    ranking = {} if only_danger else trained(out or WEIGHTS, cache=evaluate.VECTORS)
    for encoder, figures in ranking.items():
        print(encoder, *(f"{name} {value}" for name, value in figures.items()), sep="\n  ")
    for encoder, learnt in danger.train(out / "danger" if out else DANGER, evaluate.VECTORS).items():
        print(f"danger, {encoder}", *(f"{name} {value:.3f}" for name, value in learnt.items()), sep="\n  ")


if __name__ == "__main__":
    app()
