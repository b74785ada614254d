"""Offers, packets, sound and when somebody speaks: pure functions of what came."""

import random
from array import array

import pytest

from switchboard.local.phone import sdp, sound
from switchboard.local.phone.end_pointing import EndPointer, Limits, Pressed, Silent, Spoken
from switchboard.local.phone.rtp import Jitter, KeyPresses, Packet, RtpError, read_packet

QUIET = bytes(320)
OFFER = (
    b"v=0\r\nc=IN IP4 192.0.2.1\r\nm=audio 4000 RTP/AVP 8 0 96\r\n"
    b"a=rtpmap:96 telephone-event/8000\r\n"
)


def test_an_offer_with_pcmu_and_keys_is_answered_with_both():
    offer = sdp.read_offer(OFFER)

    answer = sdp.answer("127.0.0.1", 5000, offer)

    assert offer == sdp.Offer(4000, 96)
    assert "m=audio 5000 RTP/AVP 0 96\r\n" in answer
    assert "a=rtpmap:96 telephone-event/8000\r\n" in answer


def test_a_held_call_is_answered_in_the_mirror():
    offer = sdp.read_offer(OFFER + b"a=sendonly\r\n")

    assert "a=recvonly\r\n" in sdp.answer("127.0.0.1", 5000, offer)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "no audio"),
        (b"m=video 4000 RTP/AVP 0", "no audio"),
        (b"m=audio 0 RTP/AVP 0", "port 0"),
        (b"m=audio 70000 RTP/AVP 0", "port 70000"),
        (b"m=audio 4000 RTP/AVP 8 9", "no PCMU"),
        (b"m=audio 4000 RTP/SAVP 0", "no audio"),
        (b"\xff\xfe\x00", "no audio"),
    ],
)
def test_an_offer_that_cannot_be_answered_says_why(body, reason):
    with pytest.raises(sdp.SdpError, match=reason):
        sdp.read_offer(body)


def test_a_packet_survives_the_wire():
    packet = Packet(0, 65_535, 2**32 - 1, b"sound", marker=True, source=9)

    assert read_packet(packet.to_bytes()) == packet


def test_extension_and_padding_are_left_out():
    data = b"\xb0\x00\x00\x01" + bytes(8) + b"\xbe\xde\x00\x01" + b"xxxx" + b"sound" + b"\0\0\3"

    assert read_packet(data).payload == b"sound"


def test_random_datagrams_are_packets_or_refused():
    chance = random.Random(5)

    for _ in range(3_000):
        data = bytes([chance.choice([0x80, 0x9F, 0xBF, 0x00])]) + chance.randbytes(
            chance.randint(0, 40)
        )
        try:
            read_packet(data)
        except RtpError:
            continue


def test_frames_that_overtook_each_other_come_in_order_also_around_zero():
    jitter, came = Jitter(), []

    for sequence in (65_534, 0, 65_535, 1, 1, 3, 2):
        jitter.push(sequence, bytes([sequence & 0xFF]))
        came += jitter.due()
    came += jitter.due()

    assert came == [b"\xfe", b"\xff", b"\x00", b"\x01", b"\x02", b"\x03"]


def test_a_gap_becomes_silence_only_after_a_while():
    jitter = Jitter()

    assert [jitter.due() for _ in range(7)] == [[]] * 5 + [[None]] * 2


def test_a_repeated_key_counts_once_and_a_second_press_again():
    keys = KeyPresses()
    events = [
        Packet(101, number, stamp, b"\x05\x0a\0\0") for number, stamp in enumerate((8, 8, 8, 99))
    ]

    assert [keys.heard(event) for event in events] == ["5", "", "", "5"]
    assert keys.heard(Packet(101, 9, 100, b"\xff\x0a\0\0")) == ""
    assert keys.heard(Packet(101, 9, 101, b"\x05")) == ""


def test_every_code_of_g711_survives_decoding_and_encoding():
    codes = bytes(code for code in range(256) if code != 0x7F)

    again = sound.to_ulaw(sound.from_ulaw(codes))

    assert again == codes
    assert sound.from_ulaw(b"\x00\x80\xff") == array("h", [-32_124, 32_124, 0]).tobytes()


def test_halving_keeps_speech_and_drops_what_no_telephone_carries(sound_of):
    low, high = sound_of(500, 200), sound_of(500, 3_500)  # at twice the rate: 400 and 7,000 Hz

    assert sound.energy(sound.halved(low)) == pytest.approx(sound.energy(low), rel=0.05)
    assert sound.energy(sound.halved(high)) < 0.05 * sound.energy(high)
    assert len(sound.doubled(sound.halved(low))) == len(low)


@pytest.fixture
def loud(sound_of):
    return sound_of(20)


def frames(pointer, *pcm, waiting=True):
    return [found for frame in pcm if (found := pointer.frame(frame, waiting=waiting))]


def test_speech_ends_with_a_pause_and_keeps_its_beginning(loud):
    pointer = EndPointer(Limits())

    heard = frames(pointer, *[QUIET] * 50, *[loud] * 30, *[QUIET] * 40)

    assert [type(item) for item in heard] == [Spoken]
    assert len(heard[0].pcm) == 320 * (15 + 30 + 40)


def test_a_click_is_no_speech_and_does_not_stop_the_clock_of_silence(loud):
    pointer = EndPointer(Limits())

    heard = frames(pointer, *([loud] * 3 + [QUIET] * 60) * 4)

    assert [type(item) for item in heard] == [Silent]


def test_silence_counts_only_while_the_desk_waits():
    pointer = EndPointer(Limits())

    assert frames(pointer, *[QUIET] * 1_000, waiting=False) == []
    assert frames(pointer, *[QUIET] * 200) == [Silent()]


def test_who_never_stops_is_cut_off(loud):
    pointer = EndPointer(Limits(longest=2.0))

    assert [len(item.pcm) for item in frames(pointer, *[loud] * 100)] == [320 * 100]


def test_keys_win_over_what_is_said_meanwhile(loud):
    pointer = EndPointer(Limits())
    frames(pointer, *[loud] * 20)

    pointer.key("1")

    assert pointer.is_interrupting
    assert frames(pointer, *[loud] * 100) == [Pressed("1")]
