"""Names that derive from the invocation, so that a retry means the same thing."""

import hashlib
from contextlib import suppress
from uuid import UUID


def session_id_for(invocation_id: str) -> str:
    """`inv-<ULID>-<8 hex>`: 39 characters, where AgentCore asks for at least 33 (K-06)."""
    digest = hashlib.sha256(invocation_id.encode()).hexdigest()
    return f"inv-{invocation_id}-{digest[:8]}"


def run_timer(invocation_id: str, attempt: int) -> str:
    """The timer that ends a run at its limit; a later attempt has a later limit and name."""
    return f"run-{invocation_id}-{attempt}"


def page_of(project_id: str, notion_page_id: str) -> str:
    """One name for a page of a project, however its id is written (Notion knows two ways)."""
    with suppress(ValueError):
        notion_page_id = str(UUID(notion_page_id))
    return f"{project_id}#{notion_page_id}"


def cancel_timer(invocation_id: str) -> str:
    """The timer that ends the grace time of a cancel."""
    return f"cancel-{invocation_id}"
