"""Mail and voices, which an installation may do without: where they are set up, do they work? Nobody is written to."""

from __future__ import annotations

import asyncio
import io
import smtplib
import ssl
import wave
from collections.abc import AsyncIterator

from bot.doctor_channels import Finding
from bot.house import House
from bot.voice import RATE
from dialogs.locale import ITALIAN


async def mail(house: House) -> AsyncIterator[Finding]:
    """The server answers, safely, and knows us; nothing is sent."""
    if not house.settings.smtp_url:
        yield True, "mail: not set up"
        return
    from bot.channels.email import Email

    channel = Email(house.settings, house.store.territory.municipality)
    host = channel.server.hostname
    try:
        await channel.try_out()
    except smtplib.SMTPAuthenticationError as error:
        yield False, f"mail: {host} does not know the user or the password in SMTP_URL ({error.smtp_code})"
    except smtplib.SMTPNotSupportedError:
        yield False, f"mail: {host} takes no password, or only in the clear: SMTP_URL needs another port or smtps://"
    except ssl.SSLCertVerificationError:
        yield False, f"mail: the certificate of {host} is not for it, is out of date, or nobody here trusts it"
    except ssl.SSLError:
        yield False, f"mail: no safe connection with {host}: in SMTP_URL, smtps:// is for port 465, smtp:// for 587"
    except smtplib.SMTPResponseException as error:
        yield False, f"mail: {host} does not want to speak with us ({error.smtp_code}): ask whoever looks after it"
    except (smtplib.SMTPException, OSError) as error:
        yield False, f"mail: {host} does not answer ({type(error).__name__}): look at SMTP_URL"
    else:
        yield True, f"mail: {host}, as {channel.sender}"


async def voice(house: House) -> AsyncIterator[Finding]:
    """What hears loads, and what reads speaks, where they are installed."""
    if house.hears is None:
        yield True, "voice messages: not heard (`make voice` installs what hears)"
    else:
        try:
            await asyncio.to_thread(house.hears, _silence())
        except Exception as error:  # noqa: BLE001  whatever it is, voices are not heard
            yield False, f"voice messages: what hears does not load ({type(error).__name__}): `make voice` once more"
        else:
            yield True, "voice messages: heard on this machine"
    if house.speaks is None:
        yield True, "reading aloud: not set up (it needs `make voice`, and espeak-ng: sudo apt install espeak-ng)"
        return
    try:
        await asyncio.to_thread(house.speaks, "Buongiorno.", ITALIAN, "ogg")
    except Exception as error:  # noqa: BLE001  the same
        yield False, f"reading aloud: espeak-ng does not speak ({type(error).__name__}): install it once more"
    else:
        yield True, "reading aloud: with espeak-ng"


def _silence() -> bytes:
    """A second of it, as WAV."""
    made = io.BytesIO()
    with wave.open(made, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(bytes(2 * RATE))
    return made.getvalue()
