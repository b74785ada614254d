"""The HTTP doors as API Gateway sees them (REST API, Lambda proxy integration)."""

import base64
import binascii
import time
from typing import Any

from aws_lambda_powertools import Logger

from switchboard.events import trace
from switchboard.events.trace import Span, Spans
from switchboard.ingress.domain.accept_webhook import (
    AcceptWebhook,
    Delivery,
    InvalidWebhookError,
    WebhookTooLargeError,
)
from switchboard.ingress.domain.explain_page import DEFAULT_LIMIT, ExplainPage
from switchboard.ingress.domain.model import Outcome
from switchboard.ingress.domain.webhook_bodies import MalformedWebhookError
from switchboard.runtime.http import error_response, json_response
from switchboard.runtime.spans import spans

SIGNATURE_HEADER = "x-notion-signature"
AUTOMATION_HEADER = "x-switchboard-automation-secret"
NO_INVOCATION = "-"
"""In log lines about requests that started none; the logger leaves None out (ERR-10)."""


def delivery_of(event: dict[str, Any]) -> Delivery:
    """The request as it arrived; the body's bytes exactly as they were sent.

    Raises:
        MalformedWebhookError: the body says it is base64 and is not.
    """
    body = event.get("body") or ""
    if event.get("isBase64Encoded"):
        try:
            raw = base64.b64decode(body, validate=True)
        except (binascii.Error, ValueError) as error:
            raise MalformedWebhookError("the body is not base64") from error
    else:
        raw = body.encode("utf-8", "surrogatepass")
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    return Delivery(raw, headers.get(SIGNATURE_HEADER), headers.get(AUTOMATION_HEADER))


class WebhookDoor:
    """POST /webhook/notion."""

    def __init__(self, accept: AcceptWebhook, logger: Logger, traces: Spans | None = None) -> None:
        """Serve `accept`; log ids and reasons, never bodies or secrets.

        `traces`: where spans go, else as configured.
        """
        self._accept = accept
        self._logger = logger
        self._spans = traces or spans()

    def __call__(self, event: dict[str, Any]) -> dict[str, Any]:
        """Answer 200, 400, 401, 413 or 500."""
        started = time.time_ns()
        try:
            receipt = self._accept(delivery_of(event))
        except InvalidWebhookError as error:
            return self._refused(401, "INVALID_WEBHOOK", str(error), error.remediation)
        except WebhookTooLargeError as error:
            return self._refused(413, "WEBHOOK_TOO_LARGE", str(error), error.remediation)
        except MalformedWebhookError as error:
            return self._refused(
                400,
                "MALFORMED_WEBHOOK",
                str(error),
                "Send one of the bodies described in the service's openapi.json",
            )
        except Exception:
            # The edge: Notion gets an answer it retries on, the log gets the reason.
            self._logger.exception("webhook could not be kept", invocation_id=NO_INVOCATION)
            return error_response(
                500, "INTERNAL_ERROR", "The webhook was not kept", "Send it again later"
            )
        # ContentChanged's own id becomes the invocation id if the change asks for work.
        self._logger.info(
            "webhook answered",
            status=receipt.status,
            source_event_id=receipt.source_event_id,
            invocation_id=receipt.correlation_id or NO_INVOCATION,
            correlation_id=receipt.correlation_id,
        )
        if receipt.correlation_id:
            self._spans.write(_first(receipt.correlation_id, started))
        return json_response(
            200, {"status": receipt.status, "correlation_id": receipt.correlation_id}
        )

    def _refused(self, status: int, code: str, message: str, remediation: str) -> dict[str, Any]:
        self._logger.warning(
            "webhook refused", code=code, reason=message, status=status, invocation_id=NO_INVOCATION
        )
        return error_response(status, code, message, remediation)


def _first(correlation_id: str, started: int) -> Span:
    """The span in which a flow begins; a duplicate begins none."""
    return Span(
        "POST /webhook/notion",
        "ingress",
        trace.trace_id(correlation_id),
        trace.root(correlation_id),
        kind=trace.SERVER,
        start=started,
        end=time.time_ns(),
        attributes={"correlation_id": correlation_id},
    )


class OutcomesDoor:
    """GET /pages/{page_id}/outcomes."""

    def __init__(self, explain: ExplainPage, logger: Logger) -> None:
        """Serve `explain`."""
        self._explain = explain
        self._logger = logger

    def __call__(self, event: dict[str, Any]) -> dict[str, Any]:
        """Answer 200, 400 or 500; an unknown page has no outcomes."""
        page_id = (event.get("pathParameters") or {}).get("page_id", "")
        given = (event.get("queryStringParameters") or {}).get("limit", str(DEFAULT_LIMIT))
        if not given.isdecimal() or len(given) > len(str(DEFAULT_LIMIT)) + 1:
            return error_response(
                400, "INVALID_ARGUMENTS", "limit is not a number", "Give a limit from 1 to 100"
            )
        try:
            outcomes = self._explain(page_id, int(given))
        except Exception:
            self._logger.exception("outcomes could not be read", invocation_id=NO_INVOCATION)
            return error_response(
                500, "INTERNAL_ERROR", "The outcomes could not be read", "Ask again later"
            )
        return json_response(
            200, {"page_id": page_id, "outcomes": [_outcome(item) for item in outcomes]}
        )


def _outcome(outcome: Outcome) -> dict[str, Any]:
    return {
        "at": outcome.at.isoformat(),
        "code": outcome.code,
        "text": outcome.text,
        "remediation": outcome.remediation,
        "trigger": outcome.trigger,
        "invocation_id": outcome.invocation_id,
        "correlation_id": outcome.correlation_id,
        "source_event_id": outcome.source_event_id,
    }
