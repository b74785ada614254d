"""SIP messages: what is understood, and that nothing else does harm."""

import random

import pytest

from switchboard.local.phone import sip

INVITE = (
    "INVITE sip:desk@127.0.0.1 SIP/2.0\r\n"
    "v: SIP/2.0/UDP 127.0.0.1:5080;branch=z9hG4bK1\r\n"
    'f: "Me" <sip:+15555550100@127.0.0.1>;tag=abc\r\n'
    "t: <sip:desk@127.0.0.1>\r\n"
    "i: one@here\r\n"
    "CSeq: 7 INVITE\r\n"
    "Subject: a long\r\n  line\r\n"
    "l: 4\r\n\r\nv=0\nrest"
)


def test_short_names_folded_lines_and_lengths_are_understood():
    asked = sip.parse(INVITE.encode())

    assert isinstance(asked, sip.Request)
    assert (asked.method, asked.call_id, asked.cseq, asked.from_tag) == (
        "INVITE",
        "one@here",
        7,
        "abc",
    )
    assert asked.caller == "+15555550100"
    assert asked.first("subject") == "a long line"
    assert asked.body == b"v=0\n"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("i: one@here\r\n", "", "no call-id header"),
        ("f: ", "x: ", "no from header"),
        (";tag=abc", "", "From has no tag"),
        ("7 INVITE", "seven INVITE", "CSeq is not a number and the method"),
        ("7 INVITE", "7 BYE", "CSeq is not a number and the method"),
        ("7 INVITE", "99999999999 INVITE", "CSeq is not a number and the method"),
        ("l: 4", "l: 400", "Content-Length does not fit the body"),
        ("l: 4", "l: -4", "Content-Length does not fit the body"),
        ("INVITE sip:", "invite sip:", "the first line is not 'METHOD uri SIP/2.0'"),
        ("sip:desk@127.0.0.1 SIP", "http://x SIP", "the address is no sip: URI"),
        ("SIP/2.0\r\nv", "SIP/3.0\r\nv", "the first line is not 'METHOD uri SIP/2.0'"),
        ("i: one@here", "no colon", "header 4 has no name"),
        ("\r\n\r\nv=0\nrest", "\r\n", "no empty line after the headers"),
        ("i: ", "a: b\r\n" * 101 + "i: ", "more than 100 headers"),
        ("Subject: a", "Subject: a" + "x" * 17_000, "more than 16384 bytes"),
    ],
)
def test_a_broken_request_says_what_is_wrong(old, new, reason):
    broken = INVITE.replace(old, new, 1).encode()

    with pytest.raises(sip.SipFormatError) as caught:
        sip.parse(broken)

    assert str(caught.value) == reason


def test_no_mutilated_message_does_more_than_be_refused():
    chance = random.Random(3)

    for _ in range(3_000):
        data = bytearray(INVITE.encode())
        for _ in range(chance.randint(1, 20)):
            at = chance.randrange(len(data))
            data[at : at + chance.randint(0, 5)] = chance.randbytes(chance.randint(0, 5))
        try:
            sip.parse(bytes(data))
        except sip.SipFormatError as error:
            answer = sip.respond(error.headers, 400, detail=str(error))
            assert answer.startswith(b"SIP/2.0 400 Bad Request: ")


def test_an_answer_cannot_be_given_lines_by_a_caller():
    asked = sip.parse(INVITE.replace("t: <", "t: \rVia: evil\n<").encode())

    answer = sip.respond(asked.headers, 400, detail="x\r\nVia: evil").decode()

    assert not any(line.startswith("Via: evil") for line in answer.splitlines())


@pytest.mark.parametrize(
    ("value", "uri"),
    [
        ('"A" <sip:a@h:1;transport=udp>;q=1', "sip:a@h:1;transport=udp"),
        ("sip:a@h;tag=1", "sip:a@h"),
        ("nothing", ""),
    ],
)
def test_the_address_of_a_contact(value, uri):
    assert sip.uri_of(value) == uri
