"""Sections that show: a list with filters and downloads, a walk through the criteria."""

from switchboard.local.playbooks import sample
from switchboard.local.playbooks.capabilities.export import Export
from switchboard.local.playbooks.capabilities.listing import DEFAULT_EMPTY, Listing
from switchboard.local.playbooks.pages.markup import Section, card, script, text
from switchboard.local.playbooks.story import Story, slug
from switchboard.local.playbooks.words import words

Words = dict[str, str]
_TAG = words("showing", "tag")


def listing_section(
    story: Story, listing: Listing | None, export: Export | None, words: Words
) -> Section:
    """A table; with filters, search and sorting for a list, with downloads for an export."""
    columns = export.columns if export and (export.columns_given or not listing) else ()
    columns = columns or (listing.columns if listing else ())
    noun = listing.noun if listing else (export.noun if export else "items")
    rows = sample.rows(columns, f"{noun} {story.title}")
    filters = [name for name, _ in listing.filters] if listing else []
    sortable = [name for name, _, _ in listing.sorts] if listing else []
    body = [
        _controls(listing, [name for name in filters if name in columns], rows, words),
        '<p class="muted" id="count" role="status" style="margin-top:.9rem"></p>',
        _table(columns, sortable or list(columns)),
        '<p class="row between" style="margin-top:.8rem">',
        _pager(words) if listing and listing.page_size else "",
        _downloads(export, words) if export else "",
        "</p>",
    ]
    spec = {
        "rows": rows,
        "columns": [{"name": name, "tag": bool(_TAG.search(name))} for name in columns],
        "numeric": [name for name in columns if sample.NUMERIC.search(name)],
        "search": [name for name, _ in listing.searches if name in columns]
        if listing and listing.searches
        else list(columns),
        "down": [name for name, down, _ in listing.sorts if down] if listing else [],
        "sorted": {
            "column": listing.sorts[0][0] if listing and listing.sorts else None,
            "down": listing.sorts[0][1] if listing and listing.sorts else False,
        },
        "size": min(listing.page_size[0], 5) if listing and listing.page_size else len(rows),
        "empty": _empty(listing, words),
        "file": slug(noun) or "export",
        "delimiter": export.delimiter if export else ",",
    }
    return Section(card(words["try_it"], body, ident="listing"), script("listing.js", spec))


def _pager(words: Words) -> str:
    return (
        f'<span class="row"><button type="button" id="prev">{text(words["previous"])}</button>'
        '<span id="pages"></span>'
        f'<button type="button" id="next-page">{text(words["next"])}</button></span>'
    )


def _bounds(listing: Listing, words: Words) -> list[str]:
    """An input for each highest or lowest value people set."""
    found: list[str] = []
    for name, is_most, _ in dict.fromkeys(listing.bounds):
        side = "most" if is_most else "least"
        label = words[f"at_{side}_of"].replace("{n}", _label(name))
        found.append(
            f'<div class="field"><label for="{side}-{name}">{text(label)}</label>'
            f'<input id="{side}-{name}" type="number" step="any" data-bound="{name}" '
            f'data-side="{side}"></div>'
        )
    return found


def _empty(listing: Listing | None, words: Words) -> str:
    given = listing.empty[0] if listing and listing.empty else DEFAULT_EMPTY
    return words["no_results"] if given == DEFAULT_EMPTY else given


def _label(name: str) -> str:
    spoken = name.replace("_", " ")
    return spoken[:1].upper() + spoken[1:]


def _controls(
    listing: Listing | None, filters: list[str], rows: list[dict[str, str]], words: Words
) -> str:
    if listing is None:
        return ""
    parts = ['<div class="grid">']
    if listing.searches or not (filters or listing.bounds):
        parts.append(
            f'<div class="field"><label for="search">{text(words["search"])}</label>'
            '<input id="search" type="search" autocomplete="off"></div>'
        )
    for name in dict.fromkeys(filters):
        options = "".join(
            f"<option>{text(value)}</option>" for value in sorted({row[name] for row in rows})
        )
        parts.append(
            f'<div class="field"><label for="filter-{name}">{text(_label(name))}</label>'
            f'<select id="filter-{name}" data-filter="{name}"><option value="">{text(words["all"])}'
            f"</option>{options}</select></div>"
        )
    parts += _bounds(listing, words)
    parts.append(f'</div><p><button type="button" id="clear">{text(words["clear"])}</button></p>')
    return "\n".join(parts)


def _table(columns: tuple[str, ...], sortable: list[str]) -> str:
    heads = "".join(
        '<th scope="col" aria-sort="none">'
        + (
            f'<button type="button" data-sort="{name}" data-label="{text(_label(name))}">'
            f"{text(_label(name))}</button>"
            if name in sortable
            else text(_label(name))
        )
        + "</th>"
        for name in columns
    )
    return (
        f'<div class="table" tabindex="0"><table><thead><tr>{heads}</tr></thead>'
        '<tbody id="rows"></tbody></table></div>'
    )


def _downloads(export: Export, words: Words) -> str:
    buttons = f'<button class="primary" type="button" id="csv">{text(words["csv"])}</button>'
    if export.has_json:
        buttons += f'<button type="button" id="json">{text(words["json"])}</button>'
    return f'<span class="row"><span class="muted" id="saved" role="status"></span>{buttons}</span>'


def _button(ident: str, label: str, kind: str = "") -> str:
    return f'<button class="{kind}" type="button" id="{ident}">{text(label)}</button>'


def outline_section(story: Story, words: Words) -> Section:
    """One screen per criterion, to walk through and to talk about."""
    steps = "".join(
        f'<button type="button" data-step aria-pressed="false">{index + 1}</button>'
        for index in range(len(story.criteria))
    )
    body = [
        f'<div class="steps">{steps}</div>',
        '<div class="screen" aria-live="polite"><p class="muted" id="step-number"></p>',
        '<p id="step-text"></p></div>',
        '<p class="row between" style="margin-top:1rem"><span class="row">',
        f'<button type="button" id="back">{text(words["back"])}</button>',
        f'<button type="button" id="forward">{text(words["forward"])}</button></span>',
        f'<span class="row">{_button("yes", words["vote_yes"], "primary")}',
        f"{_button('no', words['vote_no'])}</span></p>",
        '<p class="muted" id="votes" role="status"></p>',
    ]
    return Section(
        card(words["outline"], body, hint=words["outline_hint"], ident="outline"),
        script("outline.js", list(story.criteria)),
    )
