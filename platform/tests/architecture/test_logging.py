"""How every service, tool and agent logs, read off the source."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

LOGGERS = {"logger", "_logger", "log"}
FAILURES = {"error", "exception", "critical"}
OWN_SOURCES = ("services", "agents", "platform/tools", "platform/runtime")
HANDED_A_FAILURE = {
    "contact_flow.py": "a step of a call that failed, told by its caller",
    "queue_consumer.py": "a message given up, with the error it was given up for",
    "run.py": "a run that raised, with what it raised",
}
"""Modules that log a failure outside the `except` that caught it."""
LIBRARIES = {"switchboard.completion.notion_client", "__name__", "switchboard.agents"}
"""Loggers of the standard library: two that libraries ask for, and the agents' JSON lines."""


@pytest.fixture(scope="module")
def modules(root: Path) -> dict[Path, ast.Module]:
    """The sources that run in Lambdas and agents."""
    found = [path for part in OWN_SOURCES for path in (root / part).glob("**/src/**/*.py")]
    kept = [path for path in found if "cdk.out" not in path.parts]
    return {path: ast.parse(path.read_text()) for path in kept}


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def logged(tree: ast.AST, *levels: str) -> list[ast.Call]:
    """Calls of a logger with one of these levels."""
    return [
        call
        for call in calls(tree)
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in levels
        and ast.unparse(call.func.value).rpartition(".")[2] in LOGGERS
    ]


@pytest.mark.requirement("ERR-10", "U")
def test_nothing_prints_and_every_line_goes_through_a_logger_of_json_lines(
    modules: dict[Path, ast.Module],
) -> None:
    printed, other = [], []
    for path, tree in modules.items():
        for call in calls(tree):
            name = ast.unparse(call.func)
            if name == "print":
                printed.append(f"{path.name}:{call.lineno}")
            if (
                name == "logging.getLogger"
                and ast.unparse(call.args[0]).strip("'") not in LIBRARIES
            ):
                other.append(f"{path.name}:{call.lineno}")

    assert len(modules) > 200
    assert not printed
    assert not other


@pytest.mark.requirement("ERR-09", "U")
def test_an_error_line_is_about_a_failure_that_was_caught(
    modules: dict[Path, ast.Module],
) -> None:
    loose = []
    for path, tree in modules.items():
        handlers = [node for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler)]
        caught = {id(call) for one in handlers for call in logged(one, *FAILURES)}
        outside = [call for call in logged(tree, *FAILURES) if id(call) not in caught]
        if path.name not in HANDED_A_FAILURE:
            loose += [f"{path.name}:{call.lineno}" for call in outside]

    assert not loose


@pytest.mark.requirement("ERR-09", "U")
def test_a_traceback_is_never_a_matter_of_info(modules: dict[Path, ast.Module]) -> None:
    found = [
        f"{path.name}:{call.lineno}"
        for path, tree in modules.items()
        for call in logged(tree, "info", "debug")
        if any(keyword.arg == "exc_info" for keyword in call.keywords)
    ]

    assert not found
