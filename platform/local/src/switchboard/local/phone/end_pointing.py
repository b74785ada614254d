"""When a caller begins and ends to speak, by energy; keys count too. No clock: it counts frames."""

from collections import deque
from dataclasses import dataclass, field

from switchboard.local.phone.sound import FRAME_SECONDS, energy


@dataclass(frozen=True)
class Limits:
    """In seconds, near those that the deployed bot listens with (voice, flows/listening.py)."""

    to_start: float = 4.0
    """So long nothing: the caller is silent."""
    to_end: float = 0.8
    longest: float = 15.0
    between_keys: float = 2.0
    to_interrupt: float = 0.2
    """So much loud sound is speech, and no click; it stops the desk."""
    loud: float = 350.0
    before: float = 0.3
    """Kept from before the first loud frame, so that soft consonants are not lost."""


@dataclass(frozen=True)
class Spoken:
    """The caller said something; 8,000 Hz."""

    pcm: bytes


@dataclass(frozen=True)
class Pressed:
    """The caller pressed keys."""

    keys: str


@dataclass(frozen=True)
class Silent:
    """The caller did nothing in time."""


Heard = Spoken | Pressed | Silent


@dataclass
class EndPointer:
    """Takes frames of 20 ms and keys; says when there is something for the desk."""

    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Begin a new turn of the caller."""
        self._before: deque[bytes] = deque(maxlen=self._frames(self.limits.before))
        self._speech: list[bytes] = []
        self._keys = ""
        self._quiet = self._loud = self._waited = 0

    @property
    def is_interrupting(self) -> bool:
        """Whether the caller is doing something, so that the desk should be quiet."""
        return bool(self._keys) or self._speaks

    def key(self, key: str) -> Heard | None:
        """A key was pressed; what was said before it no longer counts."""
        if not self._keys:
            self.reset()
        self._keys += key
        self._quiet = 0
        return self._pressed() if key == "#" else None

    def frame(self, pcm: bytes, *, waiting: bool) -> Heard | None:
        """20 ms passed.

        Args:
            pcm: what was heard in them.
            waiting: whether the desk has finished speaking; only then silence counts.
        """
        is_loud = energy(pcm) > self.limits.loud
        self._waited = self._waited + 1 if waiting else 0
        if self._keys:
            self._quiet += 1
            return self._pressed() if self._past(self.limits.between_keys) else None
        if not self._speech and not is_loud:
            self._before.append(pcm)
            return self._silent() if self._waited >= self._frames(self.limits.to_start) else None
        return self._speaking(pcm, is_loud=is_loud)

    def _speaking(self, pcm: bytes, *, is_loud: bool) -> Heard | None:
        if not self._speech:
            self._speech = list(self._before)
        self._speech.append(pcm)
        self._loud += is_loud
        self._quiet = 0 if is_loud else self._quiet + 1
        is_long = len(self._speech) >= self._frames(self.limits.longest)
        if not is_long and not self._past(self.limits.to_end):
            return None
        said, was_click, waited = b"".join(self._speech), not self._speaks, self._waited
        self.reset()
        if not was_click:
            return Spoken(said)
        self._waited = waited  # clicks do not make a silent caller wait for ever
        return None

    @property
    def _speaks(self) -> bool:
        return self._loud >= self._frames(self.limits.to_interrupt)

    def _pressed(self) -> Heard:
        keys = self._keys
        self.reset()
        return Pressed(keys)

    def _silent(self) -> Heard:
        self.reset()
        return Silent()

    def _past(self, seconds: float) -> bool:
        return self._quiet >= self._frames(seconds)

    @staticmethod
    def _frames(seconds: float) -> int:
        return round(seconds / FRAME_SECONDS)
