"""Rows and messages of knowledge syncs, and how domain values become them.

=====================================  ==================  ===================================
pk                                     sk                  what
=====================================  ==================  ===================================
SYNC#<job id>                          JOB                 the job, and when it ended
SYNC#<job id>                          OPEN#<piece>        a piece of work that has not ended
SYNC#<job id>                          DONE#<piece>        how a piece ended
SYNCKEY#<sha256>                       SYNCKEY             idempotency key -> job
KNOWN#<page id>                        <project id>        what the knowledge base holds of it
ROOT#<project id>#<root id>            <above>#<page id>   pages of a root, by what lists them
SYNCED                                 <project>#<root>    what is kept in sync
SYNCED#<id>                            <project>#<root>    root found by a page or data source
TURNS#notion                           TURNS               when Notion may be called next
=====================================  ==================  ===================================
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from switchboard.ingress.domain.sync_model import (
    Confirmation,
    Ended,
    Ending,
    Job,
    KnownPage,
    Root,
    Target,
    Work,
)

KEEP_JOBS = timedelta(days=30)
KEEP_KEYS = timedelta(hours=24)
JOB, OPEN, DONE = "JOB", "OPEN#", "DONE#"

Row = dict[str, Any]


def job_pk(job_id: str) -> str:
    """Where everything of a job lies."""
    return f"SYNC#{job_id}"


def job_row(job: Job) -> Row:
    """A job that has begun."""
    return {
        "pk": job_pk(job.job_id),
        "sk": JOB,
        "ttl": int((job.requested_at + KEEP_JOBS).timestamp()),
        "job_id": job.job_id,
        "project_id": job.project_id,
        "kind": job.target.kind,
        "target": job.target.id,
        "root": job.root_id,
        "started_by": job.started_by,
        "requested_at": job.requested_at.isoformat(),
    }


def job_from(row: Mapping[str, Any]) -> Job:
    """The job in its row."""
    return Job(
        job_id=row["job_id"],
        project_id=row["project_id"],
        target=Target(row["kind"], row["target"]),
        root_id=row["root"],
        started_by=row["started_by"],
        requested_at=datetime.fromisoformat(row["requested_at"]),
    )


def open_row(job_id: str, work: Work, ttl: int) -> Row:
    """A piece that was found."""
    return {
        "pk": job_pk(job_id),
        "sk": OPEN + work.key,
        "ttl": ttl,
        "kind": work.kind,
        "id": work.id,
        "listed": work.found_on is not None,
    }


def done_row(job_id: str, work: Work, ending: Ending, ttl: int) -> Row:
    """A piece that has ended."""
    return {
        "pk": job_pk(job_id),
        "sk": DONE + work.key,
        "ttl": ttl,
        "kind": work.kind,
        "id": work.id,
        **asdict(ending),
    }


def ended_from(row: Mapping[str, Any]) -> Ended:
    """How a piece ended."""
    ending = Ending(row["outcome"], row.get("code", ""), row.get("reason", ""))
    return Ended(row["kind"], row["id"], ending)


def known_row(known: KnownPage) -> Row:
    """What is known of a page."""
    return {"pk": f"KNOWN#{known.page_id}", "sk": known.project_id, **known_values(known)}


def member_row(known: KnownPage) -> Row:
    """That a page belongs to a root."""
    return {
        "pk": root_pk(known.project_id, known.root_id),
        "sk": f"{known.above_id}#{known.page_id}",
        "page_id": known.page_id,
        "above_id": known.above_id,
    }


def root_pk(project_id: str, root_id: str) -> str:
    """Where the pages of a root are listed."""
    return f"ROOT#{project_id}#{root_id}"


def known_values(known: KnownPage) -> dict[str, Any]:
    """As plain values, for rows and messages."""
    return {
        **asdict(known),
        "last_edited_at": known.last_edited_at.isoformat(),
        "ingested_at": known.ingested_at.isoformat(),
    }


def known_from(values: Mapping[str, Any]) -> KnownPage:
    """The reverse."""
    return KnownPage(
        project_id=values["project_id"],
        page_id=values["page_id"],
        root_id=values["root_id"],
        above_id=values["above_id"],
        last_edited_at=datetime.fromisoformat(values["last_edited_at"]),
        ingested_at=datetime.fromisoformat(values["ingested_at"]),
        content_sha256=values["content_sha256"],
    )


def root_row(root: Root, ids: list[str]) -> Row:
    """That a root is kept in sync, and under which ids it is found."""
    return {"pk": "SYNCED", "sk": _root_name(root), "ids": ids, **_root_values(root)}


def alias_row(root: Root, found_by: str) -> Row:
    """One of the ids a root is found by."""
    return {"pk": f"SYNCED#{found_by}", "sk": _root_name(root), **_root_values(root)}


def root_from(row: Mapping[str, Any]) -> Root:
    """The root in either row."""
    return Root(row["project_id"], Target(row["kind"], row["target"]))


def _root_name(root: Root) -> str:
    return f"{root.project_id}#{root.target.id}"


def _root_values(root: Root) -> Row:
    return {"project_id": root.project_id, "kind": root.target.kind, "target": root.target.id}


def work_message(job_id: str, work: Work) -> str:
    """The message that asks for a piece of work."""
    return json.dumps({"job_id": job_id, "work": asdict(work)})


def confirmation_message(confirmation: Confirmation) -> str:
    """The message that asks for a document again."""
    return json.dumps(
        {
            "job_id": confirmation.job_id,
            "work": asdict(confirmation.work),
            "sent": known_values(confirmation.sent),
            "replaces": known_values(confirmation.replaces) if confirmation.replaces else None,
            "attempt": confirmation.attempt,
        }
    )


def work_from(message: Mapping[str, Any]) -> tuple[str, Work]:
    """The job's id and the piece of work in either message."""
    return str(message["job_id"]), Work(**message["work"])


def confirmation_from(message: Mapping[str, Any]) -> Confirmation:
    """The confirmation in its message."""
    job_id, work = work_from(message)
    replaces = known_from(message["replaces"]) if message["replaces"] else None
    sent = known_from(message["sent"])
    return Confirmation(job_id, work, sent, replaces, int(message["attempt"]))
