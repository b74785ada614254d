"""Bedrock Runtime on the wire: Converse and ConverseStream (API 2023-09-30), for `offline.*` ids.

`offline.playbook` (any id beginning with `offline.`) is answered from the playbooks; a real model
id is refused, so that nobody takes an invented answer for a model's.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from switchboard.local.agentcore.aws_answers import (
    EVENT_STREAM,
    ModelError,
    NotFoundError,
    ValidationError,
    event_frame,
    json_body,
)
from switchboard.local.agentcore.journal import Journal
from switchboard.local.model.engine import (
    Playbook,
    PlaybookFailedError,
    Replay,
    UnknownPlaybookError,
    agent_kind,
    load_playbooks,
)
from switchboard.local.model.reply import Reply, answer, input_tokens, system_text

PREFIX = "offline."

_PATH = re.compile(r"/model/([^/]+)/(converse|converse-stream|count-tokens)")


class ModelDoor:
    """Serves `/model/*`."""

    def __init__(
        self, journal: Journal, playbooks: Callable[[], Mapping[str, Playbook]] = load_playbooks
    ) -> None:
        """Answer from `playbooks` (asked for at each call: they load at the first one)."""
        self._journal = journal
        self._playbooks = playbooks

    async def __call__(self, request: Request) -> Response:
        """Route on the raw path: a model id may hold an escaped slash or colon."""
        found = _PATH.fullmatch(request.scope["raw_path"].decode().split("?")[0])
        if not found or request.method != "POST":
            raise NotFoundError("no such operation")
        model_id = unquote(found[1])
        if not model_id.startswith(PREFIX):
            raise ValidationError(
                f"model '{model_id}' is not served here: the local platform answers only model "
                f"ids that begin with '{PREFIX}'. Set MODEL_ID=offline.playbook, or choose a "
                "real provider with MODEL_PROVIDER and its credentials."
            )
        body = await json_body(request)
        if found[2] == "count-tokens":
            asked = (body.get("input") or {}).get("converse") or {}
            return JSONResponse({"inputTokens": input_tokens(asked)})
        reply = self._answer(body)
        self._note(model_id, body, reply)
        if found[2] == "converse":
            return JSONResponse(reply.converse())
        return StreamingResponse(_frames(reply), media_type=EVENT_STREAM)

    def _answer(self, body: Mapping[str, Any]) -> Reply:
        try:
            return answer(Replay(self._playbooks()), body)
        except UnknownPlaybookError as error:
            raise ValidationError(str(error)) from error
        except PlaybookFailedError as error:
            raise ModelError(str(error)) from error

    def _note(self, model_id: str, body: Mapping[str, Any], reply: Reply) -> None:
        messages = body.get("messages") or []
        first = str(messages[0]["content"]) if messages else ""
        self._journal.write(
            model_id=model_id,
            agent_type=agent_kind(system_text(body)),
            conversation=hashlib.sha256(first.encode()).hexdigest()[:16],
            messages=len(messages),
            tools=reply.called,
            stop_reason=reply.stop_reason,
            **reply.usage,
        )


def _frames(reply: Reply) -> Iterator[bytes]:
    for event_type, payload in reply.events():
        yield event_frame(event_type, payload)
