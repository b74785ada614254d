"""What the API refuses, in Notion's words (Notion API 2026-03-11, status codes).

NotionError
"""


class NotionError(Exception):
    """An answer of the API that is not a success."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


def invalid(message: str) -> NotionError:
    """400 `validation_error`."""
    return NotionError(400, "validation_error", message)


def failed(path: str, should: str, instead: object) -> NotionError:
    """400 `validation_error` about one place in the body, worded as Notion words it."""
    return invalid(f"body failed validation: body.{path} should {should}, instead was `{instead}`.")


def not_found(kind: str, key: str) -> NotionError:
    """404 `object_not_found`: missing and not shared look the same, as in Notion."""
    return NotionError(
        404,
        "object_not_found",
        f"Could not find {kind} with ID: {key}. Make sure the relevant pages and databases are "
        "shared with your integration.",
    )
