"""A difference as people see it: files, coloured lines, and the remarks that stand on them."""

from collections.abc import Iterable, Mapping, Sequence

from markupsafe import Markup

from switchboard.local.github.changes import FileChange
from switchboard.local.github.reviews import lines_of
from switchboard.local.standin import html
from switchboard.local.standin.documents import Document

Remarks = Mapping[tuple[str, str, int], Sequence[Document]]
"""Comments by path, side and line."""
NONE: Remarks = {}


def counts(changes: Sequence[FileChange]) -> Markup:
    """How many files, and how many lines came and went."""
    return Markup(
        '<span class="small soft">{} · <span class="plus">+{}</span> '
        '<span class="minus">&minus;{}</span></span>'
    ).format(len(changes), sum(c.additions for c in changes), sum(c.deletions for c in changes))


def difference(changes: Iterable[FileChange], remarks: Remarks = NONE) -> Markup:
    """Every file, each to be folded away."""
    return html.join([_file(change, remarks) for change in changes])


def remark(comment: Document) -> Markup:
    """A comment on a line, where its address leads to."""
    return Markup(
        '<div class="remark card" id="discussion_r{}"><p class="small soft"><b>{}</b> '
        "commented on line {}</p>{}</div>"
    ).format(comment["id"], comment["login"], _lines(comment), html.markdown(comment["body"]))


def _lines(comment: Document) -> str:
    start = comment.get("start_line")
    return f"{start} to {comment['line']}" if start else str(comment["line"])


def _file(change: FileChange, remarks: Remarks) -> Markup:
    text = change.patch or "Binary file or no text difference"
    below: dict[int, list[Document]] = {}
    for (side, number), position in lines_of(change.patch).items():
        below.setdefault(position, []).extend(remarks.get((change.path, side, number), ()))
    rows: list[Markup] = []
    for position, line in enumerate(text.split("\n")):
        if line or position < text.count("\n"):
            shown = Markup('<span class="row mono {}">{}</span>')
            rows.append(shown.format(_kind(line), line or " "))
        rows += [remark(comment) for comment in below.get(position, [])]
    return Markup(
        '<details class="diff" open><summary><span class="mono">{}</span> {} '
        '<span class="small"><span class="plus">+{}</span> '
        '<span class="minus">&minus;{}</span></span>'
        '</summary><div class="lines">{}</div></details>'
    ).format(
        change.path,
        html.pill(change.status, {"added": "good", "removed": "bad"}.get(change.status, "")),
        change.additions,
        change.deletions,
        html.join(rows),
    )


def _kind(line: str) -> str:
    return {"+": "add", "-": "del", "@": "hunk"}.get(line[:1], "")
