"""`python -m bot`: the commands of a running Tessere, and the one place where its parts are put together."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.house import House, Part
from catalog_store import VERSION
from catalog_store.migrate import migrate as migrate_store
from catalog_store.secrets import KeyFault
from catalog_store.settings import SettingsFault, load
from catalog_store.territory import TerritoryFault
from dialogs.safety.helplines import HelplinesFault
from dialogs.safety.helplines import use as use_helplines

content = typer.Typer(no_args_is_help=True, help="The message shapes that WhatsApp can show.")
cli = typer.Typer(add_completion=False, no_args_is_help=True, help="Tessere: the chat assistant of a municipality.")


cli.add_typer(content, name="content")


def _open(*, demonstration: bool = False) -> House:
    """The store, migrated; with `demonstration`, an empty catalogue is filled with the invented one."""
    from bot import reading, start, voice

    settings = load(os.environ)
    if settings.helplines:
        use_helplines(settings.helplines)
    house = House(settings.store(), settings, hears=voice.ear(), speaks=reading.mouth())
    migrate_store(house.store)
    if demonstration:
        start.fill_if_empty(house)
    start.refuse_demonstration_on_channels(house)
    return house


class Later:
    """A part of the web beside the chat, on the same server; made when somebody first asks for it: no chat waits."""

    def __init__(self, make: Callable[[], ASGIApp]) -> None:
        self.make, self.making = make, asyncio.Lock()
        self.app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with self.making:
            if self.app is None:
                self.app = await asyncio.to_thread(self.make)
        await self.app(scope, receive, send)


def mount(house: House) -> None:
    """Give the web server what stands beside the chat."""
    from admin.office import broker

    broker.ready(house.settings)

    def office() -> ASGIApp:
        from admin.office.app import application

        return application(house.store, house.settings, house.wake.wake)

    def catalogue() -> ASGIApp:
        from admin.public.app import application

        return application(house.store, house.settings)

    def open_data() -> ASGIApp:
        from admin.hsds import application

        return application(house.store, house.settings)

    house.beside["/catalogo"] = Part("Catalogue: {}", Later(catalogue))
    house.beside["/ufficio"] = Part("Back office: {} (`python -m admin setup --link` prints a way in)", Later(office))
    house.beside["/hsds"] = Part("Open data: {}", Later(open_data))


def _run(main: Callable[[House], Coroutine[Any, Any, None]], *, demonstration: bool = False) -> None:
    from bot import logs, start

    with _explained():
        house = _open(demonstration=demonstration)
        logs.quiet(house.settings.log_level)
        start.share()
        # What a supervisor sends is what Ctrl-C is: everything under way ends, and what is held here is given back.
        # Whoever starts it in the background of a script has Ctrl-C ignored, and that is inherited.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
        try:
            asyncio.run(main(house))
        except KeyboardInterrupt:
            pass
        finally:
            house.store.close()


@contextmanager
def _explained() -> Iterator[None]:
    """What cannot be configured so is one sentence, not a traceback."""
    try:
        yield
    except (SettingsFault, KeyFault, TerritoryFault, HelplinesFault) as fault:
        typer.echo(f"Tessere cannot start: {fault}", err=True)
        raise typer.Exit(2) from None


@cli.command()
def run() -> None:
    """Run everything in one process: migrate, load the demonstration on first start, serve the web chat."""
    from bot import start

    async def everything(house: House) -> None:
        mount(house)
        await start.everything(house)

    _run(everything, demonstration=True)


@cli.command()
def web() -> None:
    """Serve the web: webhooks, web chat, health."""
    from bot import start

    async def serve(house: House) -> None:
        mount(house)
        await start.web(house)

    _run(serve)


@cli.command()
def deliver() -> None:
    """Deliver the outbox to the channels, under a lease."""
    from bot import start

    _run(start.deliver)


@cli.command()
def clock() -> None:
    """Tick: openings, chasing, expiry, forgetting."""
    from bot import start

    _run(start.clock)


@cli.command()
def migrate() -> None:
    """Bring the database to this version's schema."""
    with _explained():
        store = load(os.environ).store()
        migrate_store(store)
    store.close()
    typer.echo("The database is up to date.")


@cli.command()
def chat(
    who: Annotated[str, typer.Option(help="Whose terminal this is: another name is another person.")] = "me",
    record: Annotated[Path | None, typer.Option(help="Write what is said to this transcript file.")] = None,
) -> None:
    """Talk in the terminal, by keyboard or piped lines; a line that ends with a backslash is a piece of a message."""
    from bot.channels import terminal

    async def talk(house: House) -> None:
        from bot import start

        start.warm(house)
        await terminal.chat(house, who, record)

    _run(talk, demonstration=True)


@cli.command()
def doctor() -> None:
    """Check that everything Tessere needs is in place; exits 1 when something is to be looked at."""
    from bot.doctor import findings

    async def look(house: House) -> None:
        well = True
        async for fine, told in findings(house):
            typer.echo(f"{'ok ' if fine else '-- '} {told}")
            well = well and fine
        if not well:
            raise typer.Exit(1)

    _run(look)


@content.command("sync")
def content_sync() -> None:
    """Make the message shapes known to Twilio; what is there already is left as it is."""
    from bot.content import ContentFault, sync

    async def make(house: House) -> None:
        made = 0
        try:
            for name, sid, created in sync(house):
                made += created
                typer.echo(f"{'+' if created else '='} {sid} {name}")
        except ContentFault as fault:
            typer.echo(str(fault), err=True)
            raise typer.Exit(1) from None
        typer.echo(f"{made} created. To be approved: `python -m bot content templates`.")

    _run(make)


@content.command("templates")
def content_templates() -> None:
    """Print the texts to have approved, one a language: what is said outside WhatsApp's 24 hours."""
    from bot.content import templates

    typer.echo(templates())


@cli.command()
def version() -> None:
    """Print the version of this program."""
    typer.echo(VERSION)


if __name__ == "__main__":
    sys.exit(cli())
