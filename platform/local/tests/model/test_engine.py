"""Playbooks replayed against a conversation."""

import sys
import types
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from switchboard.local.model.engine import (
    Call,
    Context,
    Final,
    Playbook,
    PlaybookFailedError,
    Replay,
    UnknownPlaybookError,
    load_playbooks,
    playbook,
)

SYSTEM = "You are Switchboard's writer agent.\nBe brief."
TOOLS = ["a___lookup", "b___write"]


@pytest.fixture
def replay(playbooks: Mapping[str, Playbook]) -> Replay:
    return Replay(playbooks)


def user(text: str) -> dict[str, Any]:
    return {"role": "user", "content": [{"text": text}]}


def asked(*uses: str) -> dict[str, Any]:
    blocks = [{"toolUse": {"toolUseId": use, "name": "x", "input": {}}} for use in uses]
    return {"role": "assistant", "content": [{"text": "..."}, *blocks]}


def answered(*results: tuple[str, str], status: str = "success") -> dict[str, Any]:
    return {
        "role": "user",
        "content": [
            {"toolResult": {"toolUseId": use, "content": [{"text": text}], "status": status}}
            for use, text in results
        ],
    }


def test_a_playbook_begins_with_its_first_call(replay: Replay) -> None:
    step = replay.next([user("hello")], SYSTEM, TOOLS)

    assert step == (Call("lookup", {"word": "hello"}, "I look it up."),)


def test_results_come_back_in_the_order_they_were_asked_for(replay: Replay) -> None:
    conversation = [
        user("hello"),
        asked("1"),
        answered(("1", '{"meaning": "hi"}')),
        asked("2", "3"),
        answered(("3", "third"), ("2", "second")),
    ]

    step = replay.next(conversation, SYSTEM, TOOLS)

    assert step == Final("done: hi second third", {"summary": "hi second third"})


def test_a_failed_tool_is_seen_by_the_playbook(replay: Replay) -> None:
    conversation = [user("hello"), asked("1"), answered(("1", "denied"), status="error")]

    assert replay.next(conversation, SYSTEM, TOOLS) == Final("cannot: denied")


def test_an_agent_without_playbook_is_told_which_there_are(replay: Replay) -> None:
    with pytest.raises(UnknownPlaybookError, match=r"agent 'poet' \(known: broken, writer\)"):
        replay.next([user("hello")], "You are Switchboard's poet agent.", TOOLS)


def test_a_system_prompt_that_names_no_agent_has_no_playbook(replay: Replay) -> None:
    with pytest.raises(UnknownPlaybookError, match="Begin the system prompt"):
        replay.next([user("hello")], "You are helpful.", TOOLS)


def test_a_fault_in_a_playbook_is_reported_as_such(replay: Replay) -> None:
    conversation = [user("hello"), asked("1"), answered(("1", "x"))]

    with pytest.raises(PlaybookFailedError, match="RuntimeError: fault in the playbook"):
        replay.next(conversation, "You are Switchboard's broken agent.", TOOLS)


def test_a_tool_is_known_without_its_target() -> None:
    context = Context("prompt", "system", ("github___push_files",))

    assert context.has("push_files")
    assert context.has("github___push_files")
    assert not context.has("files")


def test_playbooks_register_when_their_module_is_imported(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    module = types.ModuleType("playbooks_of_this_test")
    monkeypatch.setitem(sys.modules, module.__name__, module)

    @playbook("only-in-this-test")
    def ours(_ctx: Context) -> Any:
        return Final("x")
        yield

    assert load_playbooks(module.__name__)["only-in-this-test"] is ours
    assert load_playbooks("switchboard.local.no_such_module")


def test_a_playbook_module_with_a_fault_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "faulty_playbooks.py").write_text("import a_module_that_does_not_exist")
    monkeypatch.syspath_prepend(tmp_path)

    with pytest.raises(PlaybookFailedError, match="faulty_playbooks cannot be imported"):
        load_playbooks("faulty_playbooks")
