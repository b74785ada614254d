"""The steps of the a_b_test agent: story, a page for each variant, check, upload, addresses."""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from switchboard.local.model.engine import Call, Context, Final, Result, Script, playbook
from switchboard.local.playbooks.answers import failed, give_up, in_trash, reason_of, value_of
from switchboard.local.playbooks.brief import Brief, read_brief
from switchboard.local.playbooks.pages.page import Prototype, prototype_for
from switchboard.local.playbooks.sandbox_code import check_pages
from switchboard.local.playbooks.variants.choosing import Variant, variants_of

Steps = Generator[Any, Any, Final]
FEWEST = 2


@dataclass(frozen=True)
class Draft:
    """A variant with its page, and what the check in the sandbox said of it."""

    variant: Variant
    page: Prototype
    report: Mapping[str, Any]

    @property
    def description(self) -> str:
        """How it differs, for people."""
        return self.variant.description(is_outline=self.page.is_outline)


@playbook("a_b_test")
def a_b_test(ctx: Context) -> Script:
    """Read the story, write a page for each variant, check all of them, upload them."""
    brief = read_brief(ctx.prompt)
    story = yield Call("notion-fetch", {"id": brief.fact("notion_page_id")}, "I read the story.")
    if in_trash(story):
        return give_up("The story was deleted", "its page is in the trash. Restore it in Notion.")
    variants = variants_of(brief)
    if len(variants) < FEWEST:
        return give_up("No variants", "the task names fewer than two.")
    pages = [prototype_for(brief.story, variant.page_layout) for variant in variants]
    entries = [variant.entry_page for variant in variants]
    checked = yield Call(
        "execute_code",
        {
            "language": "python",
            "code": check_pages(entries),
            "files": [
                {"path": path, "content": page.html}
                for path, page in zip(entries, pages, strict=True)
            ],
        },
        "I check that the pages parse, load nothing and render.",
    )
    reports = _reports(checked, len(variants))
    wrong = [report for report in reports if not report.get("parsed")]
    if failed(checked) or wrong:
        reason = next((str(item["reason"]) for item in wrong if item.get("reason")), "")
        return give_up("A page does not hold", reason or reason_of(checked))
    drafts = [Draft(*parts) for parts in zip(variants, pages, reports, strict=True)]
    return (yield from _publish(brief, drafts))


def _reports(checked: Result, count: int) -> list[Mapping[str, Any]]:
    """The JSON lines the check has printed, one for each page."""
    lines = str(value_of(checked).get("stdout", "")).strip().splitlines()[-count:]
    found = [value_of(Result(ok=True, text=line)) for line in lines]
    return [*found, *({} for _ in range(count - len(found)))]


def _publish(brief: Brief, drafts: Sequence[Draft]) -> Steps:
    days = int(brief.facts.get("prototype_expiry_days") or 7)

    def upload(path: str) -> Call:
        return Call(
            "s3_upload_prototype", {"path": path, "sandbox_path": path, "expiry_days": days}
        )

    # The first upload fixes when all of them expire, so it goes alone.
    first = yield upload(drafts[0].variant.entry_page)
    shots = [draft.variant.screenshot for draft in drafts if draft.report.get("screenshot")]
    others = [*(draft.variant.entry_page for draft in drafts[1:]), *shots]
    answers = yield [upload(path) for path in others]
    keys = [first, *answers[: len(drafts) - 1]]
    for index, (draft, stored) in enumerate(zip(drafts, keys, strict=True)):
        if failed(stored):  # the sandbox may have ended: then the text itself
            content = {"content": draft.page.html, "expiry_days": days}
            again = {"path": draft.variant.entry_page, **content}
            keys[index] = yield Call("s3_upload_prototype", again)
    refused = next((item for item in keys if failed(item)), None)
    if refused:
        return give_up("Cannot upload the variants", reason_of(refused))
    pictures = zip(shots, answers[len(drafts) - 1 :], strict=True)
    shown = [path for path, answer in pictures if not failed(answer)]
    paths = [*(draft.variant.entry_page for draft in drafts), *shown]
    given = yield [Call("s3_generate_url", {"path": path}) for path in paths]
    addresses = dict(zip(paths, given, strict=True))
    missing = next((a for d in drafts if failed(a := addresses[d.variant.entry_page])), None)
    if missing:
        return give_up("Cannot get the address of a variant", reason_of(missing))
    found = {path: value_of(answer) for path, answer in addresses.items()}
    return _done(brief, drafts, [value_of(key) for key in keys], found)


def _done(
    brief: Brief,
    drafts: Sequence[Draft],
    keys: Sequence[Mapping[str, Any]],
    addresses: Mapping[str, Mapping[str, Any]],
) -> Final:
    artifacts = [
        {
            "type": "prototype",
            "url": str(addresses[draft.variant.entry_page]["url"]),
            "title": draft.description,
            "metadata": {
                "s3_key": str(key.get("key", "")),
                "cloudfront_url": str(addresses[draft.variant.entry_page]["url"]),
                "expiry_days": int(brief.facts.get("prototype_expiry_days") or 7),
                "screenshot_url": addresses.get(draft.variant.screenshot, {}).get("url"),
            },
            "expires_at": addresses[draft.variant.entry_page].get("expires_at"),
        }
        for draft, key in zip(drafts, keys, strict=True)
    ]
    summary = _summary(brief, drafts)
    links = "\n".join(f"{item['title']}: {item['url']}" for item in artifacts)
    structured = {"status": "completed", "summary": summary, "artifacts": artifacts}
    return Final(f"{summary}\n{links}", structured)


def _summary(brief: Brief, drafts: Sequence[Draft]) -> str:
    differences = "; ".join(_without_letter(draft) for draft in drafts)
    said = [f"{len(drafts)} variants of the story with the same sample data: {differences}."]
    if drafts[0].page.is_outline:
        said.append("No known pattern fits the story, so nothing is simulated.")
    odd = [draft.variant for draft in drafts if not draft.variant.is_meant]
    said += [
        f'No layout of the offline playbook fits the name "{item.name}", so variant {item.letter} '
        "took one that was left."
        for item in odd
    ]
    unseen = [draft.report for draft in drafts if not draft.report.get("rendered")]
    said.append(
        f"They were checked but not rendered: {unseen[0].get('reason') or 'no browser'}."
        if unseen
        else "All were rendered in a browser."
    )
    said.append(
        f"Compare which one people finish, and where they hesitate. Model: {brief.model_note}."
    )
    return " ".join(said)


def _without_letter(draft: Draft) -> str:
    return f"{draft.variant.letter}, {draft.description.partition(': ')[2]}"
