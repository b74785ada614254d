"""Writing HTML and script safely: everything of the story is text, never markup."""

import html
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from switchboard.local.playbooks.template import filled


@dataclass(frozen=True)
class Section:
    """One working part of the page: its markup and its script."""

    markup: str
    script: str


def text(value: str) -> str:
    """Text inside an element or an attribute."""
    return html.escape(value, quote=True)


def script_value(value: Any) -> str:
    """A value inside a script element; no text in it can end the element."""
    return json.dumps(value, ensure_ascii=False).translate(
        {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026", 0x2028: " ", 0x2029: " "}
    )


def script(template: str, spec: Any, **values: Any) -> str:
    """A script with its data."""
    given = {"spec": spec, **values}
    return filled(template, {name: script_value(value) for name, value in given.items()})


def card(title: str, body: Iterable[str], *, hint: str = "", ident: str) -> str:
    """A section of the page."""
    lines = [
        f'<section class="card" aria-labelledby="{ident}-title">',
        f'<h2 id="{ident}-title">{text(title)}</h2>',
        f'<p class="muted">{text(hint)}</p>' if hint else "",
        *body,
        "</section>",
    ]
    return "\n".join(line for line in lines if line) + "\n"


def field(ident: str, label: str, attributes: str = "", *, hint: str = "") -> str:
    """A labelled input."""
    note = f'<p class="hint">{text(hint)}</p>' if hint else ""
    return (
        f'<div class="field"><label for="{ident}">{text(label)}</label>'
        f'<input id="{ident}" {attributes}>{note}</div>'
    )
