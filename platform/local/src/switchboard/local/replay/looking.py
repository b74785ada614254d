"""What the effects of a flow hold: files of pull requests, prototypes, pages, Notion comments.

Read through the doors that people use, of the first platform and of the shadow alike.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import httpx

from switchboard.local.notion.client import LocalWorkspace, LocalWorkspaceError
from switchboard.local.replay.effects import Looked, ended
from switchboard.local.replay.normal import digest, normalised
from switchboard.local.replay.progress import Event
from switchboard.local.settings import LocalSettings

CHANGE = re.compile(
    r"^diff --git a/(?P<old>.+?) b/(?P<new>.+?)\n(?P<rest>(?:(?!^diff --git ).*\n?)*)",
    re.MULTILINE,
)
BLOBS = re.compile(r"^index \w+\.\.(\w+)", re.MULTILINE)
MARKED = re.compile(r"(\w+_)([0-9a-f]{4})(?=[./])")
"""A name that ends with four digits of a page's id."""
Artifact = dict[str, Any]


@dataclass(frozen=True)
class Looking:
    """One platform's stand-ins. `http` knows no base URL."""

    settings: LocalSettings
    board: LocalWorkspace
    http: httpx.Client

    def __call__(self, events: Iterable[Event]) -> Looked:
        """Read what the flow made, as it is now."""
        told = list(events)
        return Looked(
            _or_why(lambda: self._content(told)),
            _or_why(lambda: self._comments(told)),
        )

    def _content(self, events: list[Event]) -> Counter[str]:
        made = [item for data in ended(events) for item in data["output_artifacts"]]
        return Counter(line for item in made for line in self._lines(item))

    def _lines(self, artifact: Artifact) -> list[str]:
        kind, meta = artifact["type"], artifact["metadata"]
        if kind == "pull_request":
            return self._files(f"{meta['repo']}/pull/{meta['pr_number']}.diff")
        if kind == "prototype":
            return [f"prototype {digest(self._text(artifact['url']))}"]
        if kind in ("notion_page", "insight_report"):
            return [f"{kind} {digest(self.board.markdown(meta['page_id']))}"]
        return []

    def _files(self, path: str) -> list[str]:
        return files(self._text(f"{self.settings.github_url}/{path}"))

    def _text(self, url: str) -> str:
        answer = self.http.get(url)
        answer.raise_for_status()
        return answer.text

    def _comments(self, events: list[Event]) -> Counter[str]:
        wanted = {
            (data["notion_page_id"], data["comment_id"])
            for event in events
            if event["detail-type"] == "InvocationDelivered.v1"
            and (data := event["detail"]["data"]).get("comment_id")
        }
        return Counter(
            f"on the page: {' '.join(normalised(text).split())}"
            for page in {page for page, _ in wanted}
            for name, text in self._texts(page)
            if (page, name) in wanted
        )

    def _texts(self, page_id: str) -> list[tuple[str, str]]:
        return [
            (
                str(comment["id"]),
                "".join(part.get("plain_text", "") for part in comment["rich_text"]),
            )
            for comment in self.board.comments(page_id)
        ]


def files(diff: str) -> list[str]:
    """Each changed file of a diff with git's own hash of its new content.

    A module that is named after its page's id has another name in the shadow when the flow makes
    the page itself: such a file is told by a hash of its text with that name left open.
    """
    changes = list(CHANGE.finditer(diff))
    marks = {mark for change in changes for mark in MARKED.findall(change["new"])}
    found = []
    for change in changes:
        name, rest = change["new"], change["rest"]
        blob = BLOBS.search(rest)
        body = BLOBS.sub("", rest)
        known = blob[1] if blob else digest(body)
        if (opened := _opened(body.replace(name, ""), marks)) != body.replace(name, ""):
            known = digest(opened)
        found.append(f"{normalised(_opened(name, marks))} {known}")
    return found


def _opened(text: str, marks: set[tuple[str, str]]) -> str:
    for stem, mark in marks:
        text = text.replace(f"{stem}{mark}", f"{stem}<id>")
    return text


def _or_why(read: Callable[[], Counter[str]]) -> Counter[str] | str:
    try:
        return read()
    except (httpx.HTTPError, LocalWorkspaceError) as error:
        return f"it cannot be read any more: {error}".splitlines()[0]
