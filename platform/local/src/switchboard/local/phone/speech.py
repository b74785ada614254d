"""The ports for speech, and a voice and ears in memory for tests."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


class SpeechError(RuntimeError):
    """Speech cannot be made or understood; `remedy` says what to do."""

    def __init__(self, message: str, remedy: str) -> None:
        """Both are shown to the person."""
        super().__init__(message)
        self.remedy = remedy


class Voice(Protocol):
    """Speaks."""

    def say(self, text: str) -> bytes:
        """The text as sound: 8,000 Hz, 16 bit, mono.

        Raises:
            SpeechError: there is no voice.
        """
        ...


class Ears(Protocol):
    """Understands."""

    def hear(self, pcm: bytes, *, number: bool) -> str:
        """The words in 8,000 Hz sound, or an empty text.

        Args:
            pcm: what the caller said.
            number: whether the desk has just asked for a ticket number.

        Raises:
            SpeechError: nothing can be understood at all.
        """
        ...


@dataclass(frozen=True)
class Speech:
    """What a telephone line needs besides a desk."""

    voice: Voice
    ears: Ears


class MemoryVoice:
    """A tone for each text: as long as the text, and a note of it in `said`."""

    def __init__(self, tone: Callable[[int], bytes]) -> None:
        """`tone` makes sound of a number of milliseconds."""
        self._tone = tone
        self.said: list[str] = []

    def say(self, text: str) -> bytes:
        """Four milliseconds a letter."""
        self.said.append(text)
        return self._tone(4 * len(text))


class MemoryEars:
    """Understands what it was told it would; keeps the lengths of what it heard."""

    def __init__(self, *words: str) -> None:
        """The utterances, in order."""
        self._words = list(words)
        self.heard: list[tuple[int, bool]] = []

    def hear(self, pcm: bytes, *, number: bool) -> str:
        """The next one; nothing when there is none left."""
        self.heard.append((len(pcm), number))
        return self._words.pop(0) if self._words else ""
