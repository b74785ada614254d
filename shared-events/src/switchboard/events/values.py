"""Values that several events carry: money, artifacts, tokens, receipts, errors."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field, PlainSerializer, WithJsonSchema

from switchboard.events.envelope import Contract

Usd = Annotated[
    Decimal,
    PlainSerializer(lambda value: format(value, "f"), return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": r"^-?\d+(\.\d+)?$"}),
]
"""Decimal US dollars, a string on the wire, never a float (F1)."""


class Artifact(Contract):
    """Something a run made, for people to open (F7)."""

    type: str = Field(
        description="pull_request, prototype, notion_page, notion_database or insight_report"
    )
    url: str
    title: str
    metadata: dict[str, Any] = Field(default_factory=dict, description="fields by type, F7")
    expires_at: datetime | None = Field(default=None, description="prototypes only")


class TokenUsage(Contract):
    """Model tokens of a run (F6)."""

    input_tokens: int = 0
    output_tokens: int = 0
    total_tokens: int = 0


class RunUsage(Contract):
    """What a run consumed, beyond tokens; the base of its receipt."""

    model_id: str
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    turns: int = 0
    tool_calls: int = 0
    wall_seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_memory_gb: float = 0.0


class ErrorInfo(Contract):
    """Why something failed, for a person: what, and what to do about it (F15)."""

    code: str = Field(description="one of the codes of docs/errors.md")
    message: str
    remediation: str


class ReceiptLine(Contract):
    """One priced item; `amount_usd` = `quantity` x `unit_price_usd`, rounded to 1e-8."""

    item: str
    quantity: str = Field(description="decimal number as text")
    unit: str
    unit_price_usd: Usd
    amount_usd: Usd


class Receipt(Contract):
    """What an invocation cost, line by line; `total_usd` is the sum of the lines."""

    lines: list[ReceiptLine]
    price_table_version: str
    total_usd: Usd
    note: str | None = Field(default=None, description="e.g. `offline playbook`")
    seal: str | None = Field(
        default=None,
        description="detached JWS (RFC 7515, appendix F) over this receipt and what it is for; "
        "`GET /invocation/{id}/receipt` of the orchestrator says whether it holds",
    )


class ContentRef(Contract):
    """A claim check: where a large body lies in the content bucket (K-33)."""

    key: str
    sha256: str
    size_bytes: int


class PageSnapshot(Contract):
    """A Notion page as it was when the work was asked for (F2)."""

    title: str
    properties: dict[str, Any] = Field(default_factory=dict)
    content_markdown: str | None = None
    content_ref: ContentRef | None = Field(
        default=None, description="instead of content_markdown when the body is large"
    )
    url: str | None = None
