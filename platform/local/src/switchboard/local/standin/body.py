"""Request bodies of the local doors, and the errors they answer with."""

import json
from typing import Any

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response


class BadBodyError(ValueError):
    """The body of a local door is not the JSON object it asks for."""


async def read_json(request: Request) -> dict[str, Any]:
    """The body as a JSON object; an empty body is an empty object.

    Raises:
        BadBodyError: the body is no JSON object.
    """
    raw = await request.body()
    try:
        body = json.loads(raw) if raw else {}
    except ValueError as error:
        raise BadBodyError(f"The body is not JSON: {error}") from error
    if not isinstance(body, dict):
        raise BadBodyError("The body must be a JSON object")
    return body


async def bad_body(_request: Request, error: Exception) -> Response:
    """400 with the reason, for `BadBodyError` and pydantic's `ValidationError`."""
    return JSONResponse({"error": {"code": "BAD_BODY", "message": str(error)}}, 400)


LOCAL_ERRORS = {BadBodyError: bad_body, ValidationError: bad_body}
"""Exception handlers for the apps that have local doors."""
