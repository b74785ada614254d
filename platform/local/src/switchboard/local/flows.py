"""The platform's journal of flows: every event of the bus, kept by correlation id."""

import json
import re
from dataclasses import dataclass
from typing import Any

from switchboard.local.access import Access, ApiError

TICKET = re.compile(r"INC\d{7}", re.IGNORECASE)


@dataclass(frozen=True)
class FlowJournal:
    """Reads the journal's table (`platform/flows/table-name`)."""

    access: Access
    table: str

    @classmethod
    def of(cls, access: Access) -> "FlowJournal":
        """The journal of a running platform."""
        return cls(access, access.parameter("platform/flows/table-name"))

    def flow_of(self, name: str) -> str:
        """The correlation id of what people call by another name: a ticket's number."""
        if not TICKET.fullmatch(name.strip()):
            return name.strip()
        try:
            ticket = self.access.call("itsm-mock", "GET", f"/internal/tickets/{name.upper()}")
        except ApiError:
            return name
        return str(ticket.get("correlation_id") or name)

    def events(self, correlation_id: str) -> list[dict[str, Any]]:
        """The events of a flow in the order in which they happened, as on the bus."""
        pages = self.access.client("dynamodb").get_paginator("query")
        items = [
            item
            for page in pages.paginate(
                TableName=self.table,
                KeyConditionExpression="pk = :flow",
                ExpressionAttributeValues={":flow": {"S": f"FLOW#{correlation_id}"}},
            )
            for item in page["Items"]
        ]
        found = [
            {"detail-type": item["detail_type"]["S"], "detail": json.loads(item["detail"]["S"])}
            for item in items
        ]
        return sorted(found, key=lambda event: str(event["detail"]["metadata"]["time"]))
