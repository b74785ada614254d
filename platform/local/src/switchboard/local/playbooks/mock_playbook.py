"""What the offline model thinks as the mock agent."""

from collections.abc import Generator, Mapping
from typing import Any

from switchboard.local.model.engine import Call, Context, Final, Result, Script, playbook
from switchboard.local.playbooks.answers import failed, give_up, reason_of, value_of
from switchboard.local.playbooks.brief import Brief, read_brief
from switchboard.local.playbooks.pages.page import Prototype, prototype_for
from switchboard.local.playbooks.sandbox_code import check_pages

Steps = Generator[Any, Any, Final]


@playbook("mock")
def mock(ctx: Context) -> Script:
    """Read the story, write the page, check it in a browser, upload it."""
    brief = read_brief(ctx.prompt)
    yield Call("notion-fetch", {"id": brief.fact("notion_page_id")}, "I read the story.")
    page = prototype_for(brief.story)
    entry = brief.fact("entry_page", "index.html")
    checked = yield Call(
        "execute_code",
        {
            "language": "python",
            "code": check_pages(["index.html"]),
            "files": [{"path": "index.html", "content": page.html}],
        },
        "I check that the page parses, loads nothing and renders.",
    )
    report = _report(checked)
    if failed(checked) or not report.get("parsed"):
        return give_up("The page does not hold", str(report.get("reason") or reason_of(checked)))
    return (yield from _publish(brief, page, entry, report))


def _report(checked: Result) -> Mapping[str, Any]:
    """The JSON line the check has printed."""
    lines = str(value_of(checked).get("stdout", "")).strip().splitlines()
    return value_of(Result(ok=True, text=lines[-1])) if lines else {}


def _publish(brief: Brief, page: Prototype, entry: str, report: Mapping[str, Any]) -> Steps:
    days = int(brief.facts.get("prototype_expiry_days") or 7)
    upload = {"path": entry, "sandbox_path": "index.html", "expiry_days": days}
    stored = yield Call("s3_upload_prototype", upload, "The page holds; I upload it.")
    if failed(stored):  # the sandbox may have ended: then the text itself
        again = {"path": entry, "content": page.html, "expiry_days": days}
        stored = yield Call("s3_upload_prototype", again)
    if failed(stored):
        return give_up("Cannot upload the prototype", reason_of(stored))
    screenshot = brief.fact("screenshot", "screenshot.png")
    has_screenshot = False
    if report.get("screenshot"):
        shot = yield Call(
            "s3_upload_prototype",
            {"path": screenshot, "sandbox_path": "screenshot.png", "expiry_days": days},
        )
        has_screenshot = not failed(shot)
    paths = [entry, screenshot] if has_screenshot else [entry]
    addresses = yield [Call("s3_generate_url", {"path": path}) for path in paths]
    if failed(addresses[0]):
        return give_up("Cannot get the prototype's address", reason_of(addresses[0]))
    return _done(brief, page, report, [value_of(item) for item in addresses], value_of(stored))


def _done(
    brief: Brief,
    page: Prototype,
    report: Mapping[str, Any],
    addresses: list[dict[str, Any]],
    stored: Mapping[str, Any],
) -> Final:
    url = str(addresses[0]["url"])
    artifact = {
        "type": "prototype",
        "url": url,
        "title": f"Prototype: {brief.story.title}",
        "metadata": {
            "s3_key": str(stored.get("key", "")),
            "cloudfront_url": url,
            "expiry_days": int(brief.facts.get("prototype_expiry_days") or 7),
            "screenshot_url": addresses[1].get("url") if len(addresses) > 1 else None,
        },
        "expires_at": addresses[0].get("expires_at"),
    }
    summary = _summary(brief, page, report)
    return Final(
        f"{summary}\n{url}", {"status": "completed", "summary": summary, "artifacts": [artifact]}
    )


def _summary(brief: Brief, page: Prototype, report: Mapping[str, Any]) -> str:
    count = len(brief.story.criteria)
    if page.is_outline:
        what = (
            f"A clickable walk through the {count} acceptance criteria: no known pattern fits the "
            "story, so nothing is simulated."
        )
    else:
        what = (
            f"A clickable prototype ({', '.join(page.kinds)}) with sample data; "
            f"the {count} acceptance criteria stand beside it."
        )
    seen = (
        "It was rendered in a browser."
        if report.get("rendered")
        else f"It was checked but not rendered: {report.get('reason') or 'no browser'}."
    )
    return f"{what} {seen} Model: {brief.model_note}."
