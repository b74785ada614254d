"""A template as lines that a person reviews: one per property, references as `${Name.Arn}`."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

LONGEST_TEXT = 300
HASH = re.compile(r"\b[0-9a-f]{32,64}\b")
PARTS = ("Parameters", "Conditions", "Resources", "Outputs")
LEFT_OUT = {"Type", "Metadata", "Tags"}
"""Said already, of CDK alone, and checked by a rule of its own."""
BOOTSTRAP = "BootstrapVersion"
SSM = re.compile(
    r"SsmParameterValueswitchboard<env>(\w+?)C96584B6F00A464EAD1953AFF4B05118Parameter"
)
"""What CDK calls a value that is read from SSM."""
OF_AN_ENVIRONMENT = re.compile(r"(\w*<env>\w*?)[0-9A-F]{8}\b")
"""An id with the environment in it ends with a hash of it."""


def lines_of(template: Mapping[str, Any], environment: str) -> list[str]:
    """The template without what changes by itself: hashes of bundles, the environment's name."""
    lines = []
    for part in PARTS:
        for name, value in sorted(template.get(part, {}).items()):
            if name == BOOTSTRAP:
                continue
            kind = value.get("Type", "") if isinstance(value, Mapping) else ""
            lines.append(_plain(f"{part} {name} {kind}".rstrip(), environment))
            lines += [_plain(f"  {line}", environment) for line in _lines("", _without_type(value))]
    return lines


def _without_type(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    properties = value.get("Properties")
    if isinstance(properties, Mapping):
        value = {**value, "Properties": _kept(properties)}
    return {key: item for key, item in _kept(value).items() if item != "Delete"}


def _kept(items: Mapping[str, Any]) -> dict[str, Any]:
    return {key: item for key, item in items.items() if key not in LEFT_OUT}


def _plain(line: str, environment: str) -> str:
    """Stacks of all environments are alike but for the name, which is written in three ways."""
    line = HASH.sub("<hash>", line)
    for pattern, name in (
        (f"switchboard-{environment}", "switchboard-<env>"),
        (f"switchboard/{environment}/", "switchboard/<env>/"),
        (f"switchboard{environment}", "switchboard<env>"),
        (f"_{environment}_", "_<env>_"),
    ):
        line = line.replace(pattern, name)
    return OF_AN_ENVIRONMENT.sub(r"\1", SSM.sub(r"Ssm:\1", line))


def _lines(path: str, value: Any) -> Iterator[str]:
    text = as_text(value)
    if text is not None:
        yield f"{path.removeprefix('.')} = {_short(text)}"
    elif isinstance(value, Mapping):
        if set(value) >= {"Effect", "Action"}:
            yield f"{path.removeprefix('.')} = {_statement(value)}"
            return
        for key, item in value.items():
            yield from _lines(f"{path}.{key}", item)
    else:
        for number, item in enumerate(value):
            yield from _lines(f"{path}[{number}]", item)


def as_text(value: Any) -> str | None:
    """A leaf, or a reference, or a list of them, as text; None for what has parts of its own."""
    if isinstance(value, str):
        return value
    if isinstance(value, (bool, int, float)) or value is None:
        return json.dumps(value)
    if isinstance(value, list):
        texts = [as_text(item) for item in value]
        return None if None in texts else "[" + ", ".join(map(str, texts)) + "]"
    if len(value) == 1:
        return _reference(*next(iter(value.items())))
    return None if value else "{}"


def _reference(function: str, argument: Any) -> str | None:
    if function == "Ref":
        return f"${{{argument}}}"
    if function == "Fn::GetAtt":
        return f"${{{'.'.join(argument)}}}" if isinstance(argument, list) else f"${{{argument}}}"
    if function == "Fn::Join":
        texts = [as_text(item) for item in argument[1]]
        return str(argument[0]).join(str(text) for text in texts)
    if function.startswith("Fn::") or function == "Condition":
        return f"{function.removeprefix('Fn::')}({json.dumps(argument)})"
    return None


def _statement(statement: Mapping[str, Any]) -> str:
    """A statement of a policy on one line."""

    def words(key: str) -> str:
        found = statement.get(key, "")
        return as_text(found) or json.dumps(found)

    rest = {
        key: item
        for key, item in statement.items()
        if key not in {"Effect", "Action", "Resource", "Sid"}
    }
    end = f" {json.dumps(rest, sort_keys=True)}" if rest else ""
    return f"{statement['Effect']} {words('Action')} on {words('Resource')}{end}"


def _short(text: str) -> str:
    """A long text is tested where it is made; here it is enough to see that it changed."""
    if len(text) <= LONGEST_TEXT:
        return json.dumps(text)[1:-1]
    digest = hashlib.sha256(text.encode()).hexdigest()[:12]
    return f"<{len(text)} characters, {digest}> {json.dumps(text[:60])[1:-1]}..."
