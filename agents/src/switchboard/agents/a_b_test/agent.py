"""The a_b_test agent: how many variants, where each goes, and how they are read off the tools."""

import re
from collections import Counter
from datetime import datetime
from typing import Any

from switchboard.agents.a_b_test.output import VariantsOutput
from switchboard.agents.definition import AgentDefinition
from switchboard.agents.evidence import Evidence
from switchboard.agents.inputs import property_of
from switchboard.agents.outcome import AgentRunError
from switchboard.agents.payload import RunRequest
from switchboard.events.values import Artifact

PROPERTY = "Variants"
FEWEST, USUAL, MOST = 2, 2, 4
MAX_TITLE = 300
_LETTERS = "abcd"
_NUMBER = re.compile(r"\s*(\d{1,9})(?:\.0+)?\s*")
_SEPARATOR = re.compile(r"[\n;,]|(?<!\S)[-*•]\s|(?<!\S)\(?[A-Da-d1-9][.):]\s")


def facts(request: RunRequest) -> dict[str, Any]:
    """Where each variant goes. Names that people gave are theirs: they stay with the story."""
    wanted = how_many(request)
    return {
        "prototype_expiry_days": request.project.prototype_expiry_days,
        "variants": [_places(letter) for letter in _LETTERS[:wanted]],
    }


def how_many(request: RunRequest) -> int:
    """What the property says, a number or a list of names, within what can be compared."""
    value = property_of(request, PROPERTY)
    if isinstance(value, bool) or value in (None, "", []):
        return USUAL
    if isinstance(value, int | float):
        wanted = int(value)
    elif isinstance(value, str) and (number := _NUMBER.fullmatch(value)):
        wanted = int(number[1])
    else:
        wanted = len(_names(value))
    return min(MOST, max(FEWEST, wanted))


def _names(value: Any) -> list[str]:
    texts = [str(item) for item in value] if isinstance(value, list) else [str(value)]
    parts = [part.strip() for text in texts for part in _SEPARATOR.split(text)]
    return [part for part in parts if part]


def _places(letter: str) -> dict[str, str]:
    folder = f"variant-{letter}"
    return {
        "letter": letter.upper(),
        "entry_page": f"{folder}/index.html",
        "screenshot": f"{folder}/screenshot.png",
    }


def artifacts(evidence: Evidence, request: RunRequest) -> list[Artifact]:
    """A prototype for each variant whose page was uploaded and whose address was handed out."""
    keys = {
        str(answer.arguments.get("path")): str(answer.result.get("key"))
        for answer in evidence.succeeded("s3_upload_prototype")
    }
    addresses = {
        str(answer.arguments.get("path")): answer.result
        for answer in evidence.succeeded("s3_generate_url")
        if "url" in answer.result
    }
    found = []
    for places in facts(request)["variants"]:
        entry = places["entry_page"]
        if entry not in keys or entry not in addresses:
            continue
        url = str(addresses[entry]["url"])
        found.append(
            Artifact(
                type="prototype",
                url=url,
                title=f"Variant {places['letter']}: {request.story.title}",
                metadata={
                    "s3_key": keys[entry],
                    "cloudfront_url": url,
                    "expiry_days": request.project.prototype_expiry_days,
                    "screenshot_url": addresses.get(places["screenshot"], {}).get("url"),
                    "variant": places["letter"],
                },
                expires_at=_moment(addresses[entry].get("expires_at")),
            )
        )
    return found


def _moment(text: Any) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) else None


def report(output: VariantsOutput, made: list[Artifact], evidence: Evidence) -> list[Artifact]:
    """The variants with their descriptions, which are the model's words.

    Raises:
        AgentRunError: there is nothing to compare: fewer than two, or two that are the same page.
    """
    if len(made) < FEWEST:
        raise AgentRunError(f"Only {len(made)} variant was made; a comparison needs {FEWEST}")
    pages = {
        str(answer.result.get("key")): answer.result.get("sha256")
        for answer in evidence.succeeded("s3_upload_prototype")
    }
    digests = Counter(pages.get(item.metadata["s3_key"]) for item in made)
    if any(digest and times > 1 for digest, times in digests.items()):
        raise AgentRunError("Two variants are the same page, so there is nothing to compare")
    said = {item.url: " ".join(item.title.split()) for item in output.artifacts}
    return [
        item.model_copy(update={"title": _title(item, said.get(item.url, ""))}) for item in made
    ]


def _title(item: Artifact, described: str) -> str:
    """The description, short, and beginning with the variant's letter whatever the model wrote."""
    start = f"Variant {item.metadata['variant']}: "
    text = re.sub(r"^variant\s+[a-d]\b\W*", "", described, flags=re.IGNORECASE)
    title = f"{start}{text}" if text else item.title
    return title if len(title) <= MAX_TITLE else f"{title[: MAX_TITLE - 1]}…"


AGENT = AgentDefinition(
    name="a_b_test", output=VariantsOutput, facts=facts, artifacts=artifacts, report=report
)
