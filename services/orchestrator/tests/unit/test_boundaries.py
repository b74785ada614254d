"""The orchestrator holds queueing, budget and status logic only (ORC-15)."""

import ast
from pathlib import Path

import pytest

from switchboard.orchestrator import domain

SOURCE = Path(next(iter(domain.__path__))).parent
FORBIDDEN = {
    "notion_client",
    "github",
    "githubkit",
    "dulwich",
    "strands",
    "mcp",
    "bedrock_agentcore",
    "anthropic",
    "openai",
    "ollama",
    "litellm",
    "httpx",
    "requests",
}
NOT_IN_THE_DOMAIN = FORBIDDEN | {
    "boto3",
    "botocore",
    "aws_lambda_powertools",
    "switchboard.runtime",
    "switchboard.orchestrator.adapters",
    "switchboard.orchestrator.settings",
    "switchboard.orchestrator.wiring",
}


def imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


def within(module: str, packages: set[str]) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


@pytest.mark.requirement("ORC-15", "D")
@pytest.mark.requirement("ARC-05", "D")
def test_no_module_imports_a_notion_github_model_or_agent_library() -> None:
    modules = sorted(SOURCE.rglob("*.py"))

    assert len(modules) > 20
    assert [
        (path.name, name) for path in modules for name in imported(path) if within(name, FORBIDDEN)
    ] == []


def test_the_domain_knows_neither_aws_nor_its_adapters() -> None:
    assert [
        (path.name, name)
        for path in sorted((SOURCE / "domain").glob("*.py"))
        for name in imported(path)
        if within(name, NOT_IN_THE_DOMAIN)
    ] == []
