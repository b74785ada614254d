"""What of a model's text a caller hears: only what stands inside `<message>` tags.

Source: AWS "How to use orchestrator AI agents", message parsing. Tags may be cut anywhere by the
stream; what stands inside `<thinking>` is not spoken wherever that is.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

OPEN, CLOSE = "<message>", "</message>"
THINK, THOUGHT = "<thinking>", "</thinking>"


@dataclass(frozen=True)
class Heard:
    """A piece of a message; `whole` is the complete message once it ends."""

    words: str = ""
    whole: str | None = None


@dataclass
class Speech:
    """Feed it text as it comes; it yields what the caller hears."""

    _text: str = ""
    _inside: bool = False
    _thinking: bool = False
    _message: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    """Every complete message so far."""

    def feed(self, text: str) -> Iterator[Heard]:
        """Take a piece of the model's text."""
        self._text += text
        while self._text:
            tag, ended = self._next_tag()
            at = self._text.find(tag)
            for other in ended:
                place = self._text.find(other)
                if place >= 0 and (at < 0 or place < at):
                    tag, at = other, place
            if at < 0:
                yield from self._take(_without_beginning_of(self._text, (tag, *ended)))
                return
            yield from self._take(at)
            self._text = self._text[len(tag) :]
            yield from self._turn(tag)

    def end(self) -> Iterator[Heard]:
        """The model has ended: a message that was never closed ends here."""
        yield from self._take(len(self._text))
        if self._inside:
            yield from self._turn(CLOSE)

    def _next_tag(self) -> tuple[str, tuple[str, ...]]:
        if self._thinking:
            return THOUGHT, (CLOSE,) if self._inside else ()
        return (CLOSE if self._inside else OPEN), (THINK,)

    def _take(self, length: int) -> Iterator[Heard]:
        words, self._text = self._text[:length], self._text[length:]
        if not self._inside or self._thinking:
            return
        if not self._message:
            words = words.lstrip()
        if words:
            self._message.append(words)
            yield Heard(words)

    def _turn(self, tag: str) -> Iterator[Heard]:
        self._thinking = tag == THINK
        if tag == OPEN:
            self._inside = True
        elif tag == CLOSE:
            whole = " ".join("".join(self._message).split())
            self._inside, self._message = False, []
            if whole:
                self.messages.append(whole)
                yield Heard(whole=whole)


def _without_beginning_of(text: str, tags: tuple[str, ...]) -> int:
    """How much of `text` can be taken: its end may be the beginning of a tag."""
    for length in range(min(len(text), max(map(len, tags)) - 1), 0, -1):
        if any(tag.startswith(text[-length:]) for tag in tags):
            return len(text) - length
    return len(text)
