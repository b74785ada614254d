"""The read model of project configurations in the service's table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from switchboard.events.project import ProjectConfiguredV1
from switchboard.orchestrator.adapters.rows import from_item, stamp, to_item

if TYPE_CHECKING:  # the stubs never ship in a Lambda
    from mypy_boto3_dynamodb import DynamoDBClient


def project_key(project_id: str) -> dict[str, str]:
    """The key of a configuration."""
    return {"pk": f"PROJECT#{project_id}", "sk": "CONFIG"}


class DynamoProjects:
    """One row per project, the newest version only."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        """Use `table` through `client`."""
        self._client = client
        self._table = table

    def get(self, project_id: str) -> ProjectConfiguredV1 | None:
        """Read consistently: money is reserved by it."""
        item = self._client.get_item(
            TableName=self._table, Key=to_item(project_key(project_id)), ConsistentRead=True
        ).get("Item")
        if not item:
            return None
        return ProjectConfiguredV1.model_validate_json(from_item(item)["body"])

    def put(self, project: ProjectConfiguredV1) -> None:
        """A conditional put, because events arrive in any order."""
        row = project_key(project.project_id) | {
            "body": project.model_dump_json(),
            "updated_at": stamp(project.updated_at),
        }
        try:
            self._client.put_item(
                TableName=self._table,
                Item=to_item(row),
                ConditionExpression="attribute_not_exists(pk) OR updated_at < :new",
                ExpressionAttributeValues=to_item({":new": row["updated_at"]}),
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
