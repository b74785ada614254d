"""A recorded run is played again without a model, with another run's ids."""

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from switchboard.agents.cassette_names import Names
from switchboard.agents.cassettes import Cassettes, joined, with_cassettes
from switchboard.agents.memory import Call, MemoryBus, MemoryToolBox
from switchboard.agents.payload import RunRequest
from switchboard.agents.run import RunAgent

Runs = Callable[..., RunAgent]
Requests = Callable[..., RunRequest]
FIRST, SECOND = "01JD2Q3R4S5T6V7W8X9Y0ZABCD", "01JD2Q3R4S5T6V7W8X9Y0ZWXYZ"
SESSION = f"inv-{FIRST}-0a1b2c3d"
TOKEN = "ghp_0123456789abcdefghij"


def _refuses() -> Any:
    raise AssertionError("a replay may not build a model")


def _run(ready: RunAgent, setting: str, request: RunRequest, *, model: bool = True) -> Any:
    """The event of a run that is recorded or played."""
    build = with_cassettes(setting, "code", "offline.playbook", ready.model if model else _refuses)
    replace(ready, model=build)(request, SESSION, threading.Event())
    assert isinstance(ready.bus, MemoryBus)
    return ready.bus.events[-1]


def _push(branch: str, **extra: Any) -> Call:
    files = [{"path": "src/a.py", "content": ""}]
    return Call("github___push_files", {"branch": branch, "files": files, **extra})


def test_a_replayed_run_makes_the_same_artifacts_under_its_own_ids(
    run: Runs,
    request_of: Requests,
    tools: MemoryToolBox,
    work_as_code: list[Any],
    tmp_path: Path,
) -> None:
    recorded = _run(run(work_as_code), f"record:{tmp_path}", request_of())

    second = request_of(
        invocation_id=SECOND,
        correlation_id=SECOND,
        notion_page_id="33333333-3333-4333-8333-333333333333",
    )
    played = _run(run([]), f"replay:{tmp_path}", second, model=False)

    assert recorded.detail_type == played.detail_type == "AgentRunCompleted.v1"
    [before], [after] = recorded.data.artifacts, played.data.artifacts
    assert (before.url, before.title) == (after.url, after.title)
    assert before.metadata["branch"] == f"switchboard/{FIRST.lower()}"
    assert after.metadata["branch"] == f"switchboard/{SECOND.lower()}"
    assert recorded.data.token_usage == played.data.token_usage


def test_a_miss_ends_the_run_with_the_nearest_recording_and_what_to_do(
    run: Runs, request_of: Requests, work_as_code: list[Any], tmp_path: Path
) -> None:
    _run(run(work_as_code), f"record:{tmp_path}", request_of())
    story = {**request_of().story.model_dump(), "title": "Another story"}

    missed = _run(run([]), f"replay:{tmp_path}", request_of(story=story), model=False)

    error = missed.data.error
    assert error.code == "AGENT_ERROR"
    assert "nearest is code-01-" in error.message
    assert "Another story" in error.message
    assert "--record" in error.remediation
    assert missed.data.token_usage.total_tokens == 0


def test_a_folder_without_recordings_says_so(
    run: Runs, request_of: Requests, tmp_path: Path
) -> None:
    missed = _run(run([]), f"replay:{tmp_path}", request_of(), model=False)

    assert "has none of the code agent" in missed.data.error.message


def test_no_token_is_written(
    run: Runs, request_of: Requests, work_as_code: list[Any], tmp_path: Path
) -> None:
    story = {**request_of().story.model_dump(), "content_markdown": f"use {TOKEN}"}
    turns = [_push(f"switchboard/{FIRST.lower()}", message=f"with {TOKEN}"), *work_as_code[1:]]

    _run(run(turns), f"record:{tmp_path}", request_of(story=story))

    written = [path.read_text() for path in tmp_path.iterdir()]
    assert written
    assert not any(TOKEN in text for text in written)


def test_an_answer_that_breaks_off_is_not_kept(
    run: Runs, request_of: Requests, tmp_path: Path
) -> None:
    def breaks(_: Any) -> None:
        raise ConnectionError("gone")

    _run(run([breaks]), f"record:{tmp_path}", request_of())

    assert list(tmp_path.iterdir()) == []


def test_a_recording_is_for_people_to_read(
    run: Runs, request_of: Requests, work_as_code: list[Any], tmp_path: Path
) -> None:
    _run(run(work_as_code), f"record:{tmp_path}", request_of())

    first = sorted(tmp_path.iterdir())[0]
    recording = json.loads(first.read_text())
    assert first.name.startswith("code-01-")
    assert set(recording) == {"agent", "model", "request", "answer"}
    assert FIRST not in first.read_text()


def test_pieces_of_an_answer_are_joined_so_that_no_id_is_cut_in_two() -> None:
    pieces: list[Any] = [
        {"contentBlockDelta": {"delta": {"toolUse": {"input": '{"a": "01JD2Q3R4S5T'}}}},
        {"contentBlockDelta": {"delta": {"toolUse": {"input": '6V7W8X9Y0ZABCD"}'}}}},
        {"contentBlockStop": {}},
    ]

    assert joined(pieces) == [
        {"contentBlockDelta": {"delta": {"toolUse": {"input": f'{{"a": "{FIRST}"}}'}}}},
        {"contentBlockStop": {}},
    ]
    assert pieces[0]["contentBlockDelta"]["delta"]["toolUse"]["input"] == '{"a": "01JD2Q3R4S5T'


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("at 2026-11-28T01:02:03Z", "at 2025-01-01T00:00:00.5+00:00"),
        ("page 2222222222224222822222222222222a", "page 33333333333342338333333333333333"),
        (
            '{"number": 7, "html": "/pull/7", "s": "PR #7"}',
            '{"number": 12, "html": "/pull/12", "s": "PR #12"}',
        ),
        ("3 passed in 0.02s", "3 passed in 1.5s"),
        ('{"wall_seconds": 0.5}', '{"wall_seconds": 12}'),
        ("http://127.0.0.1:8711/x", "http://127.0.0.1:9104/x"),
        ("sha " + "a" * 40, "sha " + "b" * 40),
        ("by offline.playbook", "by gpt-5"),
    ],
)
def test_two_runs_ask_the_same(one: str, other: str) -> None:
    first, second = Names("offline.playbook"), Names("gpt-5")

    assert first.named({"text": one}) == second.named({"text": other})


def test_a_time_that_an_answer_repeats_is_played_as_it_was() -> None:
    assert Names("m").known({"text": "8 passed in 0.02s"}) == {"text": "8 passed in 0.02s"}


def test_what_two_stories_say_stays_different() -> None:
    folder = Cassettes(Path(), "code", "m")

    first, _ = folder.request([{"role": "user", "content": [{"text": "SAVE10 gives 10 %"}]}], {})
    second, _ = folder.request([{"role": "user", "content": [{"text": "SAVE20 gives 20 %"}]}], {})

    assert first != second
