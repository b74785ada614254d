"""Files of `templates/` filled in: `{{name}}`, and lines between `[[if name]]` and `[[end]]`.

The two words stand in a comment of the file's language, so a template is nearly valid by itself.
"""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

_COMMAND = re.compile(r"^\s*(?:#|//|/\*|<!--)\s*\[\[(?:if (?P<name>\w+)|(?P<end>end))\]\]")
_HOLE = re.compile(r"\{\{(\w+)\}\}")


@cache
def _template(name: str) -> str:
    folder = files("switchboard.local.playbooks").joinpath("templates")
    return folder.joinpath(name).read_text(encoding="utf-8")


def filled(template: str, values: Mapping[str, str] | None = None, **parts: bool) -> str:
    """The template with its parts that are wanted, and its holes filled.

    A part that is not named is left out.

    Raises:
        KeyError: a hole has no value.
    """
    kept: list[str] = []
    wanted: list[bool] = []
    for line in _template(template).splitlines():
        command = _COMMAND.match(line)
        if command is None:
            if all(wanted):
                kept.append(line)
        elif command["end"]:
            wanted.pop()
        else:
            wanted.append(parts.get(command["name"], False))
    given = values or {}
    return _HOLE.sub(lambda hole: given[hole[1]], "\n".join(kept)).strip("\n") + "\n"
