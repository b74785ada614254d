"""Commands for operators: is the stored OpenAPI file whole, and what are the desk's tools."""

import argparse
import json
import sys
from collections.abc import Callable

from switchboard.itsm_mock.adapters import openapi
from switchboard.itsm_mock.adapters.stored_copy import StoredCopy


def main(stored_copy: Callable[[str], StoredCopy], arguments: list[str] | None = None) -> int:
    """Run a command; 0 when all is well."""
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check-openapi", help="compare the stored copy with this one")
    check.add_argument("--env", default="dev")
    commands.add_parser("tools", help="print agentcore-tools.json")
    options = parser.parse_args(arguments)
    if options.command == "tools":
        sys.stdout.write(tools_file())
        return 0
    return _check(stored_copy(options.env))


def tools_file() -> str:
    """The content of `agentcore-tools.json`."""
    return json.dumps(openapi.tool_definitions(openapi.spec()), indent=2, ensure_ascii=False) + "\n"


def _check(copy: StoredCopy) -> int:
    found = copy.check()
    for name in ("local", "stored", "announced"):
        sys.stdout.write(f"{name:10}{getattr(found, name)}\n")
    if found.is_whole:
        sys.stdout.write("the stored OpenAPI file is this one\n")
        return 0
    sys.stderr.write(
        "error: the stored OpenAPI file is not this one\n"
        "remedy: deploy this checkout (hatch run itsm-mock:deploy), or check out the one deployed\n"
    )
    return 1
