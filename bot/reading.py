"""Reading a bubble to somebody who cannot, as a voice message: where espeak-ng and the extra `voice` are installed.

Telegram only: WhatsApp would have to fetch the sound from a public address, where others might find it too.
"""

from __future__ import annotations

import asyncio
import io
import shutil
import subprocess
from collections.abc import Callable
from importlib.util import find_spec
from typing import TYPE_CHECKING

from bot.logs import log
from dialogs import screens
from dialogs.screens import Bubble

if TYPE_CHECKING:
    from bot.house import House

CHANNEL = "telegram"
PROGRAM = "espeak-ng"
PATIENCE = 10.0  # seconds: it speaks a hundred times faster than a person
WORDS_A_MINUTE = "135"  # slower than its own 175: who asks for it may be old, or learning the language
MOST = 1600  # characters: two minutes
_NAMES = {"zh": "cmn", "fr": "fr-fr"}  # where the voice has another name than its language
_RATE = 48_000  # samples a second, as Opus has them


def mouth() -> Callable[[str, str], bytes] | None:
    """What reads, where it is installed."""
    return speak if shutil.which(PROGRAM) and find_spec("av") else None


async def voice(house: House, bubble: Bubble, language: str) -> bytes | None:
    """A bubble and its options as a voice message; None where it cannot be read: then it is written."""
    if house.speaks is None:
        return None
    try:
        return await asyncio.to_thread(house.speaks, screens.written(bubble, MOST), language)
    except Exception as error:  # noqa: BLE001  whatever it is, the words are there all the same
        log().warning("reading.failed", kind=type(error).__name__)
        return None


def speak(text: str, language: str) -> bytes:
    """A text as OGG with Opus. Raises OSError, subprocess.SubprocessError and av's errors."""
    said = subprocess.run(  # noqa: S603  the words go in by its input, not by its arguments
        [PROGRAM, "-v", _NAMES.get(language, language), "-s", WORDS_A_MINUTE, "--stdin", "--stdout"],
        input=text.encode(), capture_output=True, timeout=PATIENCE, check=True,
    )  # fmt: skip
    return _ogg(said.stdout)


def _ogg(wav: bytes) -> bytes:
    import av

    made = io.BytesIO()
    with av.open(io.BytesIO(wav)) as source, av.open(made, "w", format="ogg") as target:
        stream = target.add_stream("libopus", rate=_RATE, layout="mono")
        stream.bit_rate = 24_000
        resampler = av.AudioResampler("s16", "mono", _RATE, frame_size=_RATE // 50)
        for frame in (*source.decode(audio=0), None):
            for one in resampler.resample(frame):
                target.mux(stream.encode(one))
        target.mux(stream.encode(None))
    return made.getvalue()
