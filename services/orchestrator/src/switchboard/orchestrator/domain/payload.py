"""What an agent is given to work with (F11); never a token (K-35)."""

from collections.abc import Sequence
from typing import Any

from switchboard.events.values import Artifact
from switchboard.orchestrator.domain.model import Invocation
from switchboard.orchestrator.domain.story import acceptance_criteria

PROJECT_FIELDS = (
    "coding_standards",
    "framework_preferences",
    "github_repo",
    "github_branch_strategy",
    "prototype_expiry_days",
    "knowledge_base_id",
)


def agent_payload(record: Invocation, body: str, earlier: Sequence[Artifact]) -> dict[str, Any]:
    """The payload of a start.

    `body` is the story's whole Markdown, `earlier` what the page's invocations made before.
    """
    return {
        "invocation_id": record.invocation_id,
        "agent_type": record.agent_type,
        "project_id": record.project_id,
        "workspace_id": record.workspace_id,
        "notion_page_id": record.notion_page_id,
        "acting_user": acting_user(record),
        "session_id": record.session_id,
        "correlation_id": record.correlation_id,
        "causation_id": record.causation_id,
        "story": _story(record.input_context, body),
        "project": {name: record.config.get(name) for name in PROJECT_FIELDS},
        "parent": _parent(record),
        "earlier_artifacts": _plain(earlier),
        "budget": {"cost_limit_per_invocation": format(record.reserved_usd or 0, "f")},
    }


def acting_user(record: Invocation) -> str:
    """On whose behalf the agent acts: who asked, or the project when nobody is known."""
    return record.requested_by[0] if record.requested_by else record.project_id


def _story(context: dict[str, Any], body: str) -> dict[str, Any]:
    properties = context.get("properties", {})
    return {
        "title": context.get("title", ""),
        "properties": properties,
        "content_markdown": body,
        "acceptance_criteria": acceptance_criteria(properties, body),
        "url": context.get("url"),
        "related_page_ids": context.get("related_page_ids", []),
    }


def _parent(record: Invocation) -> dict[str, Any] | None:
    if record.parent_invocation_id is None:
        return None
    return {
        "parent_invocation_id": record.parent_invocation_id,
        "artifacts": _plain(record.parent_artifacts),
    }


def _plain(artifacts: Sequence[Artifact]) -> list[dict[str, Any]]:
    return [artifact.model_dump(mode="json") for artifact in artifacts]
