"""Completion's table: projects (read model), deliveries (state and claims), outbox rows.

| pk                         | sk     |                                                   |
|----------------------------|--------|---------------------------------------------------|
| PROJECT#<project id>       | CONFIG | configuration, updated_at                         |
| DELIVERY#<invocation id>   | STATE  | seen, done, holder, lease_until, facts            |
| DELIVERY#<invocation id>   | HANDED | artifacts that the steps before it handed to it   |
| NOTICE#<event id>          | STATE  | as for a delivery                                 |
| CARD#<page id>             | STATE  | the same; stages are when the page's runs began   |
| OUTBOX#<event id>          | OUTBOX | an event on its way to the bus                    |
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from switchboard.completion.domain.give_up import delivery_key
from switchboard.completion.domain.model import Project
from switchboard.completion.domain.ports import (
    BusyError,
    Claim,
    Outcome,
    ProjectUnknownError,
    StaleClaimError,
)
from switchboard.events.values import Artifact
from switchboard.runtime.outbox import outbox_row

if TYPE_CHECKING:  # the stubs never ship in a Lambda
    from mypy_boto3_dynamodb.service_resource import Table

KEEP = timedelta(days=400)
"""A delivery's state outlives the archive of events, whose replay must change nothing."""
_CLAIMABLE = (
    "attribute_not_exists(pk) OR ("
    "(attribute_not_exists(seen) OR seen <= :stage)"
    " AND (attribute_not_exists(done) OR done < :stage)"
    " AND (attribute_not_exists(lease_until) OR lease_until < :now OR holder = :me))"
)
"""The claim's own holder may claim again: botocore sends a call again when its answer is lost."""


def _refused(error: ClientError) -> bool:
    """A condition of ours was not met (and not: throttled, denied, malformed)."""
    if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
        return True
    reasons: Any = error.response.get("CancellationReasons", [])
    return any(reason.get("Code") == "ConditionalCheckFailed" for reason in reasons)


def _sortable(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


class DynamoProjects:
    """The read model of projects."""

    def __init__(self, table: "Table") -> None:
        """Keep it in `table`."""
        self._table = table

    def get(self, project_id: str) -> Project:
        """Consistent, so that a configuration just kept is seen."""
        key = {"pk": f"PROJECT#{project_id}", "sk": "CONFIG"}
        item = self._table.get_item(Key=key, ConsistentRead=True).get("Item")
        if item is None:
            raise ProjectUnknownError(
                f"project {project_id} is not configured; its configuration page has not been read"
            )
        fields: dict[str, Any] = dict(item["project"])  # type: ignore[arg-type]
        return Project(
            **{
                **fields,
                "chain_steps": tuple(fields["chain_steps"]),
                "owner_user_ids": tuple(fields["owner_user_ids"]),
                "updated_at": datetime.fromisoformat(fields["updated_at"]),
            }
        )

    def put(self, project: Project) -> bool:
        """One conditional put: an older version, or the same again, changes nothing."""
        updated_at = _sortable(project.updated_at)
        fields: dict[str, Any] = {
            **asdict(project),
            "chain_steps": list(project.chain_steps),
            "owner_user_ids": list(project.owner_user_ids),
            "updated_at": updated_at,
        }
        item: dict[str, Any] = {
            "pk": f"PROJECT#{project.project_id}",
            "sk": "CONFIG",
            "updated_at": updated_at,
            "project": fields,
        }
        try:
            self._table.put_item(
                Item=item,
                ConditionExpression="attribute_not_exists(pk) OR updated_at < :this",
                ExpressionAttributeValues={":this": updated_at},
            )
        except ClientError as error:
            if _refused(error):
                return False
            raise
        return True


class DynamoDeliveries:
    """The state of deliveries; events leave by the table's stream."""

    def __init__(self, table: "Table", now: Callable[[], datetime], lease: timedelta) -> None:
        """`lease` must be longer than a Lambda call may take, or two could deliver at once."""
        self._table = table
        self._now = now
        self._lease = lease

    def claim(self, key: str, stage: int, holder: str) -> Claim | None:
        """One conditional update; when it is refused, the row says why."""
        now = self._now()
        try:
            self._table.update_item(
                Key={"pk": key, "sk": "STATE"},
                UpdateExpression="SET seen = :stage, holder = :me, lease_until = :until, #t = :ttl",
                ConditionExpression=_CLAIMABLE,
                ExpressionAttributeNames={"#t": "ttl"},
                ExpressionAttributeValues={
                    ":stage": stage,
                    ":me": holder,
                    ":now": _sortable(now),
                    ":until": _sortable(now + self._lease),
                    ":ttl": int((now + KEEP).timestamp()),
                },
            )
        except ClientError as error:
            if not _refused(error):
                raise
            if self._busy(key, stage):
                raise BusyError(f"{key} is being delivered") from error
            return None
        return Claim(key, stage, holder)

    def _busy(self, key: str, stage: int) -> bool:
        """Whether a refused claim may be had later."""
        row: Any = self._table.get_item(Key={"pk": key, "sk": "STATE"}, ConsistentRead=True)
        state = row.get("Item", {})
        return bool(state.get("seen", 0) <= stage and state.get("done", 0) < stage)

    def release(self, claim: Claim) -> None:
        """Only if it is still ours."""
        try:
            self._table.update_item(
                Key={"pk": claim.key, "sk": "STATE"},
                UpdateExpression="REMOVE holder, lease_until",
                ConditionExpression="holder = :me",
                ExpressionAttributeValues={":me": claim.holder},
            )
        except ClientError as error:
            if not _refused(error):
                raise

    def finish(self, claim: Claim, outcome: Outcome) -> None:
        """State and outbox rows in one transaction."""
        update = self._update(
            claim.key,
            {**outcome.facts, "done": claim.stage},
            remove=" REMOVE holder, lease_until",
            condition="holder = :holder",
            values={":holder": claim.holder},
        )
        try:
            self._transact(update, outcome)
        except ClientError as error:
            if _refused(error):
                raise StaleClaimError(f"{claim.key} was taken over") from error
            raise

    def handed(self, invocation_id: str) -> tuple[Artifact, ...]:
        """Consistent: it was written with the request that began this invocation."""
        key = {"pk": delivery_key(invocation_id), "sk": "HANDED"}
        row: Any = self._table.get_item(Key=key, ConsistentRead=True).get("Item", {})
        return tuple(Artifact.model_validate(one) for one in json.loads(row.get("artifacts", "[]")))

    def give_up(self, key: str, stage: int, outcome: Outcome) -> None:
        """State and outbox rows in one transaction, unless the stage is done."""
        update = self._update(
            key,
            {**outcome.facts, "failed": stage},
            condition="attribute_not_exists(done) OR done < :limit",
            values={":limit": stage},
        )
        try:
            self._transact(update, outcome)
        except ClientError as error:
            if not _refused(error):
                raise

    def _update(
        self,
        key: str,
        facts: Mapping[str, Any],
        *,
        condition: str,
        values: Mapping[str, Any],
        remove: str = "",
    ) -> Any:
        known = {name: value for name, value in facts.items() if value is not None}
        known["ttl"] = int((self._now() + KEEP).timestamp())
        return {
            "TableName": self._table.name,
            "Key": {"pk": key, "sk": "STATE"},
            "UpdateExpression": "SET " + ", ".join(f"#{n} = :{n}" for n in known) + remove,
            "ConditionExpression": condition,
            "ExpressionAttributeNames": {f"#{name}": name for name in known},
            "ExpressionAttributeValues": {
                **{f":{name}": value for name, value in known.items()},
                **values,
            },
        }

    def _transact(self, update: Any, outcome: Outcome) -> None:
        rows = [outbox_row(event) for event in outcome.events]
        rows += [self._handed_row(*handed) for handed in outcome.handed.items()]
        puts: list[Any] = [{"Put": {"TableName": self._table.name, "Item": row}} for row in rows]
        self._table.meta.client.transact_write_items(TransactItems=[{"Update": update}, *puts])

    def _handed_row(self, invocation_id: str, artifacts: Sequence[Artifact]) -> dict[str, Any]:
        """As JSON text: metadata may hold a float, which DynamoDB refuses."""
        plain = [artifact.model_dump(mode="json") for artifact in artifacts]
        return {
            "pk": delivery_key(invocation_id),
            "sk": "HANDED",
            "artifacts": json.dumps(plain, ensure_ascii=False),
            "ttl": int((self._now() + KEEP).timestamp()),
        }
