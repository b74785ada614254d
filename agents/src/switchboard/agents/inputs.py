"""What an agent works on besides the story, and where it comes from (K-57).

The first that fits: an artifact of the parent; a property of the page; an artifact of an earlier
invocation of the same page, the newest first. When there is none the run fails before its first
model call, with a text that says what is missing and what to do. A property that is filled in but
cannot be used is a mistake people want to hear about, so it is no reason to look further.
"""

import re
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from switchboard.agents.outcome import AgentRunError
from switchboard.agents.payload import RunRequest
from switchboard.events.values import Artifact

MAX_TEXT = 500
"""Characters of a property that are looked at; people read them again when they are no good."""
_NOTION_ID = re.compile(
    r"(?<![0-9a-f])[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}(?![0-9a-f])", re.IGNORECASE
)
_PULL_ADDRESS = re.compile(r"/(?P<repo>[\w.-]+/[\w.-]+)/pull/(?P<number>\d+)(?:[/#?].*)?$")
_PULL_NUMBER = re.compile(r"#?(?P<number>[1-9]\d{0,9})")


class InputMissingError(AgentRunError):
    """The run cannot begin: something it works on is not there, or cannot be used."""


@dataclass(frozen=True)
class Input:
    """One kind of input; `read` makes an artifact of a property's text or raises ValueError."""

    what: str
    """For people: `prototype`."""
    type: str
    property: str | None
    """The page's property that may name it; None when there is none."""
    made_by: str
    """The Status whose agent makes one."""
    read: Callable[[str, RunRequest], Artifact]
    fits: Callable[[Artifact], bool] = lambda _: True

    def among(self, artifacts: Iterable[Artifact], request: RunRequest) -> Artifact | None:
        """The first of these that fits and has not expired when the work was asked for."""
        return next(
            (
                item
                for item in artifacts
                if item.type == self.type and self.fits(item) and not _expired(item, request)
            ),
            None,
        )


def find(wanted: Input, request: RunRequest) -> Artifact | None:
    """The input, or None when there is none.

    Raises:
        InputMissingError: the page's property is filled in, but it cannot be used.
    """
    parent = request.parent.artifacts if request.parent else []
    return (
        wanted.among(parent, request)
        or _of_property(wanted, request)
        or wanted.among(request.earlier_artifacts, request)
    )


def require(wanted: Input, request: RunRequest) -> Artifact:
    """The input.

    Raises:
        InputMissingError: there is none.
    """
    found = find(wanted, request)
    if found is not None:
        return found
    fill_in = f'fill in the property "{wanted.property}", or ' if wanted.property else ""
    raise InputMissingError(
        f"There is no {wanted.what} for this story: no step before this one, "
        "no property of the page and no earlier run of it names one",
        remediation=(
            f'On the page, {fill_in}set the Status to "{wanted.made_by}" to make one. '
            "Then set this Status again."
        ),
    )


def _of_property(wanted: Input, request: RunRequest) -> Artifact | None:
    text = _text(property_of(request, wanted.property)) if wanted.property else ""
    if not text:
        return None
    try:
        return wanted.read(text[:MAX_TEXT], request)
    except ValueError as error:
        raise InputMissingError(
            f'The property "{wanted.property}" of the page cannot be used: {error}',
            remediation=(
                f'Correct the property "{wanted.property}" of the page, or empty it, '
                "then set the Status again."
            ),
        ) from error


def property_of(request: RunRequest, name: str) -> Any:
    """A property of the page as the snapshot holds it, its name in any case; None without one."""
    properties = request.story.properties.items()
    return next((v for key, v in properties if key.strip().casefold() == name.casefold()), None)


def _text(value: Any) -> str:
    """A plain value as text; of a list (a relation, a multi-select) the first entry."""
    if isinstance(value, list):
        return _text(value[0]) if value else ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value).strip()


def _expired(item: Artifact, request: RunRequest) -> bool:
    """Judged by the moment of the request, so that a repeated run decides alike."""
    asked_at = request.requested_at
    return item.expires_at is not None and asked_at is not None and item.expires_at <= asked_at


def _prototype(text: str, _request: RunRequest) -> Artifact:
    address = urlsplit(text)
    if address.scheme not in ("http", "https") or not address.hostname or text.split() != [text]:
        raise ValueError(f"{text!r} is no web address")
    return Artifact(
        type="prototype", url=text, title="Prototype", metadata={"cloudfront_url": text}
    )


def _pull_request(text: str, request: RunRequest) -> Artifact:
    """An address of a pull request of the project's repository, or just its number."""
    ours = request.project.github_repo or ""
    if number := _PULL_NUMBER.fullmatch(text):
        found, url = number, f"https://github.com/{ours}/pull/{number['number']}"
    elif address := _PULL_ADDRESS.search(text):
        if address["repo"].casefold() != ours.casefold():
            raise ValueError(
                f"{text!r} belongs to {address['repo']}, but the project works on {ours}"
            )
        found, url = address, text
    else:
        raise ValueError(f"{text!r} is neither the address nor the number of a pull request")
    number_text = found["number"]
    return Artifact(
        type="pull_request",
        url=url,
        title=f"Pull request #{number_text}",
        metadata={"repo": ours, "pr_number": int(number_text)},
    )


def _database(text: str, _request: RunRequest) -> Artifact:
    """A database's id, or an address with it; `?v=` names a view, not the database."""
    found = _NOTION_ID.search(text.partition("?")[0])
    if found is None:
        raise ValueError(f"{text!r} holds no id of a Notion database")
    return Artifact(
        type="notion_database",
        url=text,
        title="Feedback database",
        metadata={"database_id": str(uuid.UUID(found[0]))},
    )


def _never(text: str, _request: RunRequest) -> Artifact:
    raise ValueError(f"{text!r} is not read from a property")


PROTOTYPE = Input("prototype", "prototype", "Prototype", "Generate Prototype", _prototype)
PULL_REQUEST = Input(
    "pull request",
    "pull_request",
    "Pull Request",
    "Generate Code",
    _pull_request,
    lambda item: isinstance(item.metadata.get("pr_number"), int),
)
FEEDBACK_DATABASE = Input(
    "feedback database",
    "notion_database",
    "Feedback Database",
    "Generate Demo Deck",
    _database,
)
SPECIFICATION = Input(
    "specification",
    "notion_page",
    None,
    "Generate Spec",
    _never,
    lambda item: item.metadata.get("page_type") == "spec",
)
