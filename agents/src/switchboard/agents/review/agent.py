"""The review agent: which pull request it reads, and how its review is read off the tools."""

import re
from typing import Any

from switchboard.agents.definition import AgentDefinition
from switchboard.agents.evidence import Evidence, ToolAnswer
from switchboard.agents.inputs import PULL_REQUEST, InputMissingError, require
from switchboard.agents.outcome import AgentRunError
from switchboard.agents.payload import RunRequest
from switchboard.agents.review.output import ReviewOutput
from switchboard.events.values import Artifact

_VERDICT = re.compile(r"\W*verdict\W+(pass|fail)\b", re.IGNORECASE)
"""At the beginning of a review's body, so that nothing quoted further down counts."""


def facts(_request: RunRequest) -> dict[str, Any]:
    """Nothing but the pull request, which is an input."""
    return {}


def inputs(request: RunRequest) -> dict[str, Any]:
    """The pull request to review, of the project's repository.

    Raises:
        InputMissingError: there is none, or it belongs to another repository.
    """
    found = require(PULL_REQUEST, request)
    ours = request.project.github_repo or ""
    theirs = str(found.metadata.get("repo") or ours)
    if theirs.casefold() != ours.casefold():
        raise InputMissingError(
            f"The pull request {found.url} belongs to {theirs}, but the project works on "
            f"{ours or 'no repository'}",
            remediation=(
                'Name a pull request of the project in the property "Pull Request" of the page, '
                "or correct the repository in the project's settings."
            ),
        )
    owner, _, repo = ours.partition("/")
    return {
        "pull_request": {
            "owner": owner,
            "repo": repo,
            "number": int(found.metadata["pr_number"]),
            "url": found.url,
        }
    }


def artifacts(evidence: Evidence, _request: RunRequest) -> list[Artifact]:
    """The review that GitHub has posted; its verdict is what its own text says."""
    return [
        _review(answer, evidence)
        for answer in evidence.succeeded("pull_request_review_write")
        if answer.result.get("url")
    ]


def _review(answer: ToolAnswer, evidence: Evidence) -> Artifact:
    sent, number = answer.arguments, int(answer.arguments["pullNumber"])
    pull = _pull_request(evidence, number)
    verdict = _verdict(_body(answer, evidence))
    title = f"Review of pull request #{number}"
    return Artifact(
        type="pull_request",
        url=str(answer.result["url"]),
        title=f"{title}: {verdict}" if verdict else title,
        metadata={
            "repo": f"{sent.get('owner')}/{sent.get('repo')}",
            "branch": str(pull.get("branch", "")),
            "pr_number": number,
            "files_changed": int(pull.get("files_changed", 0)),
            "verdict": verdict,
            "line_comments": int(answer.result.get("comments", 0)),
        },
    )


def _pull_request(evidence: Evidence, number: int) -> dict[str, Any]:
    """What GitHub said about it."""
    for answer in evidence.succeeded("pull_request_read"):
        if answer.arguments.get("method") == "get" and answer.result.get("number") == number:
            return answer.result
    return {}


def _body(answer: ToolAnswer, evidence: Evidence) -> str:
    """The text that was posted: given with the event, or when the pending review was created."""
    if answer.arguments.get("body"):
        return str(answer.arguments["body"])
    created = [
        item.arguments.get("body")
        for item in evidence.succeeded("pull_request_review_write")
        if item.arguments.get("method") == "create" and item.arguments.get("body")
    ]
    return str(created[-1]) if created else ""


def _verdict(body: str) -> str | None:
    found = _VERDICT.match(body)
    return found[1].upper() if found else None


def report(output: ReviewOutput, made: list[Artifact], _evidence: Evidence) -> list[Artifact]:
    """The review, if people read in it what the agent reports.

    Raises:
        AgentRunError: the posted text says another verdict, or none.
    """
    posted = made[-1].metadata["verdict"]
    if posted is None:
        raise AgentRunError("The review was posted without a verdict at its beginning")
    if output.verdict != posted:
        raise AgentRunError(
            f"The posted review says {posted}, but the agent reports {output.verdict or 'nothing'}"
        )
    return made


AGENT = AgentDefinition(
    name="review",
    output=ReviewOutput,
    facts=facts,
    artifacts=artifacts,
    inputs=inputs,
    report=report,
)
