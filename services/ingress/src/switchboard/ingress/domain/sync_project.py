"""An edited configuration page -> the stored configuration and `ProjectConfigured.v1` (DAT-08)."""

from dataclasses import dataclass
from datetime import datetime

from switchboard.events.content import ContentChangedV1, TriggerRejectedV1
from switchboard.events.envelope import Event
from switchboard.ingress.domain.configuration import ConfigurationInvalidError, read_configuration
from switchboard.ingress.domain.derived_ids import derived_ulid
from switchboard.ingress.domain.envelopes import Envelopes
from switchboard.ingress.domain.model import (
    Decision,
    Page,
    ProjectUpdate,
    StoredProject,
    page_key,
)
from switchboard.ingress.domain.ports import Bot, Projects

TRIGGER = "Project configuration"
"""Stands where a story's Status would, when a configuration page is refused."""


@dataclass(frozen=True)
class SyncProject:
    """Validate the page; keep the previous configuration when it is wrong, and say so."""

    projects: Projects
    bot: Bot
    envelopes: Envelopes

    def __call__(self, event: Event[ContentChangedV1], page: Page, read_at: datetime) -> Decision:
        """Decide; `read_at` is the time before the page was read."""
        known = self.projects.get(page.title.strip())
        try:
            configuration = read_configuration(
                page,
                self._workspace(event, known),
                known.configuration if known else None,
                read_at,
            )
            project = StoredProject(configuration, page.id)
            self._demand_unclaimed(project, known)
        except ConfigurationInvalidError as error:
            return self._refusal(event, page, error)
        if known and known.configuration.updated_at > read_at:
            return Decision("CONFIG_SUPERSEDED", "A later reading of the page is already stored.")
        configured = self.envelopes.caused(event, configuration, configuration.project_id)
        return Decision(
            "PROJECT_CONFIGURED",
            f"Project {configuration.project_id} is configured by this page.",
            trigger=TRIGGER,
            events=(configured,),
            project=ProjectUpdate(project, known),
        )

    def _workspace(self, event: Event[ContentChangedV1], known: StoredProject | None) -> str:
        if event.data.workspace_id:
            return event.data.workspace_id
        return known.configuration.workspace_id if known else self.bot.identity().workspace_id

    def _demand_unclaimed(self, project: StoredProject, known: StoredProject | None) -> None:
        problems = []
        project_id = project.configuration.project_id
        if known and known.page_id != project.page_id:
            problems.append(f"Another page configures project {project_id} already.")
        for key in project.keys:
            holder = self.projects.holding([key])
            name = holder.configuration.project_id if holder else project_id
            if name == project_id:
                continue
            if key == page_key(project.page_id):
                problems.append(f"This page configures {name}; the title cannot be changed.")
            else:
                problems.append(f"The stories of {key.partition(':')[2]} belong to {name} already.")
        if problems:
            raise ConfigurationInvalidError(problems)

    def _refusal(
        self, event: Event[ContentChangedV1], page: Page, error: ConfigurationInvalidError
    ) -> Decision:
        remediation = "Correct the page; until then the previous configuration stays in force"
        data = TriggerRejectedV1(
            notion_page_id=page.id,
            workspace_id=event.data.workspace_id,
            trigger_value=TRIGGER,
            code="CONFIG_INVALID",
            message=str(error),
            remediation=remediation,
            requested_by=event.data.authors,
        )
        # The same refusal of the same edit is the same event, whichever source event reports it.
        event_id = derived_ulid(page.last_edited_time, page.id, str(error))
        rejected = self.envelopes.caused(event, data, None, event_id)
        return Decision("CONFIG_INVALID", str(error), remediation, TRIGGER, events=(rejected,))
