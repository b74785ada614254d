"""Calls as Connect test cases: the same files are run here and deployed as they are.

`${name}` stands for an ARN: CloudFormation's Fn::Sub binds it at deployment, `bound` here.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from switchboard.voice.flows.desk import DeskAddresses


@dataclass(frozen=True)
class Scenario:
    """One call; `content` is the text of `AWS::Connect::TestCase`."""

    name: str
    description: str
    content: str


def scenarios() -> tuple[Scenario, ...]:
    """Every scenario, by name."""
    folder = files("switchboard.voice.flows").joinpath("scenarios")
    texts = {
        item.name.removesuffix(".json"): item.read_text("utf-8")
        for item in folder.iterdir()
        if item.name.endswith(".json")
    }
    return tuple(
        Scenario(name, json.loads(text)["Metadata"]["description"], text)
        for name, text in sorted(texts.items())
    )


def placeholders(addresses: DeskAddresses, closed_hours: str) -> Mapping[str, str]:
    """The values of the placeholders; `closed_hours` are hours of operation that never open."""
    return {
        "botAlias": addresses.bot_alias,
        "queue": addresses.queue,
        "hours": addresses.hours,
        "closedHours": closed_hours,
        "session": addresses.session,
        "status": addresses.status,
        "escalation": addresses.escalation,
    }
