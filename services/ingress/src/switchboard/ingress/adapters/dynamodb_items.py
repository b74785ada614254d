"""Rows of ingress's table and how domain values become them.

=============================  ==================  =============================================
pk                             sk                  what
=============================  ==================  =============================================
RECEIPT#<sha256 of event id>   OUTBOX              webhook kept; is itself the outgoing event
HANDSHAKE#<armed until>        HANDSHAKE           which token won an arming
CLAIM#EVENT#<sha256>           CLAIM               source event settled, with its outcome
CLAIM#PAGE#<sha256>            CLAIM               (page, trigger, last edit) -> invocation
REQUEST#<invocation id>        REQUEST             what was asked for
OUTCOME#<page id>              <time>#<event id>   why, for people
PROJECT#<project id>           CONFIG              configuration
KEY#<key>                      KEY                 page or data source -> project
DEFECTS                        <project id>        project that takes stories from tickets
ORIGIN#<page id>               ORIGIN              page -> ticket and its flow
LEASE#<sha256 of key>          LEASE               who works on a ticket alone, until when
OUTBOX#<event id>              OUTBOX              outgoing event
=============================  ==================  =============================================
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from switchboard.events.project import ProjectConfiguredV1
from switchboard.ingress.domain.model import (
    Origin,
    Outcome,
    PageClaim,
    Settlement,
    StoredProject,
)

KEEP_OUTCOMES = timedelta(days=30)
KEEP_CLAIMS = timedelta(days=90)
"""Longer than receipts and the bus archive: nothing that can still come back finds a claim gone."""

DEFECTS = "DEFECTS"
"""One partition, sorted by project id: its first row is the project that takes defects."""

_to_wire = TypeSerializer()
_from_wire = TypeDeserializer()

Wire = dict[str, Any]


def to_wire(item: Mapping[str, Any]) -> Wire:
    """Plain values as DynamoDB's typed ones; absent for None."""
    return {name: _to_wire.serialize(value) for name, value in item.items() if value is not None}


def from_wire(item: Mapping[str, Any]) -> dict[str, Any]:
    """The reverse."""
    return {name: _from_wire.deserialize(value) for name, value in item.items()}


def key(pk: str, sk: str) -> Wire:
    """A primary key."""
    return to_wire({"pk": pk, "sk": sk})


def digest(*parts: str) -> str:
    """A fixed-length name for parts that may hold anything."""
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()


def event_claim_pk(source_event_id: str) -> str:
    """Where it is written that a source event is settled."""
    return f"CLAIM#EVENT#{digest(source_event_id)}"


def page_claim_pk(claim: PageClaim) -> str:
    """Where it is written who asked for this work first."""
    edited = claim.last_edited_time.isoformat()
    return f"CLAIM#PAGE#{digest(claim.page_id, claim.trigger, edited)}"


def _expiry(at: datetime, keep: timedelta) -> int:
    return int((at + keep).timestamp())


def outcome_row(outcome: Outcome) -> dict[str, Any]:
    """The row people ask for; sorts by time."""
    return {
        "pk": f"OUTCOME#{outcome.page_id}",
        "sk": f"{outcome.at.isoformat()}#{outcome.source_event_id}",
        "ttl": _expiry(outcome.at, KEEP_OUTCOMES),
        **_outcome_values(outcome),
    }


def event_claim_row(outcome: Outcome) -> dict[str, Any]:
    """The claim on a source event, with the outcome a repetition is answered with."""
    return {
        "pk": event_claim_pk(outcome.source_event_id),
        "sk": "CLAIM",
        "ttl": _expiry(outcome.at, KEEP_CLAIMS),
        **_outcome_values(outcome),
    }


def _outcome_values(outcome: Outcome) -> dict[str, Any]:
    return {**asdict(outcome), "at": outcome.at.isoformat()}


def outcome_from(row: Mapping[str, Any]) -> Outcome:
    """The outcome in an outcome row or event claim."""
    return Outcome(
        page_id=row["page_id"],
        source_event_id=row["source_event_id"],
        code=row["code"],
        text=row["text"],
        correlation_id=row["correlation_id"],
        at=datetime.fromisoformat(row["at"]),
        remediation=row["remediation"],
        trigger=row["trigger"],
        invocation_id=row.get("invocation_id"),
    )


def claim_rows(settlement: Settlement) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """The claim on a page's trigger and the request row it guards."""
    claim, outcome = settlement.claim, settlement.outcome
    if claim is None:
        return None
    expiry = _expiry(outcome.at, KEEP_CLAIMS)
    claimed = {
        "pk": page_claim_pk(claim),
        "sk": "CLAIM",
        "ttl": expiry,
        "invocation_id": claim.invocation_id,
    }
    requested = {
        "pk": f"REQUEST#{claim.invocation_id}",
        "sk": "REQUEST",
        "ttl": expiry,
        "page_id": claim.page_id,
        "trigger": claim.trigger,
        "last_edited_time": claim.last_edited_time.isoformat(),
        "source_event_id": outcome.source_event_id,
        "requested_at": outcome.at.isoformat(),
    }
    return claimed, requested


def project_row(project: StoredProject) -> dict[str, Any]:
    """A configuration; `version` is what an update names as the one it replaces."""
    configuration = project.configuration
    return {
        "pk": f"PROJECT#{configuration.project_id}",
        "sk": "CONFIG",
        "page_id": project.page_id,
        "version": configuration.updated_at.isoformat(),
        "configuration": configuration.model_dump_json(),
    }


def project_from(row: Mapping[str, Any]) -> StoredProject:
    """The project in its row."""
    configuration = ProjectConfiguredV1.model_validate(json.loads(row["configuration"]))
    return StoredProject(configuration, row["page_id"])


def key_row(name: str, project_id: str) -> dict[str, Any]:
    """Which project holds a key."""
    return {"pk": f"KEY#{name}", "sk": "KEY", "project_id": project_id}


def origin_row(origin: Origin) -> dict[str, Any]:
    """Where a page came from; it stays as long as people may work on the page: for good."""
    return {"pk": f"ORIGIN#{origin.page_id}", "sk": "ORIGIN", **asdict(origin)}


def origin_from(row: Mapping[str, Any]) -> Origin:
    """The origin in its row."""
    return Origin(row["page_id"], row["ticket_id"], row["correlation_id"])
