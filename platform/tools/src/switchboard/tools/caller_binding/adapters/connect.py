"""Amazon Connect's DescribeContact (botocore 1.44.5, service `connect`)."""

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from switchboard.tools.caller_binding.callers import CallersDownError, ContactUnknownError, shown

UNKNOWN = {"ResourceNotFoundException", "InvalidParameterException", "InvalidRequestException"}
"""What Connect says of an id that is none of its contacts."""


class ConnectCallers:
    """The contacts of one instance."""

    def __init__(self, client: Any, instance_id: str) -> None:
        """Ask `client` (boto3, `connect`) about contacts of `instance_id`."""
        self._client = client
        self._instance_id = instance_id

    def caller_of(self, contact_id: str) -> str:
        """See the port."""
        try:
            answer = self._client.describe_contact(
                InstanceId=self._instance_id, ContactId=contact_id
            )
        except ClientError as error:
            if error.response["Error"]["Code"] in UNKNOWN:
                raise ContactUnknownError from error
            raise CallersDownError(error.response["Error"]["Code"]) from error
        except BotoCoreError as error:
            raise CallersDownError(type(error).__name__) from error
        endpoint = answer["Contact"].get("CustomerEndpoint") or {}
        return shown(endpoint.get("Address"))
