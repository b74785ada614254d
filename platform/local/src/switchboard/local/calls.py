"""Counting the AWS calls our own services make, from the journals of the local platform.

A service names itself in every request it sends (`app/switchboard-<service>` in the SDK's user
agent, AWS_SDK_UA_APP_ID); the tools' calls and the CLI's are not counted.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from switchboard.local.settings import LocalSettings

OWN = ("ingress", "orchestrator", "completion", "agents")
POLLING = {"ReceiveMessage", "GetRecords", "GetShardIterator"}
"""What the event source mappings do on their own, on AWS as here."""


@dataclass(frozen=True)
class CallCounter:
    """Calls journalled since this counter was made."""

    journal: Path
    start: int

    @classmethod
    def of(cls, settings: LocalSettings) -> "CallCounter":
        """Start counting now."""
        journal = settings.home / "journal" / "aws.jsonl"
        return cls(journal, journal.stat().st_size if journal.exists() else 0)

    def by_service(self) -> dict[str, list[str]]:
        """The operations each of our services has called, in order."""
        found: dict[str, list[str]] = {}
        if not self.journal.exists():
            return found
        with self.journal.open("rb") as lines:
            lines.seek(self.start)
            for line in lines:
                call = json.loads(line)
                service = call["app"].removeprefix("switchboard-")
                if service in OWN and call["operation"] not in POLLING:
                    found.setdefault(service, []).append(call["operation"])
        return found

    def own(self) -> int:
        """How many calls our services made."""
        return sum(len(operations) for operations in self.by_service().values())
