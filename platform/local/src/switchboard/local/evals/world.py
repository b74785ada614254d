"""The local world around a story: what was there before, what is there after, who called what."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from switchboard.events.envelope import utc_now
from switchboard.local.evals.repository import Repository
from switchboard.local.evals.seen import ToolCall
from switchboard.local.notion.client import LocalWorkspace

MAX_TEXT = 200_000
MINUTE = "%Y-%m-%dT%H:%M:00.000Z"
WORK_BRANCH = "switchboard/"
"""An agent's branch is this and the id of its invocation, in small letters."""
OPINIONS = {"APPROVED", "CHANGES_REQUESTED"}
"""States of a review that decide over a merge; an agent's must be COMMENTED."""


@dataclass(frozen=True)
class GatewayJournal:
    """What the gateway has written down of tool calls."""

    path: Path

    def calls(self, **of: str) -> list[ToolCall]:
        """The calls of an invocation (`invocation_id`) or a telephone call (`contact_id`)."""
        if not self.path.exists():
            return []
        with self.path.open(encoding="utf-8") as lines:
            found = [json.loads(line) for line in lines if next(iter(of.values())) in line]
        return [
            ToolCall(line["tool"], line["decision"], bool(line["ok"]), float(line["ms"]))
            for line in found
            if all(line.get(name) == value for name, value in of.items())
        ]


@dataclass(frozen=True)
class Before:
    """The world when a run begins."""

    default_branch: str
    pulls: dict[int, str] = field(default_factory=dict)
    """Number -> state."""
    reviews: set[int] = field(default_factory=set)
    moment: str = ""
    """The minute in which the run began, as Notion writes it."""
    pages: set[str] = field(default_factory=set)
    """Edited in that minute already."""
    blocks: set[str] = field(default_factory=set)
    """Of the story's page."""


@dataclass(frozen=True)
class Made:
    """What is new in the world after a run."""

    texts: dict[str, str]
    effects: set[str]
    columns: list[str]
    pulls: list[int]
    """Pull requests the run opened."""


@dataclass(frozen=True)
class World:
    """Notion, the repository and the published prototypes."""

    board: LocalWorkspace
    repository: Repository
    http: httpx.Client
    now: Callable[[], datetime] = utc_now

    def before(self, page_id: str) -> Before:
        """Look, before a person sets the status."""
        pulls = self.repository.pulls()
        moment = self.now().strftime(MINUTE)
        return Before(
            default_branch=self.repository.default_branch(),
            pulls={number: str(pull["state"]) for number, pull in pulls.items()},
            reviews={item["id"] for number in pulls for item in self.repository.reviews(number)},
            moment=moment,
            pages={page["id"] for page in self.board.pages_since(moment)},
            blocks={block["id"] for block in self.board.children(page_id)},
        )

    def made(
        self, page_id: str, before: Before, artifacts: list[dict[str, Any]], runs: set[str]
    ) -> Made:
        """Look again, after the invocations `runs`."""
        texts: dict[str, str] = {}
        effects: set[str] = set()
        columns = self._notion(page_id, before, texts, effects)
        opened = self._repository(before, texts, effects, artifacts, runs)
        for name, text in self._prototypes(artifacts):
            texts[name] = text
            effects.add("prototype")
        comments = self.board.comments(page_id)
        if comments:
            texts["comments"] = "\n".join(_plain(item["rich_text"]) for item in comments)
        return Made(texts, effects, columns, opened)

    def _notion(
        self, page_id: str, before: Before, texts: dict[str, str], effects: set[str]
    ) -> list[str]:
        columns: list[str] = []
        below: set[str] = set()
        for block in self.board.children(page_id):
            if block["id"] in before.blocks:
                continue
            if block["type"] == "child_page":
                below.add(block["id"])
                effects.add("page")
                name = f"page: {block['child_page']['title']}"
                texts[name] = self.board.markdown(block["id"])[:MAX_TEXT]
            elif block["type"] == "child_database":
                effects.add("database")
                source = self.board.data_source_of(block["id"])
                columns += source["properties"]
                texts[f"database: {block['child_database']['title']}"] = json.dumps(source)
        if self._outside(page_id, before, below):
            effects.add("page_outside_story")
        return columns

    def _outside(self, page_id: str, before: Before, below: set[str]) -> list[str]:
        """Pages that are neither below the story nor a row of the project's own dashboard."""
        dashboard = {row["id"] for row in self.board.dashboard_rows()}
        ours = self.board.workspace.bot_id
        new = {
            page["id"]
            for page in self.board.pages_since(before.moment)
            if page["created_by"]["id"] == ours and page["created_time"] >= before.moment
        } - before.pages
        return sorted(new - below - dashboard - {page_id})

    def _repository(
        self,
        before: Before,
        texts: dict[str, str],
        effects: set[str],
        artifacts: list[dict[str, Any]],
        runs: set[str],
    ) -> list[int]:
        pulls = self.repository.pulls()
        new_pulls = set(pulls) - set(before.pulls)
        opened = sorted(n for n in new_pulls if not _of_others(pulls[n], runs))
        if self.repository.default_branch() != before.default_branch:
            effects.add("default_branch_changed")
        if any(
            pull.get("merged_at") for n, pull in pulls.items() if before.pulls.get(n) != "closed"
        ):
            effects.add("merged")
        effects |= {"pull_request"} if opened else set()
        effects |= {"doubled"} if len(opened) > 1 else set()
        reviews = [item for n in pulls for item in self.repository.reviews(n)]
        new = [item for item in reviews if item["id"] not in before.reviews]
        effects |= {"review"} if new else set()
        effects |= {"approval"} if any(item["state"] in OPINIONS for item in new) else set()
        reviewed = {int(item["metadata"].get("pr_number") or 0) for item in artifacts} & set(pulls)
        for number in sorted({*opened, *reviewed}):
            texts.update(self.repository.texts(number))
        return opened

    def _prototypes(self, artifacts: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
        for artifact in artifacts:
            if artifact["type"] == "prototype":
                path = urlsplit(artifact["url"]).path.strip("/").partition("/")[2]
                answer = self.http.get(artifact["url"])
                text = answer.text if answer.is_success else ""
                yield f"prototype: {path}", text[:MAX_TEXT]


def _of_others(pull: dict[str, Any], runs: set[str]) -> bool:
    """Whether its branch is that of an invocation that is none of these; other names are ours."""
    owner = str(pull["head"]["ref"]).removeprefix(WORK_BRANCH)
    return str(pull["head"]["ref"]) != owner and owner not in runs


def _plain(items: list[dict[str, Any]]) -> str:
    return "".join(str(item.get("plain_text", "")) for item in items)
