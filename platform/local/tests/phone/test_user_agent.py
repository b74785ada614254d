"""SIP dialogs, with datagrams and the time given by hand."""

from itertools import count

import pytest

from switchboard.local.phone.sdp import Offer
from switchboard.local.phone.user_agent import MAX_CALLS, Left, Moved, Rings, UserAgent

PEER = ("127.0.0.1", 5080)
SDP = "m=audio 4000 RTP/AVP 0\r\n"


class Peer:
    """The other side: sends by hand, reads the outbox."""

    def __init__(self) -> None:
        ids = count(1)
        self.agent = UserAgent("127.0.0.1", 5070, lambda: f"id{next(ids)}")

    def send(self, method, cseq=1, call="c", *, body="", to="", extra=""):
        text = (
            f"{method} sip:desk@127.0.0.1 SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP x:1;rport;branch=z9hG4bK{cseq}\r\n"
            f"From: <sip:anonymous@h>;tag=t\r\nTo: <sip:desk@h>{to}\r\nCall-ID: {call}\r\n"
            f"CSeq: {cseq} {method}\r\nContact: <sip:me@h:5080>\r\n{extra}\r\n{body}"
        )
        return self.agent.received(text.encode(), PEER, 0.0)

    def sent(self):
        found, self.agent.outbox = self.agent.outbox, []
        return [data.decode() for data, _to in found]

    def statuses(self):
        return [message.split(" ", 2)[1] for message in self.sent()]

    def up(self, call="c"):
        (rings,) = self.send("INVITE", call=call, body=SDP)
        self.agent.answer(rings.key, 6000, 0.0)
        tag = self.sent()[-1].partition("To: <sip:desk@h>")[2].partition("\r\n")[0]
        self.send("ACK", call=call, to=tag)
        return rings.key, tag


@pytest.fixture
def peer():
    return Peer()


def test_an_invite_rings_and_is_answered_where_it_came_from(peer):
    (event,) = peer.send("INVITE", body=SDP)

    assert event == Rings(("c", "t"), "anonymous", PEER, Offer(4000, None))
    ringing = peer.sent()[0]
    assert ringing.startswith("SIP/2.0 180 Ringing")
    assert "Via: SIP/2.0/UDP x:1;rport=5080;branch=z9hG4bK1;received=127.0.0.1" in ringing
    assert ";tag=id1" in ringing


def test_an_answer_is_repeated_until_it_is_confirmed(peer):
    (rings,) = peer.send("INVITE", body=SDP)
    peer.agent.answer(rings.key, 6000, 0.0)
    peer.sent()

    repeated = [len(peer.sent()) for now in (0.4, 0.5, 1.0, 1.5) if peer.agent.tick(now) == []]

    assert repeated == [0, 1, 0, 1]


def test_a_caller_who_never_confirms_has_left(peer):
    (rings,) = peer.send("INVITE", body=SDP)
    peer.agent.answer(rings.key, 6000, 0.0)

    assert peer.agent.tick(33.0) == [Left(rings.key)]


def test_a_confirmed_answer_is_not_repeated(peer):
    peer.up()

    assert peer.agent.tick(40.0) == []
    assert peer.sent() == []


def test_the_same_invite_again_rings_once_and_gets_the_same_answer(peer):
    peer.send("INVITE", body=SDP)
    first = peer.sent()

    assert peer.send("INVITE", body=SDP) == []
    assert peer.sent() == first


def test_a_call_can_be_cancelled_while_it_rings(peer):
    (rings,) = peer.send("INVITE", body=SDP)
    peer.sent()

    assert peer.send("CANCEL") == [Left(rings.key)]
    assert peer.statuses() == ["200", "487"]
    assert peer.agent.answer(rings.key, 6000, 1.0) is False


def test_cancelling_too_late_changes_nothing(peer):
    peer.up()

    assert peer.send("CANCEL") == []
    assert peer.statuses() == ["200"]


def test_the_caller_hangs_up_once(peer):
    key, tag = peer.up()

    assert peer.send("BYE", 2, to=tag) == [Left(key)]
    assert peer.send("BYE", 2, to=tag) == []
    assert peer.statuses() == ["200", "200"]


def test_a_bye_of_a_stranger_ends_nothing(peer):
    peer.up()

    assert peer.send("BYE", 2, to=";tag=guessed") == []
    assert peer.send("BYE", 2, call="other", to=";tag=x") == []
    assert peer.statuses() == ["481", "481"]


def test_our_bye_follows_the_route_and_is_repeated_until_answered(peer):
    (rings,) = peer.send("INVITE", body=SDP, extra="Record-Route: <sip:p;lr>\r\n")
    peer.agent.answer(rings.key, 6000, 0.0)
    peer.sent()

    peer.agent.hang_up(rings.key, 0.0)
    peer.agent.tick(0.6)
    first, again = peer.sent()
    answer = first.replace("BYE sip:me@h:5080 SIP/2.0", "SIP/2.0 200 OK", 1)
    peer.agent.received(answer.encode(), PEER, 0.7)

    assert first == again
    assert "Route: <sip:p;lr>\r\n" in first
    assert "To: <sip:anonymous@h>;tag=t\r\n" in first
    assert peer.agent.is_idle


def test_a_second_invite_moves_the_sound(peer):
    key, tag = peer.up()

    events = peer.send("INVITE", 2, to=tag, body="m=audio 4002 RTP/AVP 0\r\na=sendonly\r\n")

    assert events == [Moved(key, PEER, Offer(4002, None, "sendonly"))]
    assert "a=recvonly" in peer.sent()[-1]


@pytest.mark.parametrize(
    ("method", "given", "status"),
    [
        ("OPTIONS", {}, "200"),
        ("REGISTER", {}, "405"),
        ("INVITE", {"body": "m=audio 4000 RTP/AVP 9"}, "488"),
        ("INVITE", {"body": SDP, "extra": "Require: 100rel\r\n"}, "420"),
        ("INVITE", {"body": SDP, "to": ";tag=unknown"}, "481"),
        ("CANCEL", {}, "481"),
    ],
)
def test_what_is_not_done_has_its_own_answer(peer, method, given, status):
    assert peer.send(method, **given) == []
    assert peer.statuses() == [status]


def test_a_stray_ack_and_a_stray_answer_get_no_answer(peer):
    assert peer.send("ACK") == []
    assert peer.agent.received(b"SIP/2.0 200 OK\r\nCall-ID: x\r\n\r\n", PEER, 0.0) == []
    assert peer.agent.received(b"SIP/2.0 abc\r\n\r\n", PEER, 0.0) == []
    assert peer.sent() == []


def test_one_caller_too_many_is_told_that_it_is_busy(peer):
    for number in range(MAX_CALLS):
        peer.send("INVITE", call=f"c{number}", body=SDP)
    peer.sent()

    peer.send("INVITE", call="one more", body=SDP)

    assert peer.statuses() == ["486"]


def test_a_call_that_is_over_is_forgotten_in_the_end(peer):
    _key, tag = peer.up()
    peer.send("BYE", 2, to=tag)
    peer.sent()

    peer.agent.tick(40.0)
    peer.send("BYE", 3, to=tag)

    assert peer.statuses() == ["481"]
