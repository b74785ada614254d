"""Answers of our HTTP doors: one error format everywhere (ERR-01, F15)."""

import json
from typing import Any


def json_response(status: int, body: Any) -> dict[str, Any]:
    """An API Gateway proxy answer with a JSON body."""
    return {
        "statusCode": status,
        "headers": {"Content-Type": "application/json"},
        "body": json.dumps(body, default=str),
    }


def error_response(
    status: int, code: str, message: str, remediation: str, invocation_id: str | None = None
) -> dict[str, Any]:
    """An API Gateway proxy answer in the common error format: code, message, remedy."""
    return json_response(
        status,
        {
            "error": {
                "code": code,
                "message": message,
                "invocation_id": invocation_id,
                "remediation": remediation,
            }
        },
    )
