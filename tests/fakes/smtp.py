"""A mail server on this machine: it takes what RFC 5321 lets it take, keeps it, and refuses what it is told to."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass
class MailServer:
    """`refuses`: the answer to a command ("RCPT", "DATA" …) instead of the usual one; `port` is where it listens.

    `tls`: with what it can make a connection safe (STARTTLS); `safe`: how many were.
    """

    refuses: dict[str, str] = field(default_factory=dict)
    tls: ssl.SSLContext | None = None
    safe: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    port: int = 0
    visits: list[asyncio.Task[None]] = field(default_factory=list)

    def visited(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.visits.append(asyncio.create_task(self.serve(reader, writer)))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):  # whoever called has gone
            await self._serve(reader, writer)
        writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 loopback\r\n")
        while line := (await reader.readline()).decode(errors="replace").strip():
            command = line.split()[0].upper()
            answer = self.refuses.get(command) or self._usual(command, line)
            writer.write(answer.encode() + b"\r\n")
            if answer.startswith("354"):
                self.mails.append(await _mail(reader))
                writer.write(b"250 taken\r\n")
            if command == "STARTTLS" and self.tls:
                try:
                    await writer.start_tls(self.tls)
                except ssl.SSLError:  # who calls does not trust us
                    break
                self.safe += 1
            if command == "QUIT":
                break

    def _usual(self, command: str, line: str) -> str:
        match command:
            case "EHLO":
                return "250-loopback\r\n" + "250-STARTTLS\r\n" * (self.tls is not None) + "250 AUTH PLAIN"
            case "STARTTLS" if self.tls:
                return "220 go on"
            case "AUTH":
                self.logins.append(line.rsplit(maxsplit=1)[-1])
                return "235 welcome"
            case "MAIL" | "RCPT" | "RSET":
                return "250 fine"
            case "DATA":
                return "354 go on"
            case "QUIT":
                return "221 bye"
        return "502 not known"


async def _mail(reader: asyncio.StreamReader) -> EmailMessage:
    lines = []
    while (line := await reader.readline()) != b".\r\n":
        lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
    mail = message_from_bytes(b"".join(lines), policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


@asynccontextmanager
async def mail_server(tls: ssl.SSLContext | None = None, /, **refuses: str) -> AsyncIterator[MailServer]:
    """A running one."""
    made = MailServer(refuses, tls)
    server = await asyncio.start_server(made.visited, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    async with server:
        yield made
        await asyncio.gather(*made.visits)
