"""Whole calls over real UDP: a softphone of our own rings, with speech in memory."""

from switchboard.local.connect.client import CallRefusedError


def test_a_caller_talks_with_the_desk_until_it_hangs_up(exchange):
    phone = exchange.phone()

    phone.dial()
    assert phone.hears_a_voice()
    phone.milliseconds_heard_until_quiet()
    phone.speak()
    bye = phone.expect("BYE sip:me@")

    assert exchange.asked() == {"from": "+15555550100"}
    assert exchange.asked() == {"say": "my laptop is broken"}
    assert exchange.voice.said == ["Hello.", "Goodbye."]
    assert "CSeq: 1 BYE" in bye
    shown = exchange.shown_until("report")
    assert [line["text"] for line in shown if line["type"] == "caller"] == ["my laptop is broken"]


def test_the_caller_hangs_up_and_the_desk_hears_it(exchange):
    phone = exchange.phone()

    phone.dial()
    phone.send("BYE")

    assert phone.expect("SIP/2.0 200")
    assert exchange.asked() == {"from": "+15555550100"}
    assert exchange.asked() == {"hang_up": True}


def test_keys_arrive_once_each_and_the_hash_sends_them_at_once(exchange):
    phone = exchange.phone()

    phone.dial()
    phone.press("0013#")

    exchange.asked()
    assert exchange.asked() == {"keys": "0013#"}


def test_keys_without_a_hash_are_sent_after_a_pause(exchange):
    phone = exchange.phone()

    phone.dial()
    phone.press("2")

    exchange.asked()
    assert exchange.asked() == {"keys": "2"}


def test_who_says_nothing_is_silent_after_the_limit(exchange):
    phone = exchange.phone()

    phone.dial()

    exchange.asked()
    assert exchange.asked() == {"silence": True}


def test_a_caller_who_speaks_stops_the_desk(exchange, desk_says, desk_waits):
    greeting = [desk_says("long " * 500), desk_says("more"), desk_waits()]
    exchange.desk.turns = [greeting, [desk_waits()]]
    phone = exchange.phone()

    phone.dial()
    assert phone.hears_a_voice()
    phone.speak()

    exchange.asked()
    assert exchange.asked() == {"say": "my laptop is broken"}
    assert phone.milliseconds_heard_until_quiet() < 5_000


def test_a_key_stops_the_desk(exchange, desk_says, desk_waits):
    exchange.desk.turns = [[desk_says("long " * 500), desk_waits("keys")]]
    phone = exchange.phone()

    phone.dial()
    assert phone.hears_a_voice()
    phone.press("1")

    exchange.asked()
    assert exchange.asked() == {"keys": "1"}


def test_the_ears_know_when_a_ticket_number_was_asked_for(exchange, desk_says, desk_waits):
    exchange.desk.turns = [[desk_says("What is your ticket number?"), desk_waits()]]
    phone = exchange.phone()

    phone.dial()
    phone.speak()
    phone.expect("BYE")

    assert [number for _length, number in exchange.ears.heard] == [True]


def test_several_calls_go_on_at_once(exchange, desk_says, desk_waits):
    exchange.desk.turns = [[desk_says("Hello."), desk_waits()] for _ in range(3)]
    phones = [exchange.phone() for _ in range(3)]

    for phone in phones:
        phone.dial()
    for phone in phones:
        phone.send("BYE")

    assert all(phone.expect("SIP/2.0 200") for phone in phones)
    asked = [exchange.asked() for _ in range(6)]
    assert asked.count({"hang_up": True}) == 3


def test_a_softphone_without_a_number_rings_as_the_caller_that_was_given(exchange):
    phone = exchange.phone(user="alice")

    phone.dial()

    assert exchange.asked() == {"from": "caller-two"}


def test_a_desk_that_takes_no_calls_does_not_pick_up(exchange):
    exchange.desk.refusal = CallRefusedError("NOT_DEPLOYED", "no flow", "hatch run up")
    phone = exchange.phone()

    phone.ring()

    assert phone.expect("SIP/2.0 503").startswith("SIP/2.0 503 Service Unavailable: NOT_DEPLOYED")
    assert "hatch run up" in exchange.shown_until("unheard")[-1]["message"]


def test_a_hostile_datagram_gets_a_clear_answer_and_calls_go_on(exchange):
    phone = exchange.phone()

    phone.raw("INVITE sip:desk@127.0.0.1 SIP/2.0\r\nVia: x\r\nCSeq: one\r\n\r\n")
    refused = phone.receive()
    for garbage in ("\r\n\r\n", "\x00\xff", "GET / HTTP/1.1\r\n\r\n", "INVITE" * 1_000):
        phone.raw(garbage)
    phone.dial()

    assert refused.startswith("SIP/2.0 400 Bad Request: no from header")


def test_hostile_sound_does_not_end_a_call(exchange):
    phone = exchange.phone()

    phone.dial()
    for garbage in (b"", b"\x80", b"\xff" * 12, b"\x9f" + b"\x00" * 20, b"\x80\x65" + b"\xff" * 30):
        phone.rtp.sendto(garbage, phone.media)
    phone.speak()

    exchange.asked()
    assert exchange.asked() == {"say": "my laptop is broken"}


def test_leaving_the_door_hangs_up_for_everybody(exchange):
    phone = exchange.phone()
    phone.dial()

    exchange.door.__exit__(None, None, None)

    assert phone.expect("BYE")
    exchange.asked()
    assert exchange.asked() == {"hang_up": True}
