"""The notes of a release, taken from CHANGELOG.md."""

import re

UNRELEASED = "Unreleased"
HEADING = re.compile(r"^## (.+?)\s*$", re.MULTILINE)


class NoSuchReleaseError(ValueError):
    """The changelog has no section of that name."""


def notes(changelog: str, version: str | None) -> str:
    """The section of `version`; without one, what is not released yet.

    Raises:
        NoSuchReleaseError: with the sections there are.
    """
    wanted = (version or UNRELEASED).removeprefix("v")
    parts = HEADING.split(changelog)[1:]
    sections = {
        name.split()[0].strip("[]"): text.strip()
        for name, text in zip(parts[::2], parts[1::2], strict=True)
    }
    if wanted not in sections or not sections[wanted]:
        raise NoSuchReleaseError(
            f"CHANGELOG.md has nothing under {wanted!r}; there is: {', '.join(sections)}"
        )
    return sections[wanted] + "\n"
