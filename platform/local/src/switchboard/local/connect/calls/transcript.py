"""What was said in a call, and what came of it; the record that outlives the call."""

import threading
from dataclasses import dataclass, field
from typing import Any

from switchboard.local.connect.lines import Line

DESK, CALLER = "desk", "caller"


@dataclass
class Transcript:
    """Fills from the lines of a call; read at any moment by others."""

    turns: int = 0
    said: list[dict[str, str]] = field(default_factory=list)
    tickets: list[str] = field(default_factory=list)
    tools: list[dict[str, Any]] = field(default_factory=list)
    unheard: int = 0
    milliseconds: list[float] = field(default_factory=list)
    """Of each turn, without the model."""
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def note(self, line: Line) -> None:
        """Keep what a line tells."""
        with self._lock:
            match line["type"]:
                case "said":
                    self.said.append({"by": DESK, "text": line["text"]})
                case "tool" if line["state"] == "answered":
                    self._note_tool(line)
                case "unheard":
                    self.unheard += 1
                case "waiting" | "ended":
                    self.milliseconds.append(round(line["ms"] - line["model_ms"], 1))

    def _note_tool(self, line: Line) -> None:
        self.tools.append({name: line[name] for name in ("tool", "ok", "ms")})
        ticket = line.get("ticket")
        if ticket and ticket not in self.tickets:
            self.tickets.append(ticket)

    def heard(self, text: str) -> None:
        """Keep what the caller did."""
        with self._lock:
            self.turns += 1
            self.said.append({"by": CALLER, "text": text})

    def report(self) -> dict[str, Any]:
        """All of it."""
        with self._lock:
            return {
                "turns": self.turns,
                "transcript": list(self.said),
                "tickets": list(self.tickets),
                "tools": list(self.tools),
                "unheard": self.unheard,
                "platform_ms": list(self.milliseconds),
            }
