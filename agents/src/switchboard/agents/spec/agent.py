"""The spec agent: what it is told and how its page is read off the tools' answers."""

from typing import Any

from switchboard.agents.definition import AgentDefinition
from switchboard.agents.evidence import Evidence
from switchboard.agents.inputs import PROTOTYPE
from switchboard.agents.payload import RunRequest
from switchboard.agents.spec.output import SpecOutput
from switchboard.events.values import Artifact

PAGE_TYPE = "spec"


def facts(request: RunRequest) -> dict[str, Any]:
    """What the specification is for, and a prototype people may already have seen."""
    parent = request.parent.artifacts if request.parent else []
    prototype = PROTOTYPE.among([*parent, *request.earlier_artifacts], request)
    return {
        "repository": request.project.github_repo,
        "prototype_url": prototype.url if prototype else None,
    }


def artifacts(evidence: Evidence, _request: RunRequest) -> list[Artifact]:
    """One artifact for each page that Notion really made."""
    return [
        Artifact(
            type="notion_page",
            url=str(page["url"]),
            title=str(page.get("title") or "Specification"),
            metadata={
                "page_id": page["id"],
                "parent_page_id": page.get("parent_page_id"),
                "page_type": PAGE_TYPE,
            },
        )
        for answer in evidence.succeeded("notion-create-pages")
        for page in answer.result.get("pages", [])
        if page.get("url")
    ]


def lessons(output: SpecOutput, request: RunRequest) -> list[str]:
    """What was decided, each with the page it was decided on: only one's own pages can be told."""
    return [f"Page {request.notion_page_id}: {decision}" for decision in output.decisions]


AGENT = AgentDefinition(
    name="spec", output=SpecOutput, facts=facts, artifacts=artifacts, lessons=lessons
)
