"""`knowledge sync | status | search`: what the knowledge base holds, and how it gets in."""

from threading import Event
from typing import Annotated, Any

import typer

from switchboard.local.cli.console import CommandError, as_json, progress, say, table

group = typer.Typer(no_args_is_help=True, help="The project's knowledge base.")

POLL_SECONDS = 0.2
WAIT_SECONDS = 900
EXCERPT = 100
Json = Annotated[bool, typer.Option("--json", help="for programs")]
Project = Annotated[str | None, typer.Option(help="default: the seeded project")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(group, name="knowledge")


@group.command()
def sync(
    *,
    page: Annotated[str | None, typer.Option(help="id or URL: the page and its sub-pages")] = None,
    database: Annotated[
        str | None, typer.Option(help="id or URL; default: the project's stories")
    ] = None,
    project: Project = None,
    wait: Annotated[bool, typer.Option(help="until it has ended")] = True,
    json: Json = False,
) -> None:
    """Bring Notion pages into the knowledge base; only what was edited since is ingested again."""
    from switchboard.local.access import Access

    if page and database:
        raise CommandError("--page and --database exclude each other", "give one of them")
    access = Access.of_running_platform()
    workspace = _workspace(access)
    body = {"project_id": project or workspace.project_id}
    if page:
        path, body["page_id"] = "/sync/page", page
    else:
        path = "/sync/database"
        body["database_id"] = database or workspace.stories_database_id
    job_id = str(_called(access, "POST", path, body)["job_id"])
    if not wait:
        as_json({"job_id": job_id}) if json else say(job_id)
        return
    progress(f"sync {job_id}")
    _show(_ended(access, job_id), json=json)


@group.command()
def status(job_id: Annotated[str, typer.Argument(help="of a sync")], *, json: Json = False) -> None:
    """How far a sync is."""
    from switchboard.local.access import Access

    _show(_called(Access.of_running_platform(), "GET", f"/sync/status/{job_id}"), json=json)


@group.command()
def search(
    words: Annotated[list[str], typer.Argument(help="words, or a question")],
    *,
    project: Project = None,
    most: Annotated[int, typer.Option("--most", min=1, max=100, help="passages")] = 5,
    json: Json = False,
) -> None:
    """Ask the knowledge base itself, as `notion-search` does for an agent of the project."""
    from switchboard.local.access import Access

    access = Access.of_running_platform()
    project_id = project or _workspace(access).project_id
    answer = access.client("bedrock-agent-runtime").retrieve(
        knowledgeBaseId=access.parameter("platform/knowledge/base-id"),
        retrievalQuery={"text": " ".join(words)},
        retrievalConfiguration={
            "vectorSearchConfiguration": {
                "numberOfResults": most,
                "filter": {"equals": {"key": "project_id", "value": project_id}},
            }
        },
    )
    hits = answer["retrievalResults"]
    if json:
        as_json(hits)
        return
    if not hits:
        raise CommandError(
            f"the knowledge base of {project_id} has nothing about that",
            "sync first: hatch run knowledge sync",
        )
    for place, hit in enumerate(hits, 1):
        metadata = hit["metadata"]
        say(f"{place}. {metadata['title']}  ({metadata['page_type']})")
        say(f"   {metadata.get('url', metadata['page_id'])}, read {metadata['ingested_at']}")
        say("   " + " ".join(hit["content"]["text"].split())[:EXCERPT])


def _workspace(access: Any) -> Any:
    from switchboard.local.notion.seed import Workspace

    return Workspace.read(access.settings.folder.notion_workspace)


def _called(access: Any, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    from switchboard.local.access import ApiError

    try:
        return access.call("ingress", method, path, body)
    except ApiError as error:
        told = error.body.get("error") or {}
        raise CommandError(
            str(told.get("message") or error),
            str(told.get("remediation") or "look into the log of the engine"),
        ) from error


def _ended(access: Any, job_id: str) -> dict[str, Any]:
    """The job once it has ended; a person is waiting."""
    pause = Event()
    for _ in range(int(WAIT_SECONDS / POLL_SECONDS)):
        job: dict[str, Any] = _called(access, "GET", f"/sync/status/{job_id}")
        if job["completed_at"]:
            return job
        pause.wait(POLL_SECONDS)
    raise CommandError(
        f"sync {job_id} has not ended after {WAIT_SECONDS} s",
        f"look again later: hatch run knowledge status {job_id}",
    )


def _show(job: dict[str, Any], *, json: bool) -> None:
    if json:
        as_json(job)
        return
    say(f"{job['target']['type']} {job['target']['id']}: {job['status']}")
    table([[str(number) for number in job["progress"].values()]], list(job["progress"]))
    for failure in job["failures"]:
        say(f"failed: {failure['type']} {failure['id']}: {failure['code']}: {failure['reason']}")
