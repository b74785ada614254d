"""Recordings of real model calls, played again without a model.

They are made here, where every provider's answer has one form (Strands' stream events), and not on
a provider's wire: one recording serves all of them, and no header, so no key, is ever seen. A
recording is a JSON file named by the agent, the number of messages and the hash of the request.
"""

import hashlib
import json
from collections.abc import AsyncGenerator, AsyncIterable, Callable
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any, Literal

from strands.models.model import Model
from strands.types.content import Messages
from strands.types.streaming import StreamEvent

from switchboard.agents.cassette_names import Names
from switchboard.agents.outcome import AgentRunError

Mode = Literal["record", "replay"]
KEY_DIGITS = 16
SHOWN = 160
"""Characters of a difference in a message."""


class Cassettes:
    """The recordings of one agent in a folder."""

    def __init__(self, folder: Path, agent: str, model: str) -> None:
        """Keep and find recordings in `folder`; `model` is the name that stands in requests."""
        self._folder = folder
        self._agent = agent
        self._model = model

    def request(self, messages: Messages, options: dict[str, Any]) -> tuple[dict[str, Any], Names]:
        """What a call asks, in the form in which two runs ask the same, and the names it took."""
        names = Names(self._model)
        asked = {
            "system": options.get("system_prompt"),
            "messages": [{key: item[key] for key in ("role", "content")} for item in messages],
            "tools": options.get("tool_specs"),
            "tool_choice": options.get("tool_choice"),
        }
        return names.named(json.loads(json.dumps(asked, default=str))), names

    def keep(self, asked: dict[str, Any], names: Names, events: list[StreamEvent]) -> None:
        """Write a recording."""
        self._folder.mkdir(parents=True, exist_ok=True)
        recording = {
            "agent": self._agent,
            "model": self._model,
            "request": asked,
            "answer": names.known(joined(events)),
        }
        text = json.dumps(recording, ensure_ascii=False, indent=1)
        self._path(asked).write_text(f"{text}\n", encoding="utf-8")

    def find(self, asked: dict[str, Any], names: Names) -> list[StreamEvent]:
        """The recorded answer, with the request's own values.

        Raises:
            AgentRunError: there is none; names the nearest recording and where it differs.
        """
        path = self._path(asked)
        if not path.exists():
            raise self._miss(asked)
        recording = json.loads(path.read_text(encoding="utf-8"))
        events: list[StreamEvent] = names.restored(recording["answer"])
        return events

    def _path(self, asked: dict[str, Any]) -> Path:
        key = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:KEY_DIGITS]
        return self._folder / f"{self._agent}-{len(asked['messages']):02}-{key}.json"

    def _miss(self, asked: dict[str, Any]) -> AgentRunError:
        wanted = self._path(asked).name
        lines = _lines(asked)
        others = {
            path.name: _lines(json.loads(path.read_text(encoding="utf-8"))["request"])
            for path in sorted(self._folder.glob(f"{self._agent}-*.json"))
        }
        remedy = (
            "Record it: run the same story with --record and the same folder. A recording holds "
            "for one text of story, prompt and tools."
        )
        if not others:
            message = f"no recording {wanted}: the folder has none of the {self._agent} agent"
            return AgentRunError(message, remediation=remedy)
        nearest = max(others, key=lambda name: _alike(lines, others[name]))
        return AgentRunError(
            f"no recording {wanted}; nearest is {nearest}, {_difference(lines, others[nearest])}",
            remediation=remedy,
        )


class RecordingModel(Model):
    """A model whose whole answers are kept."""

    def __init__(self, inner: Model, cassettes: Cassettes) -> None:
        """Record `inner`."""
        self._inner = inner
        self._cassettes = cassettes
        self.config = inner.get_config()

    def update_config(self, **model_config: Any) -> None:
        self._inner.update_config(**model_config)

    def get_config(self) -> Any:
        return self._inner.get_config()

    async def stream(
        self, messages: Messages, *args: Any, **options: Any
    ) -> AsyncIterable[StreamEvent]:
        """Stream one call; an answer that breaks off is not kept."""
        asked, names = self._cassettes.request(messages, _options(args, options))
        events: list[StreamEvent] = []
        async for event in self._inner.stream(messages, *args, **options):
            events.append(event)
            yield event
        self._cassettes.keep(asked, names, events)

    async def structured_output(
        self, *_args: Any, **_options: Any
    ) -> AsyncGenerator[dict[str, Any], None]:
        """Unused: Strands asks for structured output through `stream` and a tool."""
        raise NotImplementedError
        yield {}


class ReplayingModel(RecordingModel):
    """Answers from recordings only; it has no model that it could ask."""

    def __init__(self, cassettes: Cassettes, model_id: str) -> None:
        """Play `cassettes`."""
        self._cassettes = cassettes
        self.config = {"model_id": model_id}

    def update_config(self, **model_config: Any) -> None:
        self.config.update(model_config)

    def get_config(self) -> Any:
        return self.config

    async def stream(
        self, messages: Messages, *args: Any, **options: Any
    ) -> AsyncIterable[StreamEvent]:
        """Stream the recorded answer."""
        for event in self._cassettes.find(
            *self._cassettes.request(messages, _options(args, options))
        ):
            yield event


def with_cassettes(
    setting: str, agent: str, model: str, build: Callable[[], Model]
) -> Callable[[], Model]:
    """What builds a run's model; `setting` is `record:<folder>` or `replay:<folder>`."""
    mode, _, folder = setting.partition(":")
    cassettes = Cassettes(Path(folder), agent, model)
    if mode == "replay":
        return lambda: ReplayingModel(cassettes, model)
    return lambda: RecordingModel(build(), cassettes)


def joined(events: list[StreamEvent]) -> list[Any]:
    """Deltas that follow each other as one: people can read it, and no id is cut in two."""
    whole: list[Any] = []
    for event in json.loads(json.dumps(events, default=str)):
        last = whole[-1] if whole else {}
        if not _added(last.get("contentBlockDelta"), event.get("contentBlockDelta")):
            whole.append(event)
    return whole


def _added(last: Any, more: Any) -> bool:
    """Append one delta's text to another of the same block and kind."""
    if not last or not more or last.get("contentBlockIndex") != more.get("contentBlockIndex"):
        return False
    for path in (("text",), ("toolUse", "input"), ("reasoningContent", "text")):
        into, text = _holder(last["delta"], path), _holder(more["delta"], path)
        if into is not None and text is not None:
            into[path[-1]] += text[path[-1]]
            return True
    return False


def _holder(delta: Any, path: tuple[str, ...]) -> Any:
    for name in path[:-1]:
        delta = delta.get(name) or {}
    return delta if isinstance(delta.get(path[-1]), str) else None


def _options(args: tuple[Any, ...], options: dict[str, Any]) -> dict[str, Any]:
    """Tools and system prompt come by position or by name."""
    return {**dict(zip(("tool_specs", "system_prompt"), args, strict=False)), **options}


def _lines(asked: dict[str, Any]) -> list[str]:
    return json.dumps(asked, ensure_ascii=False, indent=0).replace("\\n", "\n").splitlines()


def _alike(lines: list[str], others: list[str]) -> float:
    return SequenceMatcher(None, lines, others, autojunk=False).quick_ratio()


def _difference(lines: list[str], recorded: list[str]) -> str:
    pairs = zip([*lines, ""], [*recorded, ""], strict=False)
    now, then = next(((a, b) for a, b in pairs if a != b), ("", ""))
    return f"which has {then[:SHOWN]!r} where this call has {now[:SHOWN]!r}"
