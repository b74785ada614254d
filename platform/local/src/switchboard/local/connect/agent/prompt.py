"""The AI prompt of an orchestrator as Connect renders it: YAML with `system` and `messages`.

Source: AWS "Create AI prompts". `{{$.Custom.name}}` is session data; a name without data renders
as nothing. Values are put in after the YAML was read: data can never become structure.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import yaml  # type: ignore[import-untyped]

VARIABLE = re.compile(r"\{\{\s*\$\.([\w.]+)\s*\}\}")
CONVERSATION = "{{$.conversationHistory}}"


class PromptError(ValueError):
    """The prompt is none that an orchestrator can use; says why."""


@lru_cache(maxsize=8)
def system_template(text: str) -> str:
    """The `system` part of a prompt template.

    Raises:
        PromptError: the text is no such template.
    """
    try:
        template: Any = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise PromptError(f"the AI prompt is no YAML: {error}") from error
    if not isinstance(template, dict) or not isinstance(template.get("system"), str):
        raise PromptError("the AI prompt has no text under 'system'")
    messages = template.get("messages")
    if messages != [CONVERSATION]:
        raise PromptError(f"the AI prompt's 'messages' must be exactly ['{CONVERSATION}'] here")
    system: str = template["system"]
    return system


def render(template: str, values: Mapping[str, str]) -> str:
    """Fill in the variables by their path, e.g. `Custom.callerId`."""
    return VARIABLE.sub(lambda found: values.get(found[1], ""), template)
