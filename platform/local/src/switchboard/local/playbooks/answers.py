"""Reading tools' answers, and ending a playbook honestly when one of them failed."""

import json
from collections.abc import Mapping
from typing import Any

from switchboard.local.model.engine import Final, Result


def value_of(result: Result) -> dict[str, Any]:
    """The JSON object of an answer; an MCP result may carry it twice, then the first counts."""
    try:
        value, _ = json.JSONDecoder().raw_decode(result.text.strip())
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def failed(result: Result) -> bool:
    """Whether a tool refused or failed."""
    return not result.ok or "error" in value_of(result)


def in_trash(page: Result) -> bool:
    """Whether a page that was read has been deleted; Notion still shows it for a while."""
    return bool(value_of(page).get("in_trash"))


def reason_of(result: Result) -> str:
    """What a tool said was wrong, with its remediation."""
    error = value_of(result).get("error")
    if isinstance(error, Mapping):
        parts = (error.get("message"), error.get("remediation"))
        return " ".join(str(part).rstrip(".") + "." for part in parts if part)
    return result.text.strip()[:1_000] or "the tool gave no reason"


def give_up(what: str, why: str) -> Final:
    """End the run as failed."""
    text = f"{what}: {why}"
    return Final(f"FAILED: {text}", {"status": "failed", "summary": text, "artifacts": []})
