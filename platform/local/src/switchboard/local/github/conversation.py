"""What people and apps have said about a pull request: reviews, remarks on lines, comments."""

import re

from markupsafe import Markup

from switchboard.local.github.call import View
from switchboard.local.github.changes import FileChange
from switchboard.local.github.difference import Remarks, remark
from switchboard.local.github.reviews import lines_of
from switchboard.local.standin import html
from switchboard.local.standin.documents import Document

TONES = {"APPROVED": "good", "CHANGES_REQUESTED": "bad", "COMMENTED": "accent"}
NOTHING = Markup("")
_HIDDEN = re.compile(r"<!--.*?-->", re.DOTALL)
"""Notes of programs to themselves; GitHub does not show them either."""


def remarks_of(view: View, pull: Document) -> Remarks:
    """The submitted comments on lines, by where they stand."""
    found: dict[tuple[str, str, int], list[Document]] = {}
    for comment in _submitted(view, pull):
        place = (comment["path"], comment["side"], comment["line"])
        found.setdefault(place, []).append(comment)
    return found


def conversation(view: View, pull: Document, changes: list[FileChange]) -> Markup:
    """The reviews with links to their remarks, then the comments; nothing when nobody spoke."""
    number = pull["number"]
    there = {(c.path, *place) for c in changes for place in lines_of(c.patch)}
    parts = [
        _review(review, [c for c in _submitted(view, pull) if c["review_id"] == review["id"]])
        for review in view.reviews.every(number)
        if review["state"] != "PENDING"
    ]
    parts += [
        remark(comment)
        for comment in _submitted(view, pull)
        if (comment["path"], comment["side"], comment["line"]) not in there
    ]
    parts += [
        _card(f"issuecomment-{item['id']}", item["login"], item["created_at"], item["body"])
        for item in view.pulls.comments("issue_comment", number)
    ]
    return Markup("<h2>Conversation</h2>{}").format(html.join(parts)) if parts else NOTHING


def _submitted(view: View, pull: Document) -> list[Document]:
    number = pull["number"]
    pending = {r["id"] for r in view.reviews.every(number) if r["state"] == "PENDING"}
    found = view.pulls.comments("review_comment", number)
    return [comment for comment in found if comment["review_id"] not in pending]


def _review(review: Document, comments: list[Document]) -> Markup:
    state = html.pill(review["state"].replace("_", " ").lower(), TONES.get(review["state"], ""))
    links = [
        Markup('<li><a class="mono" href="#discussion_r{}">{}:{}</a></li>').format(
            comment["id"], comment["path"], comment["line"]
        )
        for comment in comments
    ]
    listed = Markup('<p class="small soft">Comments on lines</p><ul>{}</ul>').format(
        html.join(links)
    )
    return _card(
        f"pullrequestreview-{review['id']}",
        review["login"],
        review["submitted_at"] or "",
        review["body"],
        state=state,
        below=listed if links else NOTHING,
    )


def _card(
    ident: str, login: str, at: str, text: str, *, state: Markup = NOTHING, below: Markup = NOTHING
) -> Markup:
    return Markup(
        '<div class="card" id="{}"><p class="small soft"><b>{}</b> {} {}</p>{}{}</div>'
    ).format(
        ident,
        login,
        state,
        at.replace("T", " ").rstrip("Z"),
        html.markdown(_HIDDEN.sub("", text).strip()),
        below,
    )
