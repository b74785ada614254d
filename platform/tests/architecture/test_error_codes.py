"""The nine error codes of F15: each is documented, and a marked test really produces it."""

import ast
from collections.abc import Iterator
from pathlib import Path

CODES = {
    "INVALID_WEBHOOK",
    "UNKNOWN_TRIGGER",
    "BUDGET_EXCEEDED",
    "AGENT_TIMEOUT",
    "AGENT_ERROR",
    "TOOL_AUTH_FAILED",
    "TOOL_RATE_LIMITED",
    "DELIVERY_FAILED",
    "CHAIN_FAILED",
}


def producing_tests(files: list[Path]) -> Iterator[str]:
    """The source of each test that is marked with ERR-02, with its decorators."""
    for path in files:
        if not path.name.startswith("test_") or '"ERR-02"' not in (text := path.read_text()):
            continue
        for node in ast.parse(text).body:
            if isinstance(node, ast.FunctionDef):
                marks = [ast.unparse(mark) for mark in node.decorator_list]
                if any("'ERR-02'" in mark for mark in marks):
                    yield "\n".join([*marks, ast.unparse(node)])


def test_each_code_is_asserted_by_a_test_that_produces_it(files: list[Path]) -> None:
    sources = list(producing_tests(files))

    missing = {code for code in CODES if not any(f"'{code}'" in source for source in sources)}

    assert missing == set()


def test_each_code_is_explained_with_its_remedy(root: Path) -> None:
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in (root / "docs/errors.md").read_text().splitlines()
        if line.startswith("| `")
    ]

    explained = {code for row in rows for code in CODES if f"`{code}`" in row[0] and row[-1]}

    assert explained == CODES
