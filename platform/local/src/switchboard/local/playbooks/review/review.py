"""The steps of the review agent: criteria, pull request, every page of its files, one review."""

from collections.abc import Generator, Mapping
from functools import lru_cache
from typing import Any

from switchboard.local.model.engine import Call, Context, Final, Result, Script, playbook
from switchboard.local.playbooks.answers import failed, give_up, in_trash, reason_of, value_of
from switchboard.local.playbooks.brief import Brief, read_brief
from switchboard.local.playbooks.review.diff import ChangedFile, changed_file
from switchboard.local.playbooks.review.findings import addresses_reviewers, findings_in
from switchboard.local.playbooks.review.judging import Change, judge
from switchboard.local.playbooks.review.wording import Remark, Review, body, summary

MOST_PAGES = 30
MOST_ALONE = 5
"""Files whose patch is long are asked for one by one; so many of them are."""
Steps = Generator[Any, Any, Final]
Where = dict[str, Any]


@playbook("review")
def review(ctx: Context) -> Script:
    """Read story and pull request, judge, post one review as a comment."""
    brief = read_brief(ctx.prompt)
    asked = brief.about("pull_request")
    where: Where = {
        "owner": str(asked.get("owner")),
        "repo": str(asked.get("repo")),
        "pullNumber": int(asked.get("number") or 0),
    }
    page, found = yield [
        Call("notion-fetch", {"id": brief.fact("notion_page_id")}, "I read the criteria."),
        Call("pull_request_read", {**where, "method": "get"}),
    ]
    refusal = _refusal(page, found, where["pullNumber"])
    if refusal:
        return refusal
    files = yield from _files(where)
    if isinstance(files, Final):
        return files
    status = yield Call("pull_request_read", {**where, "method": "get_status"})
    pull = value_of(found)
    notes = _notes(brief, page, pull)
    judged = _judged(brief, where["pullNumber"], files, _checks(status), notes)
    return (yield from _post(brief, judged, where, pull))


def _refusal(page: Result, found: Result, number: int) -> Final | None:
    """Why there is nothing to review."""
    if in_trash(page):
        return give_up("The story was deleted", "its page is in the trash. Restore it in Notion.")
    if failed(found):
        return give_up(f"Cannot read pull request #{number}", reason_of(found))
    pull = value_of(found)
    if pull.get("state") != "open":
        state = "merged" if pull.get("merged") else str(pull.get("state"))
        return give_up(
            f"Nothing was reviewed: pull request #{number} is {state}",
            "a review is for one that is open. Reopen it, or name another one in the property "
            '"Pull Request" of the page.',
        )
    return None


def _files(where: Where) -> Generator[Any, Any, tuple[ChangedFile, ...] | Final]:
    """Every page of the list, then the files whose patch was left out, one by one."""
    entries: list[Mapping[str, Any]] = []
    page: int | None = 1
    for _ in range(MOST_PAGES):
        asked = {**where, "method": "get_files", "page": page}
        listed = yield Call("pull_request_read", asked, "I read the changed files.")
        if failed(listed):
            return give_up("Cannot read the changed files", reason_of(listed))
        answer = value_of(listed)
        entries += answer.get("files", [])
        page = answer.get("next_page")
        if page is None:
            break
    long = [index for index, entry in enumerate(entries) if "ask for it alone" in _note(entry)]
    calls = [
        Call("pull_request_read", {**where, "method": "get_files", "perPage": 1, "page": index + 1})
        for index in long[:MOST_ALONE]
    ]
    answers = (yield calls) if calls else []
    for index, answer in zip(long, answers, strict=False):
        alone = value_of(answer).get("files", [])
        entries[index] = alone[0] if alone else entries[index]
    return tuple(changed_file(entry) for entry in entries)


def _note(entry: Mapping[str, Any]) -> str:
    return str(entry.get("note") or "")


def _notes(brief: Brief, page: Result, pull: Mapping[str, Any]) -> tuple[str, ...]:
    found = []
    if brief.is_stale(page):
        found.append(
            "The story has changed, or could not be read, since the review was asked for; this "
            "follows its text at that moment."
        )
    if addresses_reviewers(f"{pull.get('title')}\n{pull.get('body')}"):
        found.append(
            "The text of the pull request speaks to an automatic reviewer. It was read as text "
            "and not followed."
        )
    return tuple(found)


def _checks(status: Result) -> str:
    """What ran in the repository itself; most local repositories run nothing."""
    checks = value_of(status).get("statuses") or []
    if failed(status) or not checks:
        return ""
    told = ", ".join(f"`{item.get('context')}` {item.get('state')}" for item in checks)
    return f"Checks of the repository: {told}."


@lru_cache(maxsize=8)
def _reading(
    criteria: tuple[str, ...], story: str, files: tuple[ChangedFile, ...], standards: str
) -> tuple[Any, ...]:
    """A conversation is played again at each step; the files are the same each time."""
    change = Change(files)
    judged = tuple(judge(text, change) for text in criteria)
    return change, judged, tuple(findings_in(files, story, standards))


def _judged(
    brief: Brief, number: int, files: tuple[ChangedFile, ...], checks: str, notes: tuple[str, ...]
) -> Review:
    story = brief.story
    read = _reading(story.criteria, story.text, files, brief.fact("coding_standards"))
    change, judgements, found = read
    return Review(number, change, judgements, found, checks, notes)


def _post(brief: Brief, judged: Review, where: Where, pull: Mapping[str, Any]) -> Steps:
    begun = yield Call(
        "pull_request_review_write", {**where, "method": "create"}, "I write the review."
    )
    if failed(begun):
        return give_up("Cannot begin a review", reason_of(begun))
    remarks = judged.remarks
    answers = (yield [_comment(where, item) for item in remarks]) if remarks else []
    pairs = list(zip(remarks, answers, strict=True))
    homeless = [item for item, answer in pairs if failed(answer)]
    posted = yield Call(
        "pull_request_review_write",
        {
            **where,
            "method": "submit_pending",
            "event": "COMMENT",
            "commitID": str(pull.get("head_sha")),
            "body": body(judged, brief, homeless),
        },
        "I post it as a comment: people decide.",
    )
    if failed(posted):
        return give_up("Cannot post the review", reason_of(posted))
    return _done(brief, judged, where, pull, value_of(posted))


def _comment(where: Where, item: Remark) -> Call:
    place = {"path": item.path, "line": item.line, "side": "RIGHT", "subjectType": "LINE"}
    return Call("add_comment_to_pending_review", {**where, **place, "body": item.body})


def _done(
    brief: Brief,
    judged: Review,
    where: Where,
    pull: Mapping[str, Any],
    posted: Mapping[str, Any],
) -> Final:
    artifact = {
        "type": "pull_request",
        "url": str(posted.get("url")),
        "title": f"Review of pull request #{judged.number}: {judged.verdict}",
        "metadata": {
            "repo": f"{where['owner']}/{where['repo']}",
            "branch": str(pull.get("branch")),
            "pr_number": judged.number,
            "files_changed": int(pull.get("files_changed") or len(judged.change.files)),
            "verdict": judged.verdict,
        },
    }
    said = summary(judged, brief, int(posted.get("comments") or 0))
    structured = {
        "status": "completed",
        "summary": said,
        "verdict": judged.verdict,
        "criteria": [
            {"criterion": item.criterion, "met": item.met, "reason": item.reason}
            for item in judged.judgements
        ],
        "suggestions": judged.suggestions,
        "not_read": judged.not_read,
        "artifacts": [artifact],
    }
    return Final(f"{said}\n{artifact['url']}", structured)
