"""A mail server on this machine: it takes what RFC 5321 lets it take, keeps it, and refuses what it is told to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass
class MailServer:
    """`refuses`: the answer to a command ("RCPT", "DATA" …) instead of the usual one; `port` is where it listens."""

    refuses: dict[str, str] = field(default_factory=dict)
    mails: list[EmailMessage] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    port: int = 0
    visits: list[asyncio.Task[None]] = field(default_factory=list)

    def visited(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.visits.append(asyncio.create_task(self.serve(reader, writer)))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 loopback\r\n")
        while line := (await reader.readline()).decode().strip():
            command = line.split()[0].upper()
            answer = self.refuses.get(command) or self._usual(command, line)
            writer.write(answer.encode() + b"\r\n")
            if answer.startswith("354"):
                self.mails.append(await _mail(reader))
                writer.write(b"250 taken\r\n")
            if command == "QUIT":
                break
        writer.close()

    def _usual(self, command: str, line: str) -> str:
        match command:
            case "EHLO":
                return "250-loopback\r\n250 AUTH PLAIN"
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
async def mail_server(**refuses: str) -> AsyncIterator[MailServer]:
    """A running one."""
    made = MailServer(refuses)
    server = await asyncio.start_server(made.visited, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    async with server:
        yield made
        await asyncio.gather(*made.visits)
