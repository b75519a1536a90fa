"""Reading a bubble to somebody who cannot, as a sound: where espeak-ng and the extra `voice` are installed.

Telegram and the web chat: WhatsApp would have to fetch the sound from a public address, where others might find it too.
"""

from __future__ import annotations

import asyncio
import io
import shutil
import subprocess
from collections.abc import Callable
from importlib.util import find_spec
from typing import TYPE_CHECKING, Literal

from bot.logs import log
from dialogs import screens
from dialogs.screens import Bubble

if TYPE_CHECKING:
    from bot.house import House

Form = Literal["ogg", "mp3"]  # what Telegram calls a voice; what every browser plays
Mouth = Callable[[str, str, Form], bytes]  # a text, in a language, as a sound
CHANNELS = frozenset({"telegram", "webchat"})
PROGRAM = "espeak-ng"
PATIENCE = 10.0  # seconds: it speaks a hundred times faster than a person
WORDS_A_MINUTE = "135"  # slower than its own 175: who asks for it may be old, or learning the language
MOST = 1600  # characters: two minutes
_NAMES = {"zh": "cmn", "fr": "fr-fr"}  # where the voice has another name than its language
_RATE = 48_000  # samples a second, as Opus has them
_CODECS: dict[Form, tuple[str, int]] = {"ogg": ("libopus", 960), "mp3": ("libmp3lame", 1152)}  # samples of a frame


def mouth() -> Mouth | None:
    """What reads, where it is installed."""
    return speak if shutil.which(PROGRAM) and find_spec("av") else None


async def voice(house: House, bubble: Bubble, language: str, form: Form = "ogg") -> bytes | None:
    """A bubble and its options as a sound; None where it cannot be read: then it is written."""
    if house.speaks is None:
        return None
    try:
        return await asyncio.to_thread(house.speaks, screens.written(bubble, MOST), language, form)
    except Exception as error:  # noqa: BLE001  whatever it is, the words are there all the same
        log().warning("reading.failed", kind=type(error).__name__)
        return None


def speak(text: str, language: str, form: Form = "ogg") -> bytes:
    """A text as OGG with Opus, or as MP3. Raises OSError, subprocess.SubprocessError and av's errors."""
    said = subprocess.run(  # noqa: S603  the words go in by its input, not by its arguments
        [PROGRAM, "-v", _NAMES.get(language, language), "-s", WORDS_A_MINUTE, "--stdin", "--stdout"],
        input=text.encode(), capture_output=True, timeout=PATIENCE, check=True,
    )  # fmt: skip
    return _encoded(said.stdout, form)


def _encoded(wav: bytes, form: Form) -> bytes:
    import av

    made, (codec, samples) = io.BytesIO(), _CODECS[form]
    with av.open(io.BytesIO(wav)) as source, av.open(made, "w", format=form) as target:
        stream = target.add_stream(codec, rate=_RATE, layout="mono")
        stream.bit_rate = 24_000 if form == "ogg" else 48_000
        resampler = av.AudioResampler(stream.format.name, "mono", _RATE, frame_size=samples)
        for frame in (*source.decode(audio=0), None):
            for one in resampler.resample(frame):
                target.mux(stream.encode(one))
        target.mux(stream.encode(None))
    return made.getvalue()
