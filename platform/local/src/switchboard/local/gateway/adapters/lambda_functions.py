"""Functions on Lambda's API (Invoke, 2015-03-31), over plain HTTP.

The SDK's client takes more time for a call than the engine does, and each tool call makes two.
"""

import base64
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import httpx
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from switchboard.local.gateway.functions import FunctionFailedError


class LambdaFunctions:
    """Invokes functions synchronously; the connections are shared by threads."""

    def __init__(self, http: httpx.Client, endpoint: str, credentials: Credentials) -> None:
        """Invoke at `endpoint`; requests are signed, for the key names the account."""
        self._http = http
        self._endpoint = endpoint
        self._signer = SigV4Auth(credentials, "lambda", "us-east-1")

    def invoke(self, arn: str, event: Mapping[str, Any], custom: Mapping[str, Any]) -> Any:
        """Invoke (RequestResponse)."""
        url = f"{self._endpoint}/2015-03-31/functions/{quote(arn, safe='')}/invocations"
        context = base64.b64encode(json.dumps({"custom": custom}).encode()).decode()
        headers = {"Content-Type": "application/json", "X-Amz-Client-Context": context}
        request = AWSRequest("POST", url, headers, json.dumps(event).encode())
        self._signer.add_auth(request)
        try:
            answer = self._http.post(url, content=request.data, headers=dict(request.headers))
            payload = json.loads(answer.content or b"null")
        except (httpx.HTTPError, ValueError) as error:
            raise FunctionFailedError(f"{arn}: {type(error).__name__}: {error}") from error
        if answer.is_error:
            kind = answer.headers.get("x-amzn-errortype", f"HTTP {answer.status_code}")
            raise FunctionFailedError(f"{arn}: {kind}: {_message(payload)}")
        if "x-amz-function-error" in answer.headers:
            raise FunctionFailedError(f"{arn}: {_reason(payload)}")
        return payload

    def close(self) -> None:
        """Let the connections go."""
        self._http.close()


def _message(payload: Any) -> str:
    if not isinstance(payload, dict):
        return ""
    return str(payload.get("Message") or payload.get("message") or "")


def _reason(payload: Any) -> str:
    if isinstance(payload, dict):
        return f"{payload.get('errorType', 'Error')}: {payload.get('errorMessage', '')}"
    return str(payload)
