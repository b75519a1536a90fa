"""`python -m admin invite` and `revoke`: the codes with which somebody begins to answer for an organization."""

from __future__ import annotations

from typing import Annotated

import typer

from admin.database import opened
from catalog_store import invitations, organizations, staff

_DAYS = 30


def invite(
    organization: Annotated[str, typer.Argument(help="The name of the organization, as in the catalogue.")],
    days: Annotated[int, typer.Option(min=1, help="How long the code can be used.")] = _DAYS,
    uses: Annotated[int, typer.Option(min=1, help="By how many people.")] = 1,
) -> None:
    """Make a code for the contact of an organization, who writes it in the chat."""
    with opened() as store, store.begin() as tx:
        ids = [one.id for one in organizations.listed(tx) if one.name.casefold() == organization.casefold()]
        if len(ids) != 1:
            raise typer.BadParameter(f"{len(ids)} organizations are called {organization!r}")
        code = invitations.invite(tx, "association", ids[0], days, uses)
    print(f"Nella chat, scrivere: codice {code}")


def revoke(code: Annotated[str, typer.Argument(help="The code.")]) -> None:
    """Let nobody use a code any more; who entered with it is out, at their next message."""
    with opened() as store, store.begin() as tx:
        found = invitations.find(tx, code)
        if found is None or not staff.revoke(tx, found):
            raise typer.BadParameter("there is no such code, or it was revoked before")
    print("Il codice non vale più.")
