"""The code agent: what it is told and how its pull request is read off the tools' answers."""

import re
from typing import Any

from switchboard.agents.code.output import CodeOutput
from switchboard.agents.definition import AgentDefinition
from switchboard.agents.evidence import Evidence, ToolAnswer
from switchboard.agents.inputs import SPECIFICATION, find
from switchboard.agents.payload import RunRequest
from switchboard.events.values import Artifact

_TICKED = re.compile(r"^- \[[xX]\] ", re.MULTILINE)
_UNTICKED = re.compile(r"^- \[ \] ", re.MULTILINE)


def facts(request: RunRequest) -> dict[str, Any]:
    """Where to work. Neither strategy lets the agent write the default branch (K-48)."""
    strategy = request.project.github_branch_strategy
    return {
        "repository": request.project.github_repo,
        "work_branch": request.work_branch,
        "branch_strategy": strategy,
        "pull_request_draft": strategy != "direct-to-main",
    }


def inputs(request: RunRequest) -> dict[str, Any]:
    """The story's specification, when there is one: of the step before, or of an earlier run."""
    found = find(SPECIFICATION, request)
    page = found and {"page_id": found.metadata.get("page_id"), "url": found.url}
    return {"specification": page or None}


def artifacts(evidence: Evidence, _request: RunRequest) -> list[Artifact]:
    """One artifact for each pull request that GitHub really opened."""
    return [_pull_request(answer, evidence) for answer in evidence.succeeded("create_pull_request")]


def _pull_request(answer: ToolAnswer, evidence: Evidence) -> Artifact:
    sent, got = answer.arguments, answer.result
    body = str(sent.get("body") or "")
    url = str(got.get("html_url") or got.get("url"))
    branch = str(sent.get("head"))
    return Artifact(
        type="pull_request",
        url=url,
        title=str(sent.get("title") or url),
        metadata={
            "repo": f"{sent.get('owner')}/{sent.get('repo')}",
            "branch": branch,
            "pr_number": int(got.get("number") or url.rstrip("/").rpartition("/")[2]),
            "files_changed": int(got.get("files_changed") or len(_pushed(evidence, branch))),
            # Read off the checklist that reviewers see: whoever promises a fix has to know.
            "criteria_met": len(_TICKED.findall(body)),
            "criteria_open": len(_UNTICKED.findall(body)),
        },
    )


def _pushed(evidence: Evidence, branch: str) -> set[str]:
    return {
        str(file.get("path"))
        for push in evidence.succeeded("push_files")
        if push.arguments.get("branch") == branch
        for file in push.arguments.get("files", [])
    }


AGENT = AgentDefinition(
    name="code", output=CodeOutput, facts=facts, artifacts=artifacts, inputs=inputs
)
