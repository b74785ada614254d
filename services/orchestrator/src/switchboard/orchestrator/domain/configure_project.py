"""Keeping the read model of project configurations."""

from dataclasses import dataclass

from switchboard.events.envelope import Event
from switchboard.events.project import ProjectConfiguredV1
from switchboard.orchestrator.domain.ports import Projects


@dataclass(frozen=True)
class ConfigureProject:
    """Take over what ingress says about a project; an older version never replaces a newer one."""

    projects: Projects

    def __call__(self, event: Event[ProjectConfiguredV1]) -> None:
        """Idempotent: the same or an older version changes nothing."""
        self.projects.put(event.data)
