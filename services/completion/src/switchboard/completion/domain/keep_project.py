"""The read model of projects follows their configuration."""

from dataclasses import dataclass

from switchboard.completion.domain.model import Project
from switchboard.completion.domain.ports import Projects
from switchboard.events.envelope import Event
from switchboard.events.project import ProjectConfiguredV1


@dataclass(frozen=True)
class KeepProject:
    """Keep the newest configuration of a project."""

    projects: Projects

    def __call__(self, event: Event[ProjectConfiguredV1]) -> str:
        """Idempotent and safe out of order: `updated_at` decides in the write itself."""
        kept = self.projects.put(Project.configured(event.data))
        return "kept" if kept else "not newer than what is known"
