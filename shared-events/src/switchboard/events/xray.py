"""Posts to X-Ray's OTLP endpoint, signed by whoever this process is.

Needs botocore, which every Lambda and every agent has. The role needs `xray:PutSpans`. Not run on
AWS.
"""

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import NoCredentialsError
from botocore.httpsession import URLLib3Session
from botocore.session import Session

MOST_STATUS = 299


class NotTakenError(OSError):
    """X-Ray's answer is no success; says its status."""


class SignedPost:
    """One connection that is kept open, and the role's credentials, which renew themselves."""

    def __init__(self, region: str, seconds: int) -> None:
        """Sign for `region`; nothing is looked up before the first post."""
        self._region = region
        self._http = URLLib3Session(timeout=seconds, max_pool_connections=1)
        self._session = Session()

    def __call__(self, url: str, body: bytes) -> None:
        """Post.

        Raises:
            NotTakenError: X-Ray refuses; its body is not kept.
            NoCredentialsError: this process is nobody.
            HTTPClientError: of botocore: nobody answers in time.
        """
        credentials = self._session.get_credentials()
        if credentials is None:
            raise NoCredentialsError
        request = AWSRequest("POST", url, {"Content-Type": "application/json"}, body)
        SigV4Auth(credentials.get_frozen_credentials(), "xray", self._region).add_auth(request)
        answer = self._http.send(request.prepare())
        if answer.status_code > MOST_STATUS:
            raise NotTakenError(f"X-Ray answered {answer.status_code}")
