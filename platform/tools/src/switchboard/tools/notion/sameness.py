"""What makes two creations of one invocation the same: parent and title.

A model that starts over writes its text anew, and pages with the same title under one story are
nobody's wish: it gets the page it made before.
"""

from typing import Any

from switchboard.tools.arguments import Arguments
from switchboard.tools.notion.values import page_title


def same_pages(arguments: Arguments) -> dict[str, Any]:
    """Parent and titles of the pages to create.

    Raises:
        InvalidArgumentsError: a page has no title.
    """
    titles = [_words(page_title(page["properties"])) for page in arguments["pages"]]
    return {"parent": _parent(arguments), "titles": titles}


def same_database(arguments: Arguments) -> dict[str, Any]:
    """Parent and title of the database to create."""
    return {"parent": _parent(arguments), "title": _words(arguments["title"])}


def _parent(arguments: Arguments) -> str:
    return str(arguments["parent"].get("page_id", "")).replace("-", "").lower()


def _words(title: str) -> str:
    """A title without what nobody tells titles apart by: case and white space."""
    return " ".join(title.casefold().split())
