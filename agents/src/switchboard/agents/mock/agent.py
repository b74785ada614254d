"""The mock agent: what it is told and how its prototype is read off the tools' answers."""

from datetime import datetime
from typing import Any

from switchboard.agents.definition import AgentDefinition
from switchboard.agents.evidence import Evidence, ToolAnswer
from switchboard.agents.mock.output import MockOutput
from switchboard.agents.payload import RunRequest
from switchboard.events.values import Artifact

ENTRY_PAGE = "index.html"
SCREENSHOT = "screenshot.png"


def facts(request: RunRequest) -> dict[str, Any]:
    """How long the prototype is kept and what its files are called."""
    return {
        "prototype_expiry_days": request.project.prototype_expiry_days,
        "entry_page": ENTRY_PAGE,
        "screenshot": SCREENSHOT,
    }


def artifacts(evidence: Evidence, request: RunRequest) -> list[Artifact]:
    """The prototype, when its entry page was uploaded and its address handed out."""
    pages = _addresses(evidence, ENTRY_PAGE)
    keys = [
        str(answer.result.get("key"))
        for answer in evidence.succeeded("s3_upload_prototype")
        if answer.arguments.get("path") == ENTRY_PAGE
    ]
    if not pages or not keys:
        return []
    url = str(pages[-1].result["url"])
    screenshots = _addresses(evidence, SCREENSHOT)
    return [
        Artifact(
            type="prototype",
            url=url,
            title=f"Prototype: {request.story.title}",
            metadata={
                "s3_key": keys[-1],
                "cloudfront_url": url,
                "expiry_days": request.project.prototype_expiry_days,
                "screenshot_url": str(screenshots[-1].result["url"]) if screenshots else None,
            },
            expires_at=_moment(pages[-1].result.get("expires_at")),
        )
    ]


def _addresses(evidence: Evidence, path: str) -> list[ToolAnswer]:
    return [
        answer
        for answer in evidence.succeeded("s3_generate_url")
        if answer.arguments.get("path") == path and "url" in answer.result
    ]


def _moment(text: Any) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) else None


AGENT = AgentDefinition(name="mock", output=MockOutput, facts=facts, artifacts=artifacts)
