"""The seal on a receipt: what it covers, and how it gets there (NEW-07)."""

import json

from switchboard.orchestrator.domain.model import Invocation
from switchboard.orchestrator.domain.ports import Seals

SEALED_FIELDS = {
    "invocation_id",
    "project_id",
    "month",
    "agent_type",
    "status",
    "token_usage",
    "duration_seconds",
}
"""What a receipt is for, beside its lines; a seal of one run fits no other."""


def sealed_content(record: Invocation) -> bytes:
    """The bytes that are signed: JSON with sorted keys, no spaces, UTF-8, without the seal."""
    content = record.model_dump(mode="json", include=SEALED_FIELDS)
    receipt = record.receipt.model_dump(mode="json", exclude={"seal"}) if record.receipt else None
    return json.dumps(
        content | {"receipt": receipt},
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
    ).encode()


def sealed(record: Invocation, seals: Seals) -> Invocation:
    """The ended record with the seal on its receipt."""
    if record.receipt is None:
        return record
    seal = seals.sign(sealed_content(record))
    return record.model_copy(update={"receipt": record.receipt.model_copy(update={"seal": seal})})
