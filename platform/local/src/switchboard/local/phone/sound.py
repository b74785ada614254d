"""Sound as numbers: G.711 u-law (ITU-T G.711), energy, and the rates 8,000 and 16,000 Hz.

Samples are signed 16 bit in the machine's order, in bytes. The standard library's audioop did
this until Python 3.13.
"""

import math
from array import array

RATE = 8_000
FRAME_SAMPLES = 160
FRAME_SECONDS = FRAME_SAMPLES / RATE
_BIAS, _CLIP, _TOP = 0x84, 32_635, 7


def _decoded(code: int) -> int:
    code = ~code & 0xFF
    sample = (((code & 0x0F) << 3) + _BIAS) << ((code & 0x70) >> 4)
    return _BIAS - sample if code & 0x80 else sample - _BIAS


def _encoded(sample: int) -> int:
    sign, size = (0x80, -sample) if sample < 0 else (0, sample)
    size = min(size, _CLIP) + _BIAS
    exponent = min(size.bit_length() - 8, _TOP)
    return ~(sign | exponent << 4 | (size >> (exponent + 3)) & 0x0F) & 0xFF


_DECODE = array("h", (_decoded(code) for code in range(256)))
_ENCODE = bytes(_encoded((value << 2) - 32_768) for value in range(16_384))
SILENT_BYTE = bytes([_encoded(0)])


def from_ulaw(data: bytes) -> bytes:
    """Decode."""
    return array("h", [_DECODE[code] for code in data]).tobytes()


def to_ulaw(pcm: bytes) -> bytes:
    """Encode; the two lowest bits are below what G.711 keeps."""
    return bytes(_ENCODE[(sample + 32_768) >> 2] for sample in array("h", pcm))


def energy(pcm: bytes) -> float:
    """The root of the mean square."""
    samples = array("h", pcm)
    return math.sqrt(sum(item * item for item in samples) / len(samples)) if samples else 0.0


def halved(pcm: bytes) -> bytes:
    """16,000 Hz to 8,000 Hz, without what a telephone line does not carry."""
    padded = [0] * _REACH + array("h", pcm).tolist() + [0] * _REACH
    centre = range(_REACH, len(padded) - _REACH, 2)
    taps = _TAPS
    out = (
        padded[at] * 0.5 + sum(tap * (padded[at - k] + padded[at + k]) for k, tap in taps)
        for at in centre
    )
    return array("h", [max(-32_768, min(32_767, round(value))) for value in out]).tobytes()


def doubled(pcm: bytes) -> bytes:
    """8,000 Hz to 16,000 Hz: between two samples their mean."""
    samples = array("h", pcm)
    out = array("h", bytes(4 * len(samples)))
    out[0::2] = samples
    out[1::2] = array("h", ((a + b) >> 1 for a, b in zip(samples, [*samples[1:], 0], strict=True)))
    return out.tobytes()


def _half_band(reach: int) -> list[tuple[int, float]]:
    """Taps of a low pass at a quarter of the rate (windowed sinc, Hamming); even ones are zero."""
    window = [0.54 + 0.46 * math.cos(math.pi * k / (reach + 1)) for k in range(reach + 1)]
    return [(k, math.sin(math.pi * k / 2) / (math.pi * k) * window[k]) for k in range(1, reach, 2)]


_REACH = 16
_TAPS = _half_band(_REACH)
