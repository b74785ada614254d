"""Endpoints about pull requests: opening, reading, reviewing, labels, comments, merging."""

from typing import Any

from switchboard.local.github.call import Call, Reply, RepositoryEndpoint, View
from switchboard.local.github.changes import FileChange
from switchboard.local.github.errors import GitHubError, invalid, not_found
from switchboard.local.standin.documents import Document

MOST_FILES, MOST_LINES = 300, 20_000
"""Of a difference as one text (GitHub REST API, diff media type)."""


def _list(call: Call, view: View) -> Reply:
    state, base = call.query.get("state", "open"), call.query.get("base")
    head = call.query.get("head", "").rpartition(":")[2] or None
    found = [
        pull
        for pull in view.pulls.every()
        if state in ("all", pull["state"])
        and head in (None, pull["head"])
        and base in (None, pull["base"])
    ]
    if call.query.get("direction", "desc") == "desc":
        found.reverse()
    return call.page_of([view.pull_shapes.simple(pull) for pull in found])


def _create(call: Call, view: View) -> Reply:
    return Reply(view.pull_shapes.full(view.pulls.open(call.fields, call.caller)), 201)


def _get(call: Call, view: View) -> Reply:
    pull = view.pulls.one(call.path["number"])
    if call.wants("diff") or call.wants("patch"):
        return Reply(_whole(view.pulls.changes(pull)), media_type="text/plain; charset=utf-8")
    return Reply(view.pull_shapes.full(pull))


def _whole(changes: list[FileChange]) -> str:
    """The difference as one text.

    Raises:
        GitHubError: 406, GitHub's answer for one that is too large.
    """
    if len(changes) > MOST_FILES:
        reason = f"the diff exceeded the maximum number of files ({MOST_FILES})"
        raise GitHubError(406, f"Sorry, {reason}.")
    whole = "".join(change.whole for change in changes)
    if whole.count("\n") > MOST_LINES:
        reason = f"the diff exceeded the maximum number of lines ({MOST_LINES})"
        raise GitHubError(406, f"Sorry, {reason}.")
    return whole


def _edit(call: Call, view: View) -> Reply:
    return Reply(view.pull_shapes.full(view.pulls.edit(call.path["number"], call.fields)))


def _files(call: Call, view: View) -> Reply:
    pull = view.pulls.one(call.path["number"])
    head, _base = view.pulls.heads(pull)
    return call.page_of([view.shapes.change(c, head) for c in view.pulls.changes(pull)])


def _commits(call: Call, view: View) -> Reply:
    head, base = view.pulls.heads(view.pulls.one(call.path["number"]))
    shas = reversed(view.git.log(head, base))
    return call.page_of([view.shapes.commit(view.git.commit(sha)) for sha in shas])


def _is_merged(call: Call, view: View) -> Reply:
    if view.pulls.one(call.path["number"])["merged_at"] is None:
        raise not_found()
    return Reply(None, 204)


def _merge(call: Call, view: View) -> Reply:
    pull = view.pulls.merge(call.path["number"], call.fields, call.caller)
    message = "Pull Request successfully merged"
    return Reply({"sha": pull["merge_commit_sha"], "merged": True, "message": message})


def _request_reviewers(call: Call, view: View) -> Reply:
    return _reviewers(call, view, add=True)


def _remove_reviewers(call: Call, view: View) -> Reply:
    return _reviewers(call, view, add=False)


def _reviewers(call: Call, view: View, *, add: bool) -> Reply:
    pull = view.pulls.one(call.path["number"])
    given = [str(login) for login in call.fields.get("reviewers") or []]
    people = {person["login"] for person in call.hub.store.list("person")}
    if add and not set(given) <= people:
        raise invalid(
            "PullRequest", "Reviews may only be requested from collaborators.", "reviewers"
        )
    kept = [login for login in pull["requested_reviewers"] if login not in given]
    pull = view.pulls.save({**pull, "requested_reviewers": kept + (given if add else [])})
    return Reply(view.pull_shapes.simple(pull), 201 if add else 200)


def _get_reviewers(call: Call, view: View) -> Reply:
    shown = view.pull_shapes.simple(view.pulls.one(call.path["number"]))
    return Reply({"users": shown["requested_reviewers"], "teams": []})


def _reviews(call: Call, view: View) -> Reply:
    number = call.path["number"]
    view.pulls.one(number)
    visible = [r for r in view.reviews.every(number) if _may_see(call, r)]
    return call.page_of([view.pull_shapes.review(review) for review in visible])


def _may_see(call: Call, review: Document) -> bool:
    return bool(review["state"] != "PENDING" or review["login"] == call.caller.login)


def _create_review(call: Call, view: View) -> Reply:
    review = view.reviews.add(call.path["number"], call.fields, call.caller)
    return Reply(view.pull_shapes.review(review))


def _review(call: Call, view: View) -> Reply:
    review = view.reviews.one(call.path["number"], call.path["review"])
    return Reply(view.pull_shapes.review(review))


def _submit_review(call: Call, view: View) -> Reply:
    review = view.reviews.submit(call.path["number"], call.path["review"], call.fields)
    return Reply(view.pull_shapes.review(review))


def _delete_review(call: Call, view: View) -> Reply:
    review = view.reviews.discard(call.path["number"], call.path["review"])
    return Reply(view.pull_shapes.review(review))


def _review_comments(call: Call, view: View) -> Reply:
    number, wanted = call.path["number"], call.path["review"]
    view.reviews.one(number, wanted)
    found = [c for c in view.pulls.comments("review_comment", number) if c["review_id"] == wanted]
    return call.page_of([view.pull_shapes.line_comment(comment) for comment in found])


def _line_comments(call: Call, view: View) -> Reply:
    number = call.path["number"]
    view.pulls.one(number)
    pending = {r["id"] for r in view.reviews.every(number) if not _may_see(call, r)}
    found = view.pulls.comments("review_comment", number)
    shown = [c for c in found if c["review_id"] not in pending]
    return call.page_of([view.pull_shapes.line_comment(comment) for comment in shown])


def _create_line_comment(call: Call, view: View) -> Reply:
    comment = view.reviews.add_line_comment(call.path["number"], call.fields, call.caller)
    return Reply(view.pull_shapes.line_comment(comment), 201)


def _issue(call: Call, view: View) -> Reply:
    return Reply(view.pull_shapes.issue(view.pulls.one(call.path["number"])))


def _edit_issue(call: Call, view: View) -> Reply:
    pull = view.pulls.edit(call.path["number"], call.fields)
    if "labels" in call.fields:
        pull = view.pulls.save({**pull, "labels": _names(call.fields["labels"])})
    return Reply(view.pull_shapes.issue(pull))


def _comments(call: Call, view: View) -> Reply:
    number = call.path["number"]
    view.pulls.one(number)
    found = view.pulls.comments("issue_comment", number)
    return call.page_of([view.pull_shapes.comment(comment) for comment in found])


def _create_comment(call: Call, view: View) -> Reply:
    comment = view.pulls.add_comment(call.path["number"], call.fields.get("body"), call.caller)
    return Reply(view.pull_shapes.comment(comment), 201)


def _names(given: Any) -> list[str]:
    listed = given.get("labels", []) if isinstance(given, dict) else given
    names = [str(item.get("name") if isinstance(item, dict) else item) for item in listed]
    return list(dict.fromkeys(names))


def _labels(call: Call, view: View) -> Reply:
    return call.page_of(view.pull_shapes.labels(view.pulls.one(call.path["number"])))


def _change_labels(call: Call, view: View, names: list[str]) -> Reply:
    pull = view.pulls.save({**view.pulls.one(call.path["number"]), "labels": names})
    return Reply(view.pull_shapes.labels(pull))


def _add_labels(call: Call, view: View) -> Reply:
    known = view.pulls.one(call.path["number"])["labels"]
    return _change_labels(call, view, _names([*known, *_names(call.body)]))


def _set_labels(call: Call, view: View) -> Reply:
    return _change_labels(call, view, _names(call.body))


def _remove_label(call: Call, view: View) -> Reply:
    known = view.pulls.one(call.path["number"])["labels"]
    if call.path["name"] not in known:
        raise not_found()
    return _change_labels(call, view, [name for name in known if name != call.path["name"]])


def _repository_labels(call: Call, view: View) -> Reply:
    used = {name for pull in view.pulls.every() for name in pull["labels"]}
    shapes = call.hub.shapes
    return call.page_of([shapes.label(view.full_name, name) for name in sorted(used)])


PULL, ISSUE = "/pulls/{number:int}", "/issues/{number:int}"
REVIEW = PULL + "/reviews/{review:int}"
ENDPOINTS = [
    RepositoryEndpoint(method, path, act, "pull_requests")
    for method, path, act in [
        ("GET", "/pulls", _list),
        ("POST", "/pulls", _create),
        ("GET", PULL, _get),
        ("PATCH", PULL, _edit),
        ("GET", PULL + "/files", _files),
        ("GET", PULL + "/commits", _commits),
        ("GET", PULL + "/merge", _is_merged),
        ("GET", PULL + "/requested_reviewers", _get_reviewers),
        ("POST", PULL + "/requested_reviewers", _request_reviewers),
        ("DELETE", PULL + "/requested_reviewers", _remove_reviewers),
        ("GET", PULL + "/reviews", _reviews),
        ("POST", PULL + "/reviews", _create_review),
        ("GET", REVIEW, _review),
        ("DELETE", REVIEW, _delete_review),
        ("POST", REVIEW + "/events", _submit_review),
        ("GET", REVIEW + "/comments", _review_comments),
        ("GET", PULL + "/comments", _line_comments),
        ("POST", PULL + "/comments", _create_line_comment),
        ("GET", ISSUE, _issue),
        ("PATCH", ISSUE, _edit_issue),
        ("GET", ISSUE + "/comments", _comments),
        ("POST", ISSUE + "/comments", _create_comment),
        ("GET", ISSUE + "/labels", _labels),
        ("POST", ISSUE + "/labels", _add_labels),
        ("PUT", ISSUE + "/labels", _set_labels),
        ("DELETE", ISSUE + "/labels/{name}", _remove_label),
        ("GET", "/labels", _repository_labels),
    ]
] + [RepositoryEndpoint("PUT", PULL + "/merge", _merge, "contents")]
