"""Actions that talk."""

import re
from collections.abc import Mapping
from typing import Any

from switchboard.contact_flows.interpreter.effects import (
    BOT_SILENT,
    AskInput,
    BotEnded,
    ConnectBot,
    Failed,
    Say,
)
from switchboard.contact_flows.interpreter.step import Ended, Onward, Result, Step, Turn, ask
from switchboard.contact_flows.language import INPUT_TIME_LIMIT_EXCEEDED

_TAG = re.compile(r"<[^>]*>")
_MANY_SPACES = re.compile(r"\s+")


def message_participant(turn: Turn) -> Step:
    """Say the prompt; nothing to say is an error, as on Connect."""
    text, prompt = _prompt(turn.parameters)
    if not text and not prompt:
        return Failed(reason="nothing to say")
    failed = yield from ask(Say(turn.name, text, prompt, turn.text("SSML")))
    return failed or Onward()


def message_participant_iteratively(turn: Turn) -> Step:
    """Say each message once; then somebody interrupts, or the flow is over."""
    messages = turn.parameters.get("Messages")
    for message in messages if isinstance(messages, list) else []:
        text, prompt = _prompt(message if isinstance(message, Mapping) else {})
        yield from ask(Say(turn.name, text, prompt))
    if turn.text("InterruptFrequencySeconds"):
        return Result("MessagesInterrupted", or_next=True)
    return Onward() if turn.action.next() else Ended("ended", "the messages were all said")


def get_participant_input(turn: Turn) -> Step:
    """A menu leads by the key; stored keys are in $.StoredCustomerInput."""
    if turn.text("EnableDTMFBuffer") == "True":
        return Onward()
    effect = _question(turn)
    keys = yield from ask(effect, str)
    if isinstance(keys, Failed):
        return keys
    if effect.store:
        turn.contact.stored_input = _stored(keys, effect.maximum)
        return Onward()
    if not keys:
        return Failed(INPUT_TIME_LIMIT_EXCEEDED, "no key in time")
    return Result(keys[0])


def connect_participant_with_lex_bot(turn: Turn) -> Step:
    """The bot's intent and session attributes are in $.Lex."""
    text, _ = _prompt(turn.parameters)
    bot = turn.parameters.get("LexV2Bot") or turn.parameters.get("LexBot") or {}
    initial = turn.parameters.get("LexInitializationData") or {}
    attributes = turn.parameters.get("LexSessionAttributes") or {}
    effect = ConnectBot(
        turn.name,
        str(bot.get("AliasArn") or bot.get("Name") or ""),
        text or str(initial.get("InitialMessage") or ""),
        {name: str(value) for name, value in attributes.items()},
    )
    answer = yield from ask(effect, BotEnded)
    if isinstance(answer, Failed):
        turn.contact.lex = {}
        return answer
    ended = answer or BOT_SILENT
    turn.contact.lex = {
        "IntentName": ended.intent,
        "SessionAttributes": {**effect.session_attributes, **ended.session_attributes},
        "Slots": dict(ended.slots),
    }
    return Result(ended.intent) if turn.action.conditions else Onward()


def _prompt(parameters: Mapping[str, Any]) -> tuple[str, str]:
    """What is said, and which recording is played instead."""
    text = str(parameters.get("Text") or "")
    if not text and parameters.get("SSML"):
        text = _TAG.sub(" ", str(parameters["SSML"]))
    media = parameters.get("Media")
    recording = media.get("Uri") if isinstance(media, Mapping) else None
    prompt = str(parameters.get("PromptId") or recording or "")
    return _MANY_SPACES.sub(" ", text).strip(), prompt


def _question(turn: Turn) -> AskInput:
    store = turn.text("StoreInput") == "True"
    text, prompt = _prompt(turn.parameters)
    keys = turn.parameters.get("DTMFConfiguration") or {}
    return AskInput(
        turn.name,
        text,
        turn.seconds("InputTimeLimitSeconds", 5),
        _maximum(turn.parameters.get("InputValidation")) if store else 1,
        float(keys.get("InterdigitTimeLimitSeconds") or 5),
        store,
        prompt,
    )


def _maximum(validation: Any) -> int:
    custom = validation.get("CustomValidation") if isinstance(validation, Mapping) else None
    length = str(custom.get("MaximumLength") if isinstance(custom, Mapping) else "")
    return int(length) if length.isdigit() and int(length) else _PHONE_NUMBER_KEYS


_PHONE_NUMBER_KEYS = 20


def _stored(keys: str | None, maximum: int) -> str:
    """Connect stores `Timeout` for silence; the hash key only ends the input."""
    return keys.split("#")[0][:maximum] if keys else "Timeout"
