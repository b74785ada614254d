"""execute_code and install_package."""

import re
import shlex
from dataclasses import dataclass

from switchboard.tools.arguments import Arguments
from switchboard.tools.errors import InvalidArgumentsError
from switchboard.tools.ledger import Result
from switchboard.tools.sandbox.interpreter import Run
from switchboard.tools.sandbox.sessions import Sessions
from switchboard.tools.tool_target import Call

LANGUAGES = ("python", "javascript", "typescript")
SHELL = "bash"
MAX_OUTPUT = 60_000
"""Characters of each output stream an agent gets; the end is what tells how it went."""
_PACKAGE = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9._-]*(\[[A-Za-z0-9,._-]+\])?((==|>=|<=|~=|!=|>|<)[A-Za-z0-9.*+!-]+)?"
)


@dataclass(frozen=True)
class ExecuteCode:
    """Write files, then run code."""

    sessions: Sessions

    def __call__(self, arguments: Arguments, call: Call) -> Result:
        """Answer `{exit_code, stdout, stderr, files}`; `files` are the paths written."""
        language = arguments.get("language", "python")
        if language not in (*LANGUAGES, SHELL):
            raise InvalidArgumentsError(f"language must be one of {', '.join(LANGUAGES)}, {SHELL}")
        files = [(file["path"], file["content"]) for file in arguments.get("files", [])]

        def act(session: str) -> Run:
            interpreter = self.sessions.interpreter
            if files:
                interpreter.write_files(session, files)
            if language == SHELL:
                return interpreter.execute_command(session, arguments["code"])
            return interpreter.execute_code(session, language, arguments["code"])

        run = self.sessions.within(call.invocation.invocation_id, act)
        return _answer(run) | {"files": [path for path, _ in files]}


@dataclass(frozen=True)
class InstallPackage:
    """Install a Python package."""

    sessions: Sessions

    def __call__(self, arguments: Arguments, call: Call) -> Result:
        """Answer `{exit_code, stdout, stderr}`."""
        name = arguments["name"].strip()
        if not _PACKAGE.fullmatch(name):
            raise InvalidArgumentsError(f"{name!r} is not a package name")
        command = f"python -m pip install --quiet {shlex.quote(name)}"
        return _answer(
            self.sessions.within(
                call.invocation.invocation_id,
                lambda session: self.sessions.interpreter.execute_command(session, command),
            )
        )


def _answer(run: Run) -> Result:
    return {
        "exit_code": run.exit_code,
        "stdout": _end(run.stdout),
        "stderr": _end(run.stderr),
    }


def _end(text: str) -> str:
    if len(text) <= MAX_OUTPUT:
        return text
    return f"[... {len(text) - MAX_OUTPUT} characters left out]\n{text[-MAX_OUTPUT:]}"
