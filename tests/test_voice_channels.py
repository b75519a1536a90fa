"""A voice message through each channel: brought only where it is heard, within its limits, and gone afterwards."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import voice
from bot.channels.whatsapp import WhatsApp
from bot.house import House
from tests import whatsapp_town
from tests.fakes import telegram_town
from tests.houses import fill

BILL = "Non riesco a pagare la bolletta della luce."
CANNOT = "non so ascoltare i messaggi a voce"


@pytest.fixture(params=["polling", "webhook"])
def telegram(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[telegram_town.Town]:
    with telegram_town.town(tmp_path, webhook=request.param == "webhook") as made:
        fill(made.house.store)
        yield made


@pytest.fixture
def whatsapp(tmp_path: Path, sqlite_url: str) -> Iterator[whatsapp_town.Town]:
    with whatsapp_town.town(sqlite_url, tmp_path) as made:
        yield made


def called(town: telegram_town.Town, method: str) -> int:
    with town.api.changed:
        return sum(1 for name, _ in town.api.calls if name == method)


def test_a_voice_on_telegram_is_shown_back_and_leads_to_the_next_question(telegram: telegram_town.Town) -> None:
    telegram.house.hears = bytes.decode
    anna = telegram.person()
    anna.speaks(BILL.encode())
    assert f"Ho capito: «{BILL}». Giusto?" in anna.reads("Giusto?")
    anna.taps("Sì")
    anna.reads("Ho capito: Aiuto per le spese")
    assert "✓ Sì" in telegram.api.until(lambda: next((one for one in anna.heard() if "✓" in one), None))


def test_on_telegram_nothing_is_brought_where_nobody_hears_or_what_is_too_long(telegram: telegram_town.Town) -> None:
    anna = telegram.person()
    anna.speaks(BILL.encode())
    assert CANNOT in anna.reads()
    telegram.house.hears = bytes.decode
    anna.speaks(BILL.encode(), seconds=int(voice.SECONDS) + 1)
    anna.reads("112")
    assert called(telegram, "getFile") == 0


@pytest.mark.parametrize("kind", ["error", "invalid file_id"])
def test_what_telegram_does_not_give_is_not_heard(telegram: telegram_town.Town, kind: str) -> None:
    telegram.house.hears = bytes.decode
    telegram.api.misbehave("getFile", kind)
    anna = telegram.person()
    anna.speaks(BILL.encode())
    assert CANNOT in anna.reads()


def test_a_voice_on_whatsapp_is_shown_back_and_twilio_keeps_no_copy(whatsapp: whatsapp_town.Town) -> None:
    whatsapp.house.hears = bytes.decode
    anna = whatsapp.phone()
    anna.send_file("audio/ogg", content=BILL.encode())
    whatsapp.settle()
    assert f"Ho capito: «{BILL}». Giusto?" in anna.screen
    assert whatsapp.twilio.files == {}
    assert "Ho capito: Aiuto per le spese" in whatsapp.choose(anna, "Sì")


def test_where_nobody_hears_on_whatsapp_nothing_is_brought_or_deleted(whatsapp: whatsapp_town.Town) -> None:
    anna = whatsapp.phone()
    anna.send_file("audio/ogg", content=BILL.encode())
    whatsapp.settle()
    assert CANNOT in anna.screen
    assert len(whatsapp.twilio.files) == 1


def test_a_voice_that_an_outage_has_missed_is_heard_afterwards(whatsapp: whatsapp_town.Town) -> None:
    whatsapp.house.hears = bytes.decode
    whatsapp.reconcile()
    anna = whatsapp.phone()
    whatsapp.twilio.moods.lost = True
    anna.send_file("audio/ogg", content=BILL.encode())
    whatsapp.twilio.moods.lost = False
    assert whatsapp.reconcile() == 1
    whatsapp.settle()
    assert f"«{BILL}»" in anna.screen


def test_on_whatsapp_a_sound_that_is_too_large_is_not_heard(whatsapp: whatsapp_town.Town) -> None:
    whatsapp.house.hears = bytes.decode
    anna = whatsapp.phone()
    anna.send_file("audio/ogg", content=b"a" * (voice.SIZE + 1))
    whatsapp.settle()
    assert CANNOT in anna.screen


@pytest.mark.parametrize(
    "url",
    [
        "http://api.twilio.com/Media/ME1", "https://twilio.com.example.org/ME1", "https://example.org/?.twilio.com",
        "https://x@example.org/.twilio.com", "file:///etc/passwd", "",
    ],
)  # fmt: skip
def test_our_credentials_go_to_nobody_but_twilio(house: House, url: str) -> None:
    with pytest.raises(voice.Unheard):
        WhatsApp(house)._sound(url)


# ---------------------------------------------------------------------------------------- with the recogniser itself


@pytest.fixture(scope="module")
def ear() -> Iterator[voice.Ear]:
    if voice.ear() is None:
        pytest.skip("what hears is not installed: make voice")
    made = voice.Ear(patience=240)  # it loads first, and a machine full of tests is slow
    yield made
    made.close()


def spoken(text: str) -> bytes:
    """A voice message: OGG with Opus, as telephones send it."""
    missing = [name for name in ("espeak-ng", "ffmpeg") if shutil.which(name) is None]
    if missing:
        pytest.skip(f"nobody speaks here: {' and '.join(missing)} is not installed")
    wav = subprocess.run(["espeak-ng", "-v", "it", "-s", "130", "--stdout", text], capture_output=True, check=True)
    ogg = ["ffmpeg", "-loglevel", "error", "-i", "pipe:0", "-c:a", "libopus", "-b:a", "24k", "-f", "ogg", "pipe:1"]
    return subprocess.run(ogg, input=wav.stdout, capture_output=True, check=True).stdout


def test_a_spoken_italian_message_goes_from_the_webhook_to_offers(
    whatsapp: whatsapp_town.Town, ear: voice.Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(voice, "LONGEST", 240.0)
    sound = spoken(BILL)
    assert "bolletta" in ear(sound), "it loads before anybody waits for it"
    whatsapp.house.hears = ear
    anna = whatsapp.phone()
    anna.send_file("audio/ogg", content=sound)
    until = time.monotonic() + 120
    while not anna.screen and time.monotonic() < until:  # on a slow machine the webhook has answered before
        asyncio.run(whatsapp.house.wake.wait())
        whatsapp.settle()
    assert "bolletta" in anna.screen
    assert "Ho capito: Aiuto per le spese" in whatsapp.choose(anna, "Sì")
    while "A quale posso inviare" not in anna.screen:
        label = next(line for line in anna.screen.splitlines() if line.startswith("[") and not line.endswith(":"))
        whatsapp.choose(anna, label.partition("[")[2].partition("]")[0])


def test_minutes_of_silence_in_a_few_bytes_are_not_decoded(ear: voice.Ear) -> None:
    if shutil.which("ffmpeg") is None:
        pytest.skip("ffmpeg is not installed")
    silence = [
        "ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i", "anullsrc=r=48000:cl=mono", "-t", "300",
        "-c:a", "libopus", "-f", "ogg", "pipe:1",
    ]  # fmt: skip
    sound = subprocess.run(silence, capture_output=True, check=True).stdout
    assert len(sound) < voice.SIZE
    assert ear(sound) == ""


@pytest.mark.parametrize("sound", [b"", b"no sound at all", b"OggS" + bytes(200)])
def test_what_is_no_sound_has_no_words(ear: voice.Ear, sound: bytes) -> None:
    assert ear(sound) == ""
