"""Reading requests as API Gateway hands them over (REST, proxy integration, payload 1.0)."""

import base64
import re
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from switchboard.itsm_mock.domain.model import InvalidRequestError, State
from switchboard.itsm_mock.domain.requests import Name, Request

MOST_LISTED = 50
USUALLY_LISTED = 5
"""What can be read out on a telephone."""
KEY_LENGTH = 64
_SPACE_NUMBER = re.compile(r" (\d{7,15})\Z")
_ETAG = re.compile(r'(?:W/)?"?(\d{1,9})"?\Z')
_NAME: TypeAdapter[str] = TypeAdapter(Name)
R = TypeVar("R", bound=Request)


def body(event: Mapping[str, Any], kind: type[R]) -> R:
    """The body as a request of this kind.

    Raises:
        InvalidRequestError: it is no JSON, or a field does not fit; says which and why.
    """
    raw = event.get("body") or ""
    try:
        text = base64.b64decode(raw, validate=True) if event.get("isBase64Encoded") else raw
        return kind.model_validate_json(text)
    except ValidationError as error:
        raise invalid(_problems(error)) from error
    except ValueError as error:
        raise invalid("the body is not valid base64") from error


def caller(event: Mapping[str, Any]) -> str | None:
    """The caller of the query string; a `+` that was not encoded arrives as a blank.

    Raises:
        InvalidRequestError: it names nobody.
    """
    given = parameter(event, "caller")
    if given is None:
        return None
    number = _SPACE_NUMBER.match(given)
    try:
        return _NAME.validate_python(f"+{number[1]}" if number else given)
    except ValidationError as error:
        raise invalid(f"caller: {_problems(error)}") from error


def needed_caller(event: Mapping[str, Any]) -> str:
    """The caller of a list.

    Raises:
        InvalidRequestError: it names nobody, or is missing.
    """
    found = caller(event)
    if found is None:
        raise invalid("caller is missing: a list is always one caller's")
    return found


def limit(event: Mapping[str, Any]) -> int:
    """How many tickets a page holds.

    Raises:
        InvalidRequestError: it is not a number from 1 to 50.
    """
    text = parameter(event, "limit")
    if text is None:
        return USUALLY_LISTED
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(MOST_LISTED))
    if not is_number or not 1 <= int(text) <= MOST_LISTED:
        raise invalid(f"limit must be a number from 1 to {MOST_LISTED}")
    return int(text)


def state(event: Mapping[str, Any]) -> State | None:
    """The state a list is restricted to.

    Raises:
        InvalidRequestError: there is no such state.
    """
    text = parameter(event, "state")
    if text is None or text in set(State):
        return None if text is None else State(text)
    raise invalid(f"state must be one of: {', '.join(State)}")


def parameter(event: Mapping[str, Any], name: str) -> str | None:
    """A query parameter; an empty one was left out."""
    return (event.get("queryStringParameters") or {}).get(name) or None


def number(event: Mapping[str, Any]) -> str:
    """The ticket number in the path, as it was written."""
    return str((event.get("pathParameters") or {}).get("ticket_id", ""))


def header(event: Mapping[str, Any], name: str) -> str | None:
    """A header, whatever its case."""
    found = (event.get("headers") or {}).items()
    return next((value for key, value in found if key.lower() == name.lower()), None)


def idempotency_key(event: Mapping[str, Any]) -> str | None:
    """The Idempotency-Key header.

    Raises:
        InvalidRequestError: it is too long to be one.
    """
    key = header(event, "Idempotency-Key") or None
    if key is not None and len(key) > KEY_LENGTH:
        raise invalid(f"Idempotency-Key may have {KEY_LENGTH} characters")
    return key


def seen_version(event: Mapping[str, Any]) -> int:
    """The version in If-Match.

    Raises:
        InvalidRequestError: it is missing or no ETag of ours.
    """
    found = _ETAG.match((header(event, "If-Match") or "").strip())
    if found is None:
        raise InvalidRequestError(
            "IF_MATCH_MISSING",
            "A change must say in If-Match on which version of the ticket it was decided",
            "Read the ticket and send the ETag of the answer as If-Match",
        )
    return int(found[1])


def invalid(problem: str) -> InvalidRequestError:
    """The error for a request that does not fit openapi.json."""
    return InvalidRequestError(
        "INVALID_REQUEST",
        f"The request does not fit: {problem}",
        "Send it as openapi.json describes it; nothing was written",
    )


def _problems(error: ValidationError) -> str:
    return "; ".join(
        f"{'.'.join(str(part) for part in item['loc']) or 'body'}: {item['msg']}"
        for item in error.errors(include_input=False, include_url=False)
    )
