"""What the tools count (GTW-07, OBS-06, OBS-09, PRO-05)."""

from typing import Protocol


class ToolMetrics(Protocol):
    """Where measurements go."""

    def tool_called(self, tool: str, milliseconds: float, *, failed: bool) -> None:
        """Measure the latency of one call of a tool, by its full name."""
        ...

    def prototype_deployed(self) -> None:
        """Count a prototype when its first file is stored."""
        ...
