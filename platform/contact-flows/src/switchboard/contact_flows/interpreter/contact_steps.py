"""Actions that change the contact."""

import json
from collections.abc import Mapping
from typing import Any

from switchboard.contact_flows.interpreter.effects import CreateSession, Failed
from switchboard.contact_flows.interpreter.step import Onward, Step, Turn, ask
from switchboard.contact_flows.language import MOST_ATTRIBUTE_BYTES


def update_contact_attributes(turn: Turn) -> Step:
    """Write attributes; over the limit nothing is written."""
    yield from ()
    given = {name: str(value) for name, value in _mapping(turn, "Attributes").items()}
    merged = turn.contact.attributes | given
    if _too_large(merged):
        return Failed(reason=f"more than {MOST_ATTRIBUTE_BYTES} bytes of attributes")
    turn.contact.attributes.update(given)
    return Onward()


def update_flow_attributes(turn: Turn) -> Step:
    """Write attributes of the flow; they are `{"Value": ...}` on the wire."""
    yield from ()
    given = {
        name: str(item.get("Value") if isinstance(item, Mapping) else item)
        for name, item in _mapping(turn, "FlowAttributes").items()
    }
    merged = turn.contact.flow_attributes | given
    if _too_large(merged):
        return Failed(reason=f"more than {MOST_ATTRIBUTE_BYTES} bytes of attributes")
    turn.contact.flow_attributes.update(given)
    return Onward()


def update_contact_data(turn: Turn) -> Step:
    """Fill standard fields; segment attributes have their own place."""
    yield from ()
    segment = _mapping(turn, "SegmentAttributes")
    turn.contact.segment_attributes.update(segment)
    for name, value in turn.parameters.items():
        if isinstance(value, str):
            turn.contact.data[name] = value
    return Onward()


def update_contact_target_queue(turn: Turn) -> Step:
    """Choose the queue; an empty id is an error."""
    yield from ()
    target = turn.text("QueueId") or turn.text("AgentId")
    if not target:
        return Failed(reason="no queue")
    turn.contact.target_queue(target)
    return Onward()


def update_contact_text_to_speech_voice(turn: Turn) -> Step:
    """Remember the voice; whoever speaks may read it."""
    yield from ()
    turn.contact.voice = {k: v for k, v in turn.parameters.items() if isinstance(v, str)}
    return Onward()


def update_contact_recording_behavior(turn: Turn) -> Step:
    """Remember what is to be recorded."""
    yield from ()
    turn.contact.recording = dict(turn.parameters)
    return Onward()


def no_effect_here(turn: Turn) -> Step:  # noqa: ARG001 - every step has its turn
    """Interpreted, and without consequence for the way through the flow."""
    yield from ()
    return Onward()


def create_wisdom_session(turn: Turn) -> Step:
    """The session's ARN is in $.Wisdom.SessionArn."""
    answer = yield from ask(CreateSession(turn.name, turn.text("WisdomAssistantArn")), str)
    if isinstance(answer, Failed):
        return answer
    invented = turn.text("WisdomAssistantArn").replace(":assistant/", ":session/")
    turn.contact.wisdom_session = answer or f"{invented}/{turn.contact.contact_id}"
    return Onward()


def _mapping(turn: Turn, name: str) -> Mapping[str, Any]:
    value = turn.parameters.get(name)
    return value if isinstance(value, Mapping) else {}


def _too_large(attributes: Mapping[str, str]) -> bool:
    return len(json.dumps(attributes, ensure_ascii=False).encode()) > MOST_ATTRIBUTE_BYTES
