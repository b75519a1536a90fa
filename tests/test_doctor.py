"""What may be set up besides, mail and voices, is tried, and what is wrong is one sentence that says where to look."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bot import doctor, doctor_extras
from bot.doctor_channels import Finding
from bot.house import House
from bot.voice import Unheard
from tests.fakes.smtp import mail_server
from tests.houses import opened
from tests.servers import certificate

FROM = "Tessere <tessere@comune.example.org>"


async def found(check: Callable[[House], AsyncIterator[Finding]], house: House) -> list[Finding]:
    return [finding async for finding in check(house)]


async def mail(folder: Path, url: str) -> Finding:
    """What the doctor says of this SMTP_URL."""
    with opened(f"sqlite:///{folder / 'tessere.db'}", folder, SMTP_URL=url, SMTP_FROM=FROM) as house:
        (finding,) = await found(doctor_extras.mail, house)
        return finding


async def test_the_mail_server_is_asked_who_we_are_and_nothing_is_sent(tmp_path: Path) -> None:
    async with mail_server() as server:
        told = await mail(tmp_path, f"smtp://casella:segreta@127.0.0.1:{server.port}")
    assert told == (True, f"mail: 127.0.0.1, as {FROM}")
    assert len(server.logins) == 1
    assert server.mails == []


@pytest.mark.parametrize(
    ("scheme", "refuses", "says"),
    [
        ("smtp", {"AUTH": "535 who are you"}, "does not know the user or the password in SMTP_URL (535)"),
        ("smtp", {"AUTH": "421 not today"}, "(421)"),
        ("smtp", {"EHLO": "250 loopback"}, "takes no password"),
        ("smtp", {"EHLO": "554 no", "HELO": "554 no"}, "does not want to speak with us (554)"),
        ("smtps", {}, "smtps:// is for port 465"),
    ],
)
async def test_what_is_wrong_with_mail_is_said(scheme: str, refuses: dict[str, str], says: str, tmp_path: Path) -> None:
    async with mail_server(**refuses) as server:
        fine, told = await mail(tmp_path, f"{scheme}://casella:segreta@127.0.0.1:{server.port}")
    assert not fine
    assert says in told
    assert "segreta" not in told


async def test_a_mail_server_that_is_not_there(tmp_path: Path) -> None:
    async with mail_server() as server:
        port = server.port
    assert await mail(tmp_path, f"smtp://127.0.0.1:{port}") == (
        False, "mail: 127.0.0.1 does not answer (ConnectionRefusedError): look at SMTP_URL",
    )  # fmt: skip


@pytest.mark.parametrize("trusted", [True, False])
async def test_the_connection_is_made_safe_where_it_can_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, trusted: bool
) -> None:
    made = certificate(tmp_path / "tls")
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(made, made.with_name("privkey.pem"))
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(made))
    async with mail_server(tls) as server:
        fine, told = await mail(tmp_path, f"smtp://casella:segreta@localhost:{server.port}")
    assert fine == trusted, told
    assert (server.safe, len(server.logins)) == (trusted, trusted)
    assert trusted or "certificate of localhost" in told


async def test_what_hears_and_what_reads_are_tried(house: House) -> None:
    heard, read = list[bytes](), list[str]()
    house.hears, house.speaks = lambda sound: heard.append(sound) or "", lambda text, *_: read.append(text) or b""  # type: ignore[func-returns-value]
    assert [fine for fine, _ in await found(doctor_extras.voice, house)] == [True, True]
    assert heard[0].startswith(b"RIFF")
    assert read == ["Buongiorno."]


async def test_what_cannot_hear_or_speak_is_said(house: House) -> None:
    def breaks(*_: object) -> str:
        raise Unheard

    house.hears, house.speaks = breaks, breaks  # type: ignore[assignment]
    hears, speaks = await found(doctor_extras.voice, house)
    assert hears == (False, "voice messages: what hears does not load (Unheard): `make voice` once more")
    assert speaks == (False, "reading aloud: espeak-ng does not speak (Unheard): install it once more")


async def test_who_does_without_them_is_told_how_to_have_them_and_is_well(house: House) -> None:
    house.hears = house.speaks = None
    said = [*await found(doctor_extras.mail, house), *await found(doctor_extras.voice, house)]
    assert all(fine for fine, _ in said)
    assert "make voice" in said[1][1]
    assert {doctor_extras.mail, doctor_extras.voice} <= set(doctor.OUTSIDE)
