"""The invocation API behind API Gateway (REST, proxy integration, payload version 1.0)."""

import base64
import json
import re
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools import Logger
from pydantic import ValidationError

from switchboard.events.invocation import InvocationRecord
from switchboard.orchestrator.adapters.tree_view import shown_tree
from switchboard.orchestrator.domain.cancel_invocation import CancelInvocation
from switchboard.orchestrator.domain.check_receipt import CheckedReceipt, CheckReceipt
from switchboard.orchestrator.domain.model import (
    ConflictError,
    InvalidRequestError,
    Invocation,
    NotFoundError,
    RefusedError,
    RetryLaterError,
)
from switchboard.orchestrator.domain.read_invocations import CostSummary, ReadInvocations
from switchboard.orchestrator.domain.read_tree import ReadTree
from switchboard.orchestrator.domain.receipt_seal import SEALED_FIELDS
from switchboard.orchestrator.domain.request_invocation import (
    InvocationRequest,
    RequestInvocation,
)
from switchboard.runtime.http import error_response, json_response

Route = Callable[[dict[str, Any]], dict[str, Any]]
_STATUS: dict[type[RefusedError], int] = {
    NotFoundError: 404,
    InvalidRequestError: 400,
    ConflictError: 409,
}
_RECORD_FIELDS = set(InvocationRecord.model_fields)
_DETAILS = {
    "project_id",
    "trigger_value",
    "title",
    "origin",
    "requested_by",
    "correlation_id",
    "error",
    "receipt",
    "turns",
    "duration_seconds",
    "attempts",
    "deadline_at",
    "cancel_requested_at",
    "delivered_at",
    "delivery_error",
}
DEFAULT_LISTED = 20
_MONTH = re.compile(r"^[0-9]{4}-(0[1-9]|1[0-2])\Z")


class InvocationApi:
    """Verify, call one use case, map the answer."""

    def __init__(
        self,
        request: RequestInvocation,
        read: ReadInvocations,
        read_tree: ReadTree,
        check_receipt: CheckReceipt,
        cancel: CancelInvocation,
        logger: Logger,
    ) -> None:
        """Serve the seven operations of openapi.json."""
        self._request = request
        self._read = read
        self._read_tree = read_tree
        self._check_receipt = check_receipt
        self._cancel = cancel
        self._logger = logger
        self._routes: dict[tuple[str, str], Route] = {
            ("POST", "/invoke"): self._invoke,
            ("GET", "/invocation/{id}"): self._one,
            ("GET", "/invocation/{id}/tree"): self._tree,
            ("GET", "/invocation/{id}/receipt"): self._receipt,
            ("POST", "/invocation/{id}/cancel"): self._cancel_one,
            ("GET", "/project/{id}/invocations"): self._list,
            ("GET", "/project/{id}/cost-summary"): self._costs,
        }

    def __call__(self, event: dict[str, Any]) -> dict[str, Any]:
        """Answer one request; every error has the common format (ERR-01)."""
        invocation_id = _invocation_id(event)
        # The flow's id joins as soon as the record is read (`_known`); both end with the request.
        with self._logger.append_context_keys(invocation_id=invocation_id, correlation_id=None):
            try:
                return self._answer(event)
            except RefusedError as error:
                info = error.info
                self._logger.info("request refused", code=info.code, reason=info.message)
                return error_response(
                    _STATUS[type(error)], info.code, info.message, info.remediation, invocation_id
                )
            except RetryLaterError as error:
                self._logger.warning("request must be repeated", reason=str(error))
                return error_response(
                    503, "TRY_AGAIN", str(error), "Repeat the request", invocation_id
                )
            except Exception:
                self._logger.exception("request failed")
                return error_response(
                    500,
                    "INTERNAL_ERROR",
                    "The request could not be served",
                    "Repeat it; the log holds the cause under this time",
                    invocation_id,
                )

    def _answer(self, event: dict[str, Any]) -> dict[str, Any]:
        route = self._routes.get((event["httpMethod"], event["resource"]))
        if route is None:
            raise NotFoundError(
                "UNKNOWN_OPERATION",
                f"There is no {event['httpMethod']} {event['resource']}",
                "The operations are described in openapi.json",
            )
        return route(event)

    def _invoke(self, event: dict[str, Any]) -> dict[str, Any]:
        record = self._request(_body(event))
        self._logger.info(
            "invocation requested",
            requested_invocation_id=record.invocation_id,
            correlation_id=record.correlation_id,
        )
        return json_response(
            202, {"invocation_id": record.invocation_id, "status": str(record.status)}
        )

    def _one(self, event: dict[str, Any]) -> dict[str, Any]:
        return json_response(200, _shown(self._known(event)))

    def _tree(self, event: dict[str, Any]) -> dict[str, Any]:
        invocation_id = _id(event)
        tree = self._read_tree(invocation_id)
        self._logger.append_keys(correlation_id=tree.root.record.correlation_id)
        return json_response(200, shown_tree(tree, invocation_id))

    def _receipt(self, event: dict[str, Any]) -> dict[str, Any]:
        checked = self._check_receipt(self._known(event).invocation_id)
        return json_response(200, _shown_receipt(checked))

    def _known(self, event: dict[str, Any]) -> Invocation:
        record = self._read.one(_id(event))
        self._logger.append_keys(correlation_id=record.correlation_id)
        return record

    def _cancel_one(self, event: dict[str, Any]) -> dict[str, Any]:
        record, had_ended = self._cancel(self._known(event).invocation_id)
        return json_response(
            200 if had_ended else 202,
            {
                "invocation_id": record.invocation_id,
                "status": str(record.status),
                "cancel_requested": record.cancel_requested_at is not None,
            },
        )

    def _list(self, event: dict[str, Any]) -> dict[str, Any]:
        query = event.get("queryStringParameters") or {}
        limit = _number(query.get("limit"), DEFAULT_LISTED)
        listing = self._read.of_project(_id(event), limit, query.get("cursor"))
        rows = [_shown(record) for record in listing.invocations]
        for row in rows:
            del row["input_context"], row["config"], row["details"]["receipt"]
        return json_response(200, {"invocations": rows, "next_cursor": listing.cursor})

    def _costs(self, event: dict[str, Any]) -> dict[str, Any]:
        query = event.get("queryStringParameters") or {}
        month = query.get("month")
        return json_response(200, _summary(self._read.costs(_id(event), _checked_month(month))))


def _invocation_id(event: dict[str, Any]) -> str | None:
    on_invocation = str(event.get("resource", "")).startswith("/invocation/")
    return _id(event) if on_invocation else None


def _id(event: dict[str, Any]) -> str:
    return str((event.get("pathParameters") or {}).get("id", ""))


def _body(event: dict[str, Any]) -> InvocationRequest:
    raw = event.get("body") or ""
    try:
        text = base64.b64decode(raw) if event.get("isBase64Encoded") else raw
        return InvocationRequest.model_validate_json(text)
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(str(part) for part in item['loc']) or 'body'}: {item['msg']}"
            for item in error.errors()
        )
        raise InvalidRequestError(
            "INVALID_REQUEST",
            f"The request does not fit: {problems}",
            "Send a JSON body as InvocationRequest in openapi.json describes it",
        ) from error
    except ValueError as error:
        raise InvalidRequestError(
            "INVALID_REQUEST", "The body is not valid base64", "Send a JSON body"
        ) from error


def _number(text: str | None, default: int) -> int:
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > len("1000"):
        raise InvalidRequestError(
            "INVALID_REQUEST", f"limit must be a number, not {text!r}", "Use 1 to 100"
        )
    return int(text)


def _checked_month(text: str | None) -> str | None:
    if text is None:
        return None
    if not _MONTH.match(text):
        raise InvalidRequestError(
            "INVALID_REQUEST", f"month must be YYYY-MM, not {text!r}", "For example 2026-02"
        )
    return text


def _shown(record: Invocation) -> dict[str, Any]:
    """The record of F6 and, apart from it, what else people ask about."""
    everything = json.loads(record.model_dump_json())
    shown = {name: value for name, value in everything.items() if name in _RECORD_FIELDS}
    shown["details"] = {name: value for name, value in everything.items() if name in _DETAILS}
    return shown


def _shown_receipt(checked: CheckedReceipt) -> dict[str, Any]:
    about = checked.record.model_dump(mode="json", include=SEALED_FIELDS)
    return {**about, "receipt": checked.receipt.model_dump(mode="json"), "genuine": checked.genuine}


def _summary(summary: CostSummary) -> dict[str, Any]:
    ledger = summary.ledger
    return {
        "project_id": ledger.project_id,
        "month": ledger.month,
        "limit_usd": format(summary.limit, "f"),
        "spent_usd": format(ledger.spent, "f"),
        "reserved_usd": format(ledger.reserved, "f"),
        "use_percent": float(summary.use_percent),
        "invocations": ledger.accepted,
        "by_agent_type": [
            {
                "agent_type": agent,
                "spent_usd": format(ledger.spent_by_agent.get(agent, 0), "f"),
                "invocations": ledger.accepted_by_agent.get(agent, 0),
            }
            for agent in sorted(ledger.accepted_by_agent)
            if ledger.accepted_by_agent[agent]
        ],
    }
