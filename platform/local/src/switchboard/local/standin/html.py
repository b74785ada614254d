"""Pages of the stand-ins: one look, everything escaped, no request to anywhere else."""

from markdown_it import MarkdownIt
from markupsafe import Markup
from starlette.responses import HTMLResponse

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}

# Text from stories and pull requests is untrusted: no raw HTML, no pictures from elsewhere.
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")


def markdown(text: str) -> Markup:
    """Markdown as HTML; raw HTML in it is shown as text, unsafe links stay text."""
    return Markup('<div class="md">{}</div>').format(Markup(_MARKDOWN.render(text)))  # noqa: S704


def join(parts: "list[Markup]") -> Markup:
    """Already escaped pieces, one after the other."""
    return Markup("").join(parts)


def external(url: str, text: str | None = None) -> Markup:
    """A link when the address is http(s); otherwise the plain text of it."""
    if url.startswith(("http://", "https://")):
        return Markup('<a href="{}" rel="noreferrer">{}</a>').format(url, text or url)
    return Markup("{}").format(text or url)


def pill(text: str, tone: str = "") -> Markup:
    """A small rounded label; tones: good, bad, busy, accent."""
    return Markup('<span class="pill {}">{}</span>').format(tone, text)


def page(
    title: str, brand: Markup, body: Markup, *, wide: bool = False, status: int = 200
) -> HTMLResponse:
    """A whole page with its security headers; `brand` is the content of the header."""
    text = Markup(
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1"><title>{}</title>'
        '<link rel="stylesheet" href="/_local/pages.css"></head><body><header>{}</header>'
        '<main class="{}">{}</main><script src="/_local/live.js" defer></script></body></html>'
    ).format(title, brand, "wide" if wide else "", body)
    return HTMLResponse(str(text), status, headers=SECURITY_HEADERS)
