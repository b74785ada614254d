"""The sandbox target on an interpreter in memory."""

from typing import Any

import pytest

from switchboard.tools.sandbox.adapters.memory import MemoryInterpreter, MemorySessionRecords
from switchboard.tools.sandbox.definition import SANDBOX
from switchboard.tools.sandbox.interpreter import Run
from switchboard.tools.sandbox.run_code import MAX_OUTPUT
from switchboard.tools.sandbox.sessions import Sessions
from switchboard.tools.sandbox.wiring import use_cases


@pytest.fixture
def interpreter() -> MemoryInterpreter:
    return MemoryInterpreter()


@pytest.fixture
def sandbox(bench: Any, interpreter: MemoryInterpreter) -> Any:
    target = bench.target(SANDBOX, use_cases(Sessions(interpreter, MemorySessionRecords())))
    return lambda tool, **arguments: bench.call(target, tool, **arguments)


def test_files_are_written_before_the_code_runs(
    sandbox: Any, interpreter: MemoryInterpreter
) -> None:
    interpreter.next_run = Run(1, "out", "err")

    answer = sandbox("execute_code", code="x", files=[{"path": "a.py", "content": "1"}])

    assert answer == {"exit_code": 1, "stdout": "out", "stderr": "err", "files": ["a.py"]}
    assert list(interpreter.sessions.values()) == [{"a.py": b"1"}]


def test_running_the_same_code_again_runs_it_again(
    sandbox: Any, interpreter: MemoryInterpreter
) -> None:
    sandbox("execute_code", code="pytest", language="bash")
    sandbox("execute_code", code="pytest", language="bash")

    assert len(interpreter.ran) == 2
    assert len(interpreter.sessions) == 1


def test_an_ended_session_is_replaced(sandbox: Any, interpreter: MemoryInterpreter) -> None:
    sandbox("execute_code", code="1")
    (first,) = interpreter.sessions
    interpreter.end(first)

    assert sandbox("execute_code", code="2")["exit_code"] == 0
    assert set(interpreter.sessions) != {first}


def test_a_package_is_installed_by_pip(sandbox: Any, interpreter: MemoryInterpreter) -> None:
    sandbox("install_package", name="pytest>=9")

    assert interpreter.ran[0][2] == "python -m pip install --quiet 'pytest>=9'"


@pytest.mark.parametrize("name", ["-r /etc/passwd", "x; rm -rf /", "git+https://x", "", "a b"])
def test_what_is_no_package_name_is_refused(
    name: str, sandbox: Any, interpreter: MemoryInterpreter
) -> None:
    answer = sandbox("install_package", name=name)

    assert answer["error"]["code"] == "INVALID_ARGUMENTS"
    assert interpreter.ran == []


def test_an_unknown_language_is_named(sandbox: Any) -> None:
    answer = sandbox("execute_code", code="x", language="cobol")

    assert "language must be one of" in answer["error"]["message"]


def test_long_output_keeps_its_end(sandbox: Any, interpreter: MemoryInterpreter) -> None:
    interpreter.next_run = Run(0, "x" * MAX_OUTPUT + "THE END", "")

    stdout = sandbox("execute_code", code="x")["stdout"]

    assert stdout.endswith("THE END")
    assert stdout.startswith("[... 7 characters left out]")
