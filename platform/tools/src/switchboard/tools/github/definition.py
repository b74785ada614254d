"""Tools of the GitHub target: names and arguments of the official MCP server (August 2026)."""

from switchboard.tools.schema import Schema, flag, many, record, text, whole
from switchboard.tools.tool import Target, Tool

_WHERE: dict[str, Schema] = {
    "owner": text("Owner of the repository"),
    "repo": text("Name of the repository"),
}
_PULL: dict[str, Schema] = {**_WHERE, "pullNumber": whole("Number of the pull request")}

GITHUB = Target(
    "github",
    "The project's repository on GitHub",
    (
        Tool(
            "create_branch",
            "Create your work branch.",
            record(
                "Create a branch",
                ["owner", "repo", "branch"],
                **_WHERE,
                branch=text("Your work branch"),
                from_branch=text("Branch to start from; default: the repository's default branch"),
            ),
            once=True,
        ),
        Tool(
            "push_files",
            "Add or replace files on your work branch, in one commit.",
            record(
                "Push files",
                ["owner", "repo", "branch", "files", "message"],
                **_WHERE,
                branch=text("Your work branch"),
                files=many(
                    record(
                        "One file",
                        ["path", "content"],
                        path=text("Path in the repository"),
                        content=text("The whole new content"),
                    ),
                    "The files",
                ),
                message=text("Commit message"),
            ),
            once=True,
        ),
        Tool(
            "create_pull_request",
            "Open a pull request from your work branch.",
            record(
                "Create a pull request",
                ["owner", "repo", "title", "head", "base"],
                **_WHERE,
                title=text("Title"),
                head=text("Your work branch"),
                base=text("Branch the changes should go to"),
                body=text("Description in Markdown"),
                draft=flag("Open it as a draft"),
                reviewers=many(text("Login"), "People asked for a review"),
            ),
            once=True,
            # One per work branch, also when a person has closed the first and the words are new.
            once_by=("owner", "repo", "head"),
        ),
        Tool(
            "get_file_contents",
            "Read a file, or list a folder.",
            record(
                "Read",
                ["owner", "repo"],
                **_WHERE,
                path=text("Path of the file or folder; empty for the root"),
                ref=text("Branch, tag or commit; default: the default branch"),
                sha=text("Commit, used instead of ref"),
            ),
        ),
        Tool(
            "pull_request_read",
            "Read a pull request. Long answers come in pages: go on with next_page until it is "
            "null. A file's note says what of it is not shown.",
            record(
                "Read",
                ["method", "owner", "repo", "pullNumber"],
                method=text(
                    "get, get_diff, get_files, get_status, get_reviews, get_review_comments "
                    "or get_comments"
                ),
                **_PULL,
                page=whole("Page of the list or of the diff, from 1"),
                perPage=whole("Entries of a list per page, 1 to 100; default 100"),
            ),
        ),
        Tool(
            "pull_request_review_write",
            "Create a review. With an event it is posted at once; without, it stays pending: add "
            "comments to it, then submit it. One review is posted per run and pull request.",
            record(
                "Review",
                ["method", "owner", "repo", "pullNumber"],
                method=text("create, submit_pending or delete_pending"),
                **_PULL,
                event=text("COMMENT, the one an agent may use; needed by submit_pending"),
                body=text("Text of the review, in Markdown"),
                commitID=text("Commit the review is about; default: the newest"),
            ),
            once=True,
            once_if="event",
            # A model that starts over words its review anew: still one review.
            once_by=("owner", "repo", "pullNumber"),
        ),
        # A draft holds each comment once, so a repeated call changes nothing: no ledger needed.
        Tool(
            "add_comment_to_pending_review",
            "Add a comment on a line of the diff, or on a file, to the pending review.",
            record(
                "Comment",
                ["owner", "repo", "pullNumber", "path", "body", "subjectType"],
                **_PULL,
                path=text("File"),
                body=text("Comment in Markdown"),
                subjectType=text("LINE or FILE"),
                line=whole("Line of the file that the diff shows, the last one of a range"),
                side=text("LEFT (before) or RIGHT (after the change)"),
                startLine=whole("First line of a range"),
                startSide=text("Side of the first line"),
            ),
        ),
    ),
)
