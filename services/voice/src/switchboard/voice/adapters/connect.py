"""The session of Connect's AI agent: found by the contact, filled with `UpdateSessionData`.

API references of Amazon Connect (DescribeContact, `Contact.WisdomInfo.SessionArn`) and Amazon Q in
Connect (UpdateSessionData, namespace Custom; a value has 1 to 4,096 characters). Not run on AWS.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from switchboard.voice.adapters.patience import Attempt
from switchboard.voice.domain.ports import NoSessionError, UnavailableError

if TYPE_CHECKING:  # the stubs never ship in a Lambda
    from mypy_boto3_connect.client import ConnectClient
    from mypy_boto3_qconnect.client import QConnectClient

SESSION_ARN = re.compile(
    r"arn:[a-z-]+:wisdom:[a-z0-9-]*:\d{12}:session/(?P<assistant>[a-f0-9-]{36})/(?P<session>[a-f0-9-]{36})"
)
GONE = frozenset({"ResourceNotFoundException", "InvalidRequestException", "ValidationException"})
MOST_CHARACTERS = 4_096


class QConnectSessions:
    """Sessions on Amazon Q in Connect."""

    def __init__(
        self,
        connect: "ConnectClient",
        qconnect: "QConnectClient",
        instance_id: str,
        attempt: Attempt[Any],
    ) -> None:
        """`attempt` makes each call, again if need be."""
        self._connect = connect
        self._qconnect = qconnect
        self._instance_id = instance_id
        self._attempt = attempt

    def of_contact(self, contact_id: str) -> str:
        """DescribeContact, when the flow did not hand the session over."""
        with _translated("Connect"):
            answer: Any = self._attempt(
                lambda: self._connect.describe_contact(
                    InstanceId=self._instance_id, ContactId=contact_id
                )
            )
        session: str | None = answer["Contact"].get("WisdomInfo", {}).get("SessionArn")
        if not session:
            raise NoSessionError("the contact has no session")
        return session

    def push(self, session_arn: str, data: Mapping[str, str]) -> None:
        """Set values again and they are the same: safe to repeat."""
        found = SESSION_ARN.fullmatch(session_arn)
        if found is None:
            raise NoSessionError("this is not the ARN of a session")
        values: Any = [
            {"key": key, "value": {"stringValue": text[:MOST_CHARACTERS] or "none"}}
            for key, text in data.items()
        ]
        with _translated("Q in Connect"):
            self._attempt(
                lambda: self._qconnect.update_session_data(
                    assistantId=found["assistant"],
                    sessionId=found["session"],
                    namespace="Custom",
                    data=values,
                )
            )


@contextmanager
def _translated(service: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        code = error.response["Error"]["Code"]
        kind = NoSessionError if code in GONE else UnavailableError
        raise kind(f"{service} answered {code}") from error
    except BotoCoreError as error:
        raise UnavailableError(f"{service}: {type(error).__name__}") from error
