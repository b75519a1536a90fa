"""Twilio's own client, set up as an installation says: with a time limit, and pointed elsewhere for a rehearsal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog_store.settings import Settings

if TYPE_CHECKING:
    from twilio.rest import Client

CONNECTIONS = 10  # kept open: as many messages are on their way at once
TIMEOUT = 10.0  # seconds: the library's own is none


def connect(settings: Settings) -> Client:
    """A client of Twilio's REST API. The library is imported here: whoever has no WhatsApp does not wait for it."""
    from requests.adapters import HTTPAdapter
    from twilio.http.http_client import TwilioHttpClient
    from twilio.rest import Client

    http = TwilioHttpClient(timeout=TIMEOUT)
    http.session.mount("https://", HTTPAdapter(pool_maxsize=CONNECTIONS))
    client = Client(
        settings.twilio_account_sid, settings.twilio_auth_token, http_client=http,
        environment={"nothing": "is read from the environment"},
    )  # fmt: skip
    if settings.twilio_api_base:
        client.api.base_url = client.content.base_url = settings.twilio_api_base
    return client
