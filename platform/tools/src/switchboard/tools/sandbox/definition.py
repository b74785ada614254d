"""Tools of the code sandbox (no official counterpart: the seed's names)."""

from switchboard.tools.schema import many, record, text
from switchboard.tools.tool import Target, Tool

SANDBOX = Target(
    "sandbox",
    "A sandbox of your own to run code in; files stay until your work ends",
    (
        # Running the tests again after a change is the point of a sandbox: no ledger.
        Tool(
            "execute_code",
            "Write files into the sandbox, then run code there.",
            record(
                "Run",
                ["code"],
                code=text("The code, or the shell command when language is bash"),
                language=text("python (default), javascript, typescript or bash"),
                files=many(
                    record(
                        "One file",
                        ["path", "content"],
                        path=text("Path below the working folder"),
                        content=text("Text of the file"),
                    ),
                    "Files to be written first",
                ),
            ),
        ),
        Tool(
            "install_package",
            "Install a Python package in the sandbox.",
            record("Install", ["name"], name=text("Name, with a version if needed: pytest==9.2.0")),
        ),
    ),
)
