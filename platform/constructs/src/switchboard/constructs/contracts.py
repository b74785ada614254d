"""The contract documents of docs/runtime/contracts, and templates in the words they use.

A document holds `${Account}`, `${Region}` and further names in place of what differs between
deployments. `plain` writes a template's intrinsic functions the same way, so that a test, or a
person, can lay one beside the other.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from switchboard.constructs.bundling import repository_root

FOLDER = "docs/runtime/contracts"
_PSEUDO = {"AWS::AccountId": "Account", "AWS::Region": "Region", "AWS::Partition": "Partition"}


def contract(name: str) -> Any:
    """One document, e.g. `execution-role-trust.json`."""
    root = repository_root(Path(__file__))
    return json.loads((root / FOLDER / name).read_text())


def plain(value: Any, template: Mapping[str, Any], words: Mapping[str, str] | None = None) -> Any:
    """`value` of `template` with text for every intrinsic function.

    `words`: what else is written how, e.g. `{"us-east-1": "${Region}"}`; in this order.
    """
    return _worded(_plain(value, template), words or {})


def _plain(value: Any, template: Mapping[str, Any]) -> Any:
    if isinstance(value, list):
        return [_plain(item, template) for item in value]
    if not isinstance(value, Mapping):
        return value
    if len(value) == 1:
        name, argument = next(iter(value.items()))
        if name == "Ref" or name.startswith("Fn::"):
            return _function(name, argument, template)
    return {key: _plain(item, template) for key, item in value.items()}


def _function(name: str, argument: Any, template: Mapping[str, Any]) -> str:
    if name == "Ref":
        return _reference(argument, template)
    if name == "Fn::GetAtt":
        return f"${{{'.'.join(argument)}}}"
    if name == "Fn::Sub":
        text = str(argument)
        for pseudo, word in _PSEUDO.items():
            text = text.replace(f"${{{pseudo}}}", f"${{{word}}}")
        return text
    parts = _plain(argument, template)
    if name == "Fn::Join":
        return str(parts[0]).join(str(item) for item in parts[1])
    return f"${{{name.removeprefix('Fn::')}({json.dumps(parts)})}}"


def _reference(name: str, template: Mapping[str, Any]) -> str:
    default = template.get("Parameters", {}).get(name, {}).get("Default", "")
    path = str(default).split("/")
    if path[:2] == ["", "switchboard"]:
        # /switchboard/<env>/platform/bus/arn
        return f"${{{'/'.join(path[3:])}}}"
    return f"${{{_PSEUDO.get(name, name)}}}"


def _worded(value: Any, words: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_worded(item, words) for item in value]
    if isinstance(value, Mapping):
        return {key: _worded(item, words) for key, item in value.items()}
    if isinstance(value, str):
        for text, word in words.items():
            value = value.replace(text, word)
    return value
