"""Reading documents as a stranger would use them: links, commands, shell blocks."""

import importlib.util
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from botocore import xform_name

LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")
HATCH = re.compile(r"hatch run ([\w-]+:)?([\w-]+)((?: [a-z][\w-]*)*)")
MODULE = re.compile(r"python -m ([\w.]+)")
AWS_CLI = re.compile(r"\baws ([a-z][a-z0-9-]+) ([a-z][a-z0-9-]+)((?:\"[^\"]*\"|[^;|&)#`\"\n])*)")
PROGRAMS = {"python", "pytest"}
"""What `hatch run` finds in an environment without a script of that name."""
EVERY_COMMAND = {"--query", "--output", "--region"}
RENAMED = {"--notification-endpoint": "--endpoint"}
"""Options that the command line calls otherwise than the API does."""
OF_THE_CLI = {("s3", "rm"), ("s3", "rb")}
"""Commands the command line makes itself, of several operations."""


def links(text: str) -> list[str]:
    """Where a page's links lead, those to other sites left out."""
    return [link for link in LINK.findall(text) if "://" not in link]


def anchors(text: str) -> set[str]:
    """What the headings of a page are called in a link."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def dead_links(page: Path) -> list[str]:
    """Links of a page whose file or heading does not exist."""
    return [link for link in links(page.read_text()) if not _leads_somewhere(page, link)]


def _leads_somewhere(page: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    if not target.exists():
        return False
    return not anchor or target.suffix != ".md" or anchor in anchors(target.read_text())


def shell(text: str) -> str:
    """The shell blocks of a page, each command on one line."""
    blocks = re.findall(r"^ *```sh\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE)
    return "".join(blocks).replace("\\\n", " ")


def impossible_hatch_commands(
    text: str, environments: Mapping[str, Any], command: Any
) -> list[str]:
    """`hatch run ...` of a page that no environment, nor our CLI (`command`), has."""
    return [
        f"hatch run {environment}{name}{words}"
        for environment, name, words in HATCH.findall(text)
        if not _can_be_run(
            environments, environment.rstrip(":") or "default", [name, *words.split()], command
        )
    ]


def _can_be_run(
    environments: Mapping[str, Any], environment: str, words: list[str], command: Any
) -> bool:
    """Whether an environment has that script, and our CLI the words behind it."""
    if environment not in environments:
        return False
    own = environments[environment]
    template = environments[own.get("template", environment)]
    scripts = template.get("scripts", {}) | own.get("scripts", {})
    if words[0] not in scripts:
        return words[0] in PROGRAMS
    if not str(scripts[words[0]]).startswith("switchboard "):
        return True
    for word in words:
        if not hasattr(command, "commands"):
            return True
        if word not in command.commands:
            return False
        command = command.commands[word]
    return True


def missing_modules(text: str) -> list[str]:
    """`python -m ...` of a page for which there is no module."""
    return [name for name in MODULE.findall(text) if importlib.util.find_spec(name) is None]


def impossible_aws_commands(text: str, session: Any) -> Iterator[str]:
    """`aws ...` of a page that AWS's service models (botocore's `session`) do not know."""
    for service, operation, rest in AWS_CLI.findall(text.replace("\\\n", " ")):
        for option in re.findall(r"(?<!\S)--[a-z][a-z0-9-]*", rest) or [""]:
            if not _exists(session, service, operation, option):
                yield f"aws {service} {operation}: {option}"


def _exists(session: Any, service: str, operation: str, option: str) -> bool:
    """Whether AWS's command line has it: the service models are what it is made from."""
    if (service, operation) in OF_THE_CLI:
        return True
    if service not in session.get_available_services():
        return False
    if operation == "wait":
        return True
    model = session.get_service_model(service)
    known = {xform_name(found, "-"): found for found in model.operation_names}
    if operation not in known:
        return False
    shape = model.operation_model(known[operation]).input_shape
    members = {f"--{xform_name(member, '-')}" for member in (shape.members if shape else ())}
    option = RENAMED.get(option, option).replace("--no-", "--")
    return option in members | EVERY_COMMAND | {""}
