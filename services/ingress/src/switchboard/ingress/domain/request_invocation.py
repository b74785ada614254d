"""A story's change -> a request for an agent's work, or the reason why there is none."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from switchboard.events.content import ContentChangedV1, TriggerRejectedV1
from switchboard.events.envelope import Event, EventTooLargeError
from switchboard.events.invocation import InvocationRequestedV1
from switchboard.events.project import ProjectConfiguredV1
from switchboard.events.values import PageSnapshot
from switchboard.ingress.domain.derived_ids import derived_ulid
from switchboard.ingress.domain.envelopes import Envelopes
from switchboard.ingress.domain.model import (
    Body,
    Decision,
    Page,
    PageClaim,
    Property,
    source_key,
)
from switchboard.ingress.domain.ports import Bodies, Pages, Projects
from switchboard.ingress.domain.triggers import DEFAULT_TRIGGERS

STATUS = "Status"
DESCRIBING = ("Acceptance Criteria", "Description")
"""Properties that can stand for an empty page body."""
INLINE_BYTES = 100_000
"""A longer body goes to the content bucket, and the event carries its key (K-33)."""
MAX_BODY_BYTES = 1_000_000


class StoryRejectedError(ValueError):
    """The story asks for work that cannot be accepted; the person is told why."""

    def __init__(self, code: str, message: str, remediation: str) -> None:
        """Give a code, what is wrong, and what to do about it."""
        super().__init__(message)
        self.code = code
        self.remediation = remediation


def status_of(page: Page, changed: Sequence[str]) -> tuple[Property | None, bool]:
    """The Status property, and whether the event may have been about it.

    Real events name changed properties by URL-encoded id, the seed's body by name, automations not
    at all (K-07). A Status that was renamed is still found, by its id and its type.
    """
    named = page.properties.get(STATUS)
    if named is not None and named.type not in ("status", "select"):
        named = None
    if not changed:
        return named or _first_status(list(page.properties.values())), True
    ids = {unquote(item) for item in changed}
    touched = [
        item for name, item in page.properties.items() if unquote(item.id) in ids or name in ids
    ]
    if named is not None:
        return named, named in touched
    renamed = _first_status(touched)
    return renamed or _first_status(list(page.properties.values())), renamed is not None


def _first_status(properties: list[Property]) -> Property | None:
    return next((item for item in properties if item.type == "status"), None)


@dataclass(frozen=True)
class RequestInvocation:
    """Resolve the page's Status in its project's triggers and ask for an invocation."""

    pages: Pages
    bodies: Bodies
    projects: Projects
    envelopes: Envelopes

    def __call__(self, event: Event[ContentChangedV1], page: Page) -> Decision:
        """Decide; writes nothing but a large body, under a key that only that body has."""
        found, about_status = status_of(page, event.data.changed_property_ids)
        project = self.projects.holding([source_key(item) for item in page.parent_ids])
        trigger = found.value.strip() if found and isinstance(found.value, str) else ""
        if not about_status:
            return Decision("STATUS_UNCHANGED", "The change was not one of the Status property.")
        if project is None:
            return self._no_project(event, page, trigger)
        configuration = project.configuration
        agent_type = configuration.trigger_map.get(trigger)
        if agent_type is None:
            known = ", ".join(sorted(configuration.trigger_map))
            return Decision(
                "UNKNOWN_TRIGGER",
                f"Status {trigger!r} starts nothing in project {configuration.project_id}.",
                f"Set Status to one of: {known}",
                trigger,
            )
        try:
            return self._request(event, page, trigger, agent_type, configuration)
        except StoryRejectedError as error:
            return self._rejection(event, page, trigger, error, configuration.project_id)

    def _no_project(self, event: Event[ContentChangedV1], page: Page, trigger: str) -> Decision:
        if trigger not in DEFAULT_TRIGGERS:
            return Decision(
                "NOT_A_STORY", "The page belongs to no configured project.", "", trigger
            )
        error = StoryRejectedError(
            "UNKNOWN_PROJECT",
            f"Status {trigger!r} asks for an agent, but the page belongs to no configured project.",
            "Create a configuration page for this database in the Projects data source",
        )
        return self._rejection(event, page, trigger, error, None)

    def _request(
        self,
        event: Event[ContentChangedV1],
        page: Page,
        trigger: str,
        agent_type: str,
        project: ProjectConfiguredV1,
    ) -> Decision:
        # The id of the incoming event: a redelivery asks for the same invocation.
        invocation_id = event.metadata.id
        body = self._story(page)
        data = InvocationRequestedV1(
            invocation_id=invocation_id,
            workspace_id=event.data.workspace_id or project.workspace_id,
            notion_page_id=page.id,
            agent_type=agent_type,
            trigger_value=trigger,
            project_id=project.project_id,
            page_snapshot=self._snapshot(page, body, invocation_id),
            origin="webhook",
            requested_by=event.data.authors,
        )
        requested = self.envelopes.caused(event, data, project.project_id)
        self._demand_fit(requested)
        cut = " Notion left out a part of the page body." if body.truncated else ""
        return Decision(
            "INVOCATION_REQUESTED",
            f"Agent {agent_type} was asked for by Status {trigger!r}.{cut}",
            "",
            trigger,
            invocation_id,
            (requested,),
            PageClaim(page.id, trigger, page.last_edited_time, invocation_id),
        )

    def _story(self, page: Page) -> Body:
        body = self.pages.body(page.id)
        if not body.markdown.strip() and not any(page.text(name) for name in DESCRIBING):
            raise StoryRejectedError(
                "STORY_EMPTY",
                "The story has no text an agent could work from.",
                "Describe the story in the page body or in Acceptance Criteria, "
                "then set Status again",
            )
        size = len(body.markdown.encode())
        if size > MAX_BODY_BYTES:
            raise StoryRejectedError(
                "STORY_TOO_LARGE",
                f"The page body has {size} bytes, at most {MAX_BODY_BYTES} are accepted.",
                "Split the story or move attachments to linked pages, then set Status again",
            )
        return body

    def _snapshot(self, page: Page, body: Body, invocation_id: str) -> PageSnapshot:
        inline = len(body.markdown.encode()) <= INLINE_BYTES
        return PageSnapshot(
            title=page.title,
            properties=page.values(),
            content_markdown=body.markdown if inline else None,
            content_ref=None if inline else self.bodies.put(invocation_id, body.markdown),
            url=page.url,
        )

    def _demand_fit(self, event: Event[Any]) -> None:
        try:
            event.detail()
        except EventTooLargeError as error:
            raise StoryRejectedError(
                "STORY_TOO_LARGE",
                "The properties of the page do not fit into one event.",
                "Move long text from properties into the page body, then set Status again",
            ) from error

    def _rejection(
        self,
        event: Event[ContentChangedV1],
        page: Page,
        trigger: str,
        error: StoryRejectedError,
        project_id: str | None,
    ) -> Decision:
        data = TriggerRejectedV1(
            notion_page_id=page.id,
            workspace_id=event.data.workspace_id,
            trigger_value=trigger,
            code=error.code,
            message=str(error),
            remediation=error.remediation,
            requested_by=event.data.authors,
        )
        # The same refusal of the same edit is the same event: several source events may report one
        # edit, and be handled at once.
        edit = (page.id, trigger, error.code)
        event_id = derived_ulid(page.last_edited_time, *edit)
        rejected = self.envelopes.caused(event, data, project_id, event_id)
        return Decision(error.code, str(error), error.remediation, trigger, events=(rejected,))
