"""A telephone on the terminal: what the desk says, as it says it, and what it does meanwhile."""

import sys
from typing import Any

import typer

HINTS = {
    "keys": "the desk listens for keys only: #1",
    "person": "you wait for a person; on this machine nobody picks up: hangup",
}


class Telephone:
    """Shows the lines of a call; on a quiet one nothing is shown."""

    def __init__(self, *, quiet: bool = False) -> None:
        """Show on stdout."""
        self._quiet = quiet
        self._speaking = False

    def show(self, line: dict[str, Any]) -> None:
        """Take the next line of a call."""
        if self._quiet:
            return
        match line["type"]:
            case "words":
                self._words(line["text"])
            case "said":
                self._said(line["text"])
            case "caller":
                self.said_by_caller(line["text"])
            case "tool" | "step" | "unheard" | "contact":
                self._end_of_words()
                self.note(noted(line))

    def said_by_caller(self, text: str) -> None:
        """Echo what a script lets the caller do."""
        if not self._quiet:
            typer.echo(typer.style("you:   ", fg="cyan") + (text or "(silence)"))

    def ask(self, waiting_for: str | None) -> str:
        """What a person types; EOFError at the end of the input."""
        if self._quiet or not sys.stdin.isatty():
            line = sys.stdin.readline()
            if not line:
                raise EOFError
            self.said_by_caller(line.strip())
            return line.strip()
        if waiting_for in HINTS:
            self.note(f"({HINTS[waiting_for]})")
        return input("you:   ")

    def note(self, text: str) -> None:
        """Something beside the talk."""
        if text and not self._quiet:
            typer.echo(typer.style(f"       {text}", dim=True))

    def _words(self, text: str) -> None:
        if not self._speaking:
            typer.echo(typer.style("desk:  ", fg="green"), nl=False)
            self._speaking = True
        typer.echo(text, nl=False)
        sys.stdout.flush()

    def _said(self, text: str) -> None:
        if self._speaking:
            self._end_of_words()
        else:
            typer.echo(typer.style("desk:  ", fg="green") + text)

    def _end_of_words(self) -> None:
        if self._speaking:
            typer.echo()
        self._speaking = False


def noted(line: dict[str, Any]) -> str:
    """What a line says beside the talk; empty when it says nothing to a person."""
    match line["type"]:
        case "contact":
            return f"ringing {line['to']} as {line['from']}"
        case "unheard":
            return f"! {line['message']}"
        case "tool" if line["state"] == "answered":
            ending = "answered" if line["ok"] else "failed"
            ticket = f": {line['ticket']}" if line.get("ticket") else ""
            return f". {line['tool']} {ending} in {line['ms']:.0f} ms{ticket}"
        case "step" if line["state"] == "failed":
            return f". {line['action']} failed: {line['reason']}"
        case _:
            return ""
