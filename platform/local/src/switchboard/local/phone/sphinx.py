"""The ears: pocketsphinx with the language model in its wheel (extra `phone` of this package).

It works in a process of its own: the library keeps Python's lock while it decodes, and the sound
of every call would stop meanwhile.
"""

import importlib
import importlib.util
import multiprocessing
import signal
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from typing import Any

from switchboard.local.phone.sound import doubled
from switchboard.local.phone.speech import SpeechError
from switchboard.local.phone.ticket_digits import GRAMMAR, NAME, fitting

RATE = 16_000
LIMIT_SECONDS = 60
WORDS = "_default"
"""How pocketsphinx calls the search that its configuration makes."""
GUESSES = 5
"""Few: every tenth wrong number has a fitting check digit."""
INSTALL = "hatch env remove default; the next hatch run installs it (extra `phone`)"


class SphinxEars:
    """One recogniser for all calls, one utterance at a time; close it when nobody listens."""

    def __init__(self) -> None:
        """Begin to load the model.

        Raises:
            SpeechError: pocketsphinx is not installed.
        """
        if importlib.util.find_spec("pocketsphinx") is None:
            raise SpeechError("pocketsphinx is not installed: the desk has no ears", INSTALL)
        context = multiprocessing.get_context("spawn")
        self._process = ProcessPoolExecutor(1, context, _load)
        self._process.submit(_hear, b"", number=False)

    def hear(self, pcm: bytes, *, number: bool) -> str:
        """Understand; where a number was asked for, its digits come first."""
        try:
            found: Future[str] = self._process.submit(_hear, pcm, number=number)
            return found.result(LIMIT_SECONDS)
        except (TimeoutError, BrokenProcessPool, RuntimeError) as error:
            raise SpeechError(f"the recogniser does not answer: {error}", INSTALL) from error

    def close(self) -> None:
        """End the process."""
        self._process.shutdown(cancel_futures=True)


class _Recogniser:
    """Lives in the other process."""

    decoder: Any = None


def _load() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for who began this process
    library: Any = importlib.import_module("pocketsphinx")
    _Recogniser.decoder = library.Decoder(library.Config(samprate=RATE, loglevel="FATAL"))
    _Recogniser.decoder.add_jsgf_string(NAME, GRAMMAR)


def _hear(pcm: bytes, *, number: bool) -> str:
    if not pcm:
        return ""
    sound = doubled(pcm)
    found = fitting(_guesses(sound)) if number else None
    return found or _heard(sound, WORDS)


def _guesses(sound: bytes) -> list[str]:
    best = _heard(sound, NAME)
    if not best:
        return []
    others = islice(_Recogniser.decoder.nbest() or (), GUESSES)
    return [best, *(item.hypstr for item in others if item and item.hypstr)]


def _heard(sound: bytes, search: str) -> str:
    decoder = _Recogniser.decoder
    decoder.activate_search(search)
    decoder.start_utt()
    decoder.process_raw(sound, full_utt=True)
    decoder.end_utt()
    found = decoder.hyp()
    return str(found.hypstr) if found else ""
