"""The voice: flite (Debian package `flite`), which the recogniser understands best in voice rms."""

import re
import shutil
import subprocess
import tempfile
import wave
from pathlib import Path

from switchboard.local.phone.sound import RATE, halved
from switchboard.local.phone.speech import SpeechError

VOICE = "rms"
LIMIT_SECONDS = 30
MAX_LETTERS = 2_000
INSTALL = "apt-get install flite"
_TICKET = re.compile(r"\bINC(\d{7})\b")


class FliteVoice:
    """Speaks by a process of its own for each text."""

    def __init__(self, program: str = "flite") -> None:
        """Find the program.

        Raises:
            SpeechError: it is not installed.
        """
        found = shutil.which(program)
        if found is None:
            raise SpeechError(f"{program} is not installed: the desk has no voice", INSTALL)
        self._program = found

    def say(self, text: str) -> bytes:
        """Speak."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "said.wav"
            words = spoken(text)[:MAX_LETTERS]
            command = [self._program, "-voice", VOICE, "-t", words, "-o", str(path)]
            try:
                subprocess.run(command, check=True, capture_output=True, timeout=LIMIT_SECONDS)  # noqa: S603 (our program, no shell)
                return _read(path)
            except (OSError, subprocess.SubprocessError, wave.Error, EOFError) as error:
                raise SpeechError(f"flite cannot speak: {error}", INSTALL) from error


def spoken(text: str) -> str:
    """As it is to be read out: ticket numbers letter by letter, digit by digit."""
    return _TICKET.sub(lambda found: " ".join(f"INC{found.group(1)}"), text).replace("\x00", " ")


def _read(path: Path) -> bytes:
    with wave.open(str(path)) as sound:
        pcm, rate = sound.readframes(sound.getnframes()), sound.getframerate()
    return pcm if rate == RATE else halved(pcm)
