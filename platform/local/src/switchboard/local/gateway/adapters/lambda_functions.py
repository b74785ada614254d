"""Functions on Lambda."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from mypy_boto3_lambda import LambdaClient

from switchboard.local.gateway.functions import FunctionFailedError


class LambdaFunctions:
    """Invokes functions synchronously; the client is shared by threads."""

    def __init__(self, client: LambdaClient) -> None:
        """Invoke with `client`."""
        self._client = client

    def invoke(self, arn: str, event: Mapping[str, Any], custom: Mapping[str, Any]) -> Any:
        """Invoke (RequestResponse)."""
        context = base64.b64encode(json.dumps({"custom": custom}).encode()).decode()
        try:
            answer = self._client.invoke(
                FunctionName=arn,
                Payload=json.dumps(event).encode(),
                ClientContext=context,
            )
            payload = json.loads(answer["Payload"].read() or b"null")
        except (ClientError, BotoCoreError, ValueError) as error:
            raise FunctionFailedError(f"{arn}: {error}") from error
        if "FunctionError" in answer:
            raise FunctionFailedError(f"{arn}: {_reason(payload)}")
        return payload


def _reason(payload: Any) -> str:
    if isinstance(payload, dict):
        return f"{payload.get('errorType', 'Error')}: {payload.get('errorMessage', '')}"
    return str(payload)
