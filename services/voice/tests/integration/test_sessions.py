"""The same questions to sessions in memory and to Connect's, over HTTP."""

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ReadTimeoutError

from switchboard.voice.adapters.connect import QConnectSessions
from switchboard.voice.adapters.memory import MemorySessions
from switchboard.voice.adapters.patience import at_once
from switchboard.voice.domain.ports import NoSessionError, Sessions, UnavailableError

INSTANCE = "aaaaaaaa-0000-4000-8000-000000000001"
IDS = "bbbbbbbb-0000-4000-8000-000000000002/cccccccc-0000-4000-8000-000000000003"
SESSION = f"arn:aws:wisdom:us-east-1:111122223333:session/{IDS}"
GONE = SESSION[:-1] + "9"


@pytest.fixture
def real(aws: boto3.Session, double: Any) -> QConnectSessions:
    double.session_of = {"c": SESSION, "early": ""}
    double.sessions = {IDS}
    once = Config(retries={"total_max_attempts": 1})
    return QConnectSessions(
        aws.client("connect", endpoint_url=double.url, config=once),
        aws.client("qconnect", endpoint_url=double.url, config=once),
        INSTANCE,
        at_once,
    )


@pytest.fixture(params=["memory", "connect"])
def sessions(request: pytest.FixtureRequest) -> Sessions:
    if request.param == "memory":
        return MemorySessions({"c": SESSION})
    found: Sessions = request.getfixturevalue("real")
    return found


@pytest.fixture
def data(sessions: Sessions, request: pytest.FixtureRequest) -> Callable[[], dict[str, str]]:
    if isinstance(sessions, MemorySessions):
        return lambda: sessions.data[SESSION]
    double = request.getfixturevalue("double")
    return lambda: double.data[IDS]


def test_the_session_of_a_contact_takes_values_and_newer_ones(
    sessions: Sessions, data: Callable[[], dict[str, str]]
) -> None:
    sessions.push(sessions.of_contact("c"), {"callerId": "a", "greeting": "Hello."})
    sessions.push(SESSION, {"callerId": "b"})

    assert data() == {"callerId": "b", "greeting": "Hello."}


def test_a_contact_nobody_knows_has_no_session(sessions: Sessions) -> None:
    with pytest.raises(NoSessionError):
        sessions.of_contact("nobody")


@pytest.mark.parametrize("arn", [GONE, "not an arn"])
def test_a_session_that_is_not_there_is_named_so(sessions: Sessions, arn: str) -> None:
    with pytest.raises(NoSessionError):
        sessions.push(arn, {"callerId": "a"})


def test_a_contact_before_its_session_has_none(real: QConnectSessions) -> None:
    with pytest.raises(NoSessionError):
        real.of_contact("early")


def test_values_go_into_the_namespace_that_prompts_read_and_fit_its_limits(
    real: QConnectSessions, double: Any
) -> None:
    real.push(SESSION, {"openTickets": "x" * 9_000, "empty": ""})

    assert double.namespaces == {"Custom"}
    assert len(double.data[IDS]["openTickets"]) == 4_096
    assert double.data[IDS]["empty"] == "none"


@pytest.mark.parametrize("trouble", [(429, "ThrottlingException"), (403, "AccessDeniedException")])
def test_a_connect_that_refuses_for_now_is_unavailable(
    real: QConnectSessions, double: Any, trouble: tuple[int, str]
) -> None:
    double.troubles = [trouble] * 2

    with pytest.raises(UnavailableError, match=trouble[1]):
        real.push(SESSION, {"callerId": "a"})
    with pytest.raises(UnavailableError, match=trouble[1]):
        real.of_contact("c")


def test_a_connect_that_is_silent_is_unavailable(aws: boto3.Session, double: Any) -> None:
    def silent(_: Callable[[], Any]) -> Any:
        raise ReadTimeoutError(endpoint_url=double.url)

    client = aws.client("qconnect", endpoint_url=double.url)
    sessions = QConnectSessions(aws.client("connect"), client, INSTANCE, silent)

    with pytest.raises(UnavailableError, match="ReadTimeoutError"):
        sessions.push(SESSION, {"callerId": "a"})
