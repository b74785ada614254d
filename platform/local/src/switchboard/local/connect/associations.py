"""What Connect's API ties together after a deployment, kept in one file over restarts."""

import json
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

NUMBERS = "numbers"
AGENTS = "agents"
PROFILES = "profiles"
ATTRIBUTES = "attributes"
KINDS = (NUMBERS, AGENTS, PROFILES, ATTRIBUTES)


class Associations:
    """Number -> flow, assistant -> AI agent, AI agent -> profiles, instance -> attributes."""

    def __init__(self, path: Path) -> None:
        """Keep them in `path`, made at the first change."""
        self._path = path
        self._lock = threading.Lock()
        self._read: tuple[int, int] | None = None
        self._value: dict[str, dict[str, Any]] = {}

    def flow_of(self, number_id: str) -> str | None:
        """The id of the flow that a number rings, if it has one."""
        found = self._current()[NUMBERS].get(number_id)
        return None if found is None else str(found)

    def ring(self, number_id: str, flow_id: str) -> None:
        """Let a number ring a flow, instead of the one before."""
        self._change(NUMBERS, lambda kept: kept.update({number_id: flow_id}))

    def silence(self, number_id: str) -> None:
        """Take a number off its flow; twice is fine."""
        self._change(NUMBERS, lambda kept: kept.pop(number_id, None))

    def agents_of(self, assistant_id: str) -> Mapping[str, str]:
        """The default AI agents of an assistant: use case -> agent id with its qualifier."""
        found: Mapping[str, str] = self._current()[AGENTS].get(assistant_id, {})
        return found

    def use_agent(self, assistant_id: str, use_case: str, agent_id: str) -> None:
        """Make an agent the default of a use case."""
        self._change(
            AGENTS, lambda kept: kept.setdefault(assistant_id, {}).update({use_case: agent_id})
        )

    def drop_agent(self, assistant_id: str, use_case: str) -> None:
        """Take the default of a use case back; twice is fine."""
        self._change(AGENTS, lambda kept: kept.get(assistant_id, {}).pop(use_case, None))

    def profiles_of(self, agent_arn: str) -> list[str]:
        """Security profiles of an agent under exactly this name."""
        return list(self._current()[PROFILES].get(agent_arn, []))

    def grant(self, agent_arn: str, profile_ids: list[str]) -> None:
        """Give an agent security profiles; those it has already stay."""

        def add(kept: dict[str, Any]) -> None:
            before = kept.get(agent_arn, [])
            kept[agent_arn] = [*before, *(item for item in profile_ids if item not in before)]

        self._change(PROFILES, add)

    def withdraw(self, agent_arn: str, profile_ids: list[str]) -> None:
        """Take security profiles away; twice is fine."""

        def remove(kept: dict[str, Any]) -> None:
            kept[agent_arn] = [item for item in kept.get(agent_arn, []) if item not in profile_ids]

        self._change(PROFILES, remove)

    def attribute(self, instance_id: str, name: str) -> str | None:
        """An instance's attribute that the API has set."""
        found = self._current()[ATTRIBUTES].get(instance_id, {}).get(name)
        return None if found is None else str(found)

    def set_attribute(self, instance_id: str, name: str, value: str) -> None:
        """Set an attribute that templates cannot set."""
        self._change(
            ATTRIBUTES, lambda kept: kept.setdefault(instance_id, {}).update({name: value})
        )

    def _current(self) -> dict[str, dict[str, Any]]:
        with self._lock:
            return self._load()

    def _load(self) -> dict[str, dict[str, Any]]:
        """The file, read again when somebody replaced it (a reset, another process)."""
        try:
            stat = self._path.stat()
        except FileNotFoundError:
            self._read, self._value = None, {name: {} for name in KINDS}
            return self._value
        seen = (stat.st_ino, stat.st_mtime_ns)
        if seen != self._read:
            given = json.loads(self._path.read_text())
            self._value = {name: given.get(name, {}) for name in KINDS}
            self._read = seen
        return self._value

    def _change(self, name: str, change: Callable[[dict[str, Any]], object]) -> None:
        with self._lock:
            value = json.loads(json.dumps(self._load()))
            change(value[name])
            self._path.parent.mkdir(parents=True, exist_ok=True)
            draft = self._path.with_suffix(".tmp")
            draft.write_text(json.dumps(value, indent=1, sort_keys=True))
            draft.replace(self._path)
            self._read = None
