"""What a replay reads from the running platform, beside the archive; it writes nothing there."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from switchboard.local.access import Access
from switchboard.local.notion.client import LocalWorkspace, LocalWorkspaceError
from switchboard.local.replay.archive import ArchivedFlow, ArchivedPage, pages, refused_pages
from switchboard.local.replay.refusal import ReplayRefusedError
from switchboard.local.replay.seeding import writable

GONE = "replay a newer flow, or put the story on the board again: hatch run story"


@dataclass(frozen=True)
class Living:
    """The running platform, as the source of what an event does not carry."""

    access: Access
    board: LocalWorkspace

    def project(self) -> dict[str, Any]:
        """The project's settings as they are now, ready to be written elsewhere."""
        shown = self.board.page(self.board.workspace.project_page_id)
        return writable(shown["properties"])

    def pages(self, flow: ArchivedFlow) -> list[ArchivedPage]:
        """The pages the flow begins with, each with its text.

        Raises:
            ReplayRefusedError: the archive has no copy, and the page was changed or deleted since.
        """
        kept = [self._with_text(page) for page in pages(flow)]
        refused = refused_pages(flow).items()
        return kept + [self._as_it_is(page_id, trigger) for page_id, trigger in refused]

    def _with_text(self, page: ArchivedPage) -> ArchivedPage:
        if page.markdown is not None or page.body_key is None:
            return page
        try:
            bucket = self.access.parameter("platform/content/bucket")
            stored = self.access.client("s3").get_object(Bucket=bucket, Key=page.body_key)
            return replace(page, markdown=stored["Body"].read().decode())
        except (BotoCoreError, ClientError) as error:
            message = f"the story's text {page.body_key} is not kept any more"
            raise ReplayRefusedError(message, GONE) from error

    def _as_it_is(self, page_id: str, trigger: str) -> ArchivedPage:
        """A refused request has no snapshot in the archive: only the page itself can tell."""
        try:
            shown = self.board.page(page_id)
            text = self.board.markdown(page_id)
        except LocalWorkspaceError as error:
            message = f"page {page_id} cannot be read any more, and the archive has no copy of it"
            raise ReplayRefusedError(message, GONE) from error
        values = _plain(shown["properties"])
        if shown.get("in_trash"):
            message = f"page {page_id} was deleted since, and the archive has no copy of it"
            raise ReplayRefusedError(message, GONE)
        if values.get("Status") not in (trigger, "Failed"):
            message = (
                f"page {page_id} was changed since: its Status is {values.get('Status')!r}, "
                f"the flow began with {trigger!r}; the archive has no copy of it"
            )
            raise ReplayRefusedError(message, GONE)
        values["Status"] = trigger
        return ArchivedPage(page_id, str(values.get("Name", "")), values, text)


def _plain(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Values as a page snapshot has them: text, a name, people."""
    found: dict[str, Any] = {}
    for name, shown in properties.items():
        kind = shown["type"]
        value = shown.get(kind)
        if kind in ("title", "rich_text"):
            found[name] = "".join(item["plain_text"] for item in value or [])
        elif kind in ("select", "status"):
            found[name] = value["name"] if value else None
        elif kind == "people":
            found[name] = {"people": value or []}
        elif kind in ("url", "number", "checkbox"):
            found[name] = value
    return found
