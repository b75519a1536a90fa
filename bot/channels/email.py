"""Mail to associations: it says that something waits, and where to read it. Never anything about anybody.

What the outbox row holds is not even looked at: these are the only words that a mail may say.
"""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from email.utils import make_msgid, parseaddr
from urllib.parse import unquote, urlsplit

from bot.channel import Channel, ChannelError, Letter
from catalog_store.reach import MAIL
from catalog_store.settings import Settings
from dialogs.locale import spoken
from dialogs.words import Words, lines, phrase

TIMEOUT = 20.0  # seconds for each word of the mail server
_PERMANENT = 500  # RFC 5321: from here on the server will not take it later either
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
SUBJECT: Words = "Qualcosa aspetta la vostra risposta"


class Email(Channel):
    """One mail server. `town`: whose service this is."""

    account, pace, rate = MAIL, 0.0, 2.0

    def __init__(self, settings: Settings, town: str) -> None:
        self.server, self.sender = urlsplit(settings.smtp_url), settings.smtp_from
        self.domain = parseaddr(self.sender)[1].rpartition("@")[2] or "localhost"  # what we call ourselves
        self.link = settings.public_base_url or f"http://{settings.host}:{settings.port}"
        self.town = town

    async def send(self, letter: Letter) -> str | None:
        """Send; the mail's own id. Raises ChannelError."""
        mail = self._mail(letter)
        try:
            await asyncio.to_thread(self._hand_over, mail)
        except smtplib.SMTPRecipientsRefused as error:
            code = next(iter(error.recipients.values()))[0]
            raise ChannelError(f"smtp {code}", "blocked" if code >= _PERMANENT else "busy") from None
        except smtplib.SMTPDataError as error:
            raise ChannelError(
                f"smtp {error.smtp_code}", "content" if error.smtp_code >= _PERMANENT else "busy"
            ) from None
        except smtplib.SMTPResponseException as error:  # the server, or who we are to it: it waits to be put right
            raise ChannelError(f"smtp {error.smtp_code}") from None
        except (smtplib.SMTPException, OSError) as error:
            raise ChannelError(type(error).__name__) from None
        return str(mail["Message-ID"])

    def _mail(self, letter: Letter) -> EmailMessage:
        said = lines(
            phrase("Qualcosa aspetta la vostra risposta. È nel servizio di {town} e delle sue associazioni.",
                   town=self.town),
            phrase("Per leggerlo: {link}", link=self.link),
            "Chi di voi non ha ancora un codice? Lo può chiedere all'ufficio del Comune.",
            "Questo messaggio è automatico.",
        )  # fmt: skip
        mail = EmailMessage()
        mail["From"], mail["To"] = self.sender, letter.address
        mail["Subject"] = spoken(SUBJECT, letter.language)
        mail["Message-ID"] = make_msgid(domain=self.domain)
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday notice answers it
        mail.set_content(spoken(said, letter.language) + "\n")
        return mail

    async def try_out(self) -> None:
        """Do all that comes before a mail, and send none. Raises OSError and smtplib's errors."""

        def greet() -> None:
            with self._known():
                pass

        await asyncio.to_thread(greet)

    def _hand_over(self, mail: EmailMessage) -> None:
        with self._known() as connection:
            connection.send_message(mail)

    @contextmanager
    def _known(self) -> Iterator[smtplib.SMTP]:
        """A connection to the server, which knows who we are."""
        host, user = self.server.hostname or "", unquote(self.server.username or "")
        secure = ssl.create_default_context()
        connection: smtplib.SMTP
        if self.server.scheme == "smtps":
            connection = smtplib.SMTP_SSL(host, self.server.port or 465, self.domain, timeout=TIMEOUT, context=secure)
        else:
            connection = smtplib.SMTP(host, self.server.port or 587, self.domain, timeout=TIMEOUT)
        try:
            connection.ehlo_or_helo_if_needed()
            if self.server.scheme == "smtp" and connection.has_extn("starttls"):
                connection.starttls(context=secure)
                connection.ehlo()
            elif self.server.scheme == "smtp" and user and host not in _LOOPBACK:
                raise smtplib.SMTPNotSupportedError("a password is not sent in the clear")
            if user:
                connection.login(user, unquote(self.server.password or ""))
            yield connection
        finally:
            with suppress(smtplib.SMTPException, OSError):
                connection.quit()
            connection.close()
