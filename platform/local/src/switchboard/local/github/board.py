"""Pages for people: repositories, files, commits, pull requests. Everything shown is escaped."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from switchboard.local.github.call import Hub, View
from switchboard.local.github.conversation import conversation, remarks_of
from switchboard.local.github.difference import counts, difference
from switchboard.local.github.errors import GitHubError
from switchboard.local.github.repository import TREE_MODE, utc
from switchboard.local.github.shapes import iso
from switchboard.local.standin import html
from switchboard.local.standin.documents import Document

BRAND = Markup(
    '<strong>Code</strong><nav><a href="/">Repositories</a></nav>'
    '<span class="note">local stand-in for GitHub</span>'
)
Show = Callable[[Request, View], Response]


@dataclass(frozen=True)
class Board:
    """The repositories as HTML."""

    hub: Hub

    def routes(self) -> list[Route]:
        """All pages."""
        one = "/{owner}/{name}"
        return [
            Route("/", self.index),
            Route(one, self._answering(self.repository)),
            Route(f"{one}/pulls", self._answering(self.repository)),
            Route(f"{one}/tree/{{rest:path}}", self._answering(self.blob)),
            Route(f"{one}/blob/{{rest:path}}", self._answering(self.blob)),
            Route(f"{one}/raw/{{rest:path}}", self._answering(self.raw)),
            Route(f"{one}/commit/{{sha}}", self._answering(self.commit)),
            Route(f"{one}/pull/{{number:int}}.diff", self._answering(self.diff)),
            Route(f"{one}/pull/{{number:int}}", self._answering(self.pull)),
            Route(f"{one}/pull/{{number:int}}/files", self._answering(self.pull)),
        ]

    def _answering(self, show: Show) -> Callable[[Request], Any]:
        async def answer(request: Request) -> Response:
            try:
                with self.hub.view(
                    request.path_params["owner"], request.path_params["name"]
                ) as view:
                    return show(request, view)
            except GitHubError as error:
                body = Markup('<p class="empty">{}</p>').format(error.message)
                return html.page("Not found", BRAND, body, status=error.status)

        return answer

    async def index(self, _request: Request) -> Response:
        """All repositories."""
        tiles = [
            Markup('<a class="tile" href="/{0}/{1}"><b>{0}/{1}</b></a>').format(owner, name)
            for owner, name in self.hub.repositories.names()
        ]
        return html.page(
            "Repositories", BRAND, Markup("<h1>Repositories</h1>{}").format(html.join(tiles))
        )

    def repository(self, _request: Request, view: View) -> Response:
        """Files of the default branch, pull requests, README."""
        default = view.git.default_branch
        head = view.git.branch(default)
        body = Markup(
            '<h1><a href="/{0}">{0}</a></h1><p class="soft">default branch {1} · '
            "<code>git clone {2}/{0}.git</code></p><h2>Pull requests</h2>{3}<h2>Files</h2>{4}{5}"
        ).format(
            view.full_name,
            html.pill(default, "accent"),
            self.hub.shapes.url,
            _pull_table(view),
            _files(view, head, default),
            _readme(view, head),
        )
        return html.page(view.full_name, BRAND, body)

    def blob(self, request: Request, view: View) -> Response:
        """One file, or a note about a folder."""
        ref, path, sha = _located(view, request.path_params["rest"])
        data = view.git.blob(sha)
        text = "Binary file" if b"\0" in data else data.decode(errors="replace")
        body = Markup(
            '<h1>{}</h1><p class="soft">{} at {}</p><pre class="code card">{}</pre>'
        ).format(path, _repository_link(view), html.pill(ref), text)
        return html.page(path, BRAND, body)

    def raw(self, request: Request, view: View) -> Response:
        """The bytes of a file, never as something a browser would run."""
        _ref, _path, sha = _located(view, request.path_params["rest"])
        headers = {**html.SECURITY_HEADERS, "Content-Disposition": "inline"}
        return Response(view.git.blob(sha), headers=headers, media_type="text/plain; charset=utf-8")

    def commit(self, request: Request, view: View) -> Response:
        """One commit and what it changed."""
        commit = view.git.commit(request.path_params["sha"])
        sha = commit.id.decode()
        changes = view.git.changes(commit.parents[0].decode(), sha) if commit.parents else []
        subject, _, rest = commit.message.decode(errors="replace").partition("\n")
        body = Markup('<h1>{}</h1><p class="soft">{} · {} · {} · <code>{}</code></p>{}{}').format(
            subject,
            _repository_link(view),
            commit.author.decode(errors="replace").partition(" <")[0],
            iso(utc(commit.commit_time)),
            sha[:10],
            Markup('<pre class="code">{}</pre>').format(rest.strip()) if rest.strip() else "",
            difference(changes),
        )
        return html.page(subject, BRAND, body)

    def diff(self, request: Request, view: View) -> Response:
        """The difference as text."""
        pull = view.pulls.one(request.path_params["number"])
        return PlainTextResponse("".join(change.whole for change in view.pulls.changes(pull)))

    def pull(self, request: Request, view: View) -> Response:
        """A pull request: text, conversation, files."""
        pull = view.pulls.one(request.path_params["number"])
        changes = view.pulls.changes(pull)
        labels = html.join([html.pill(name) for name in pull["labels"]])
        body = Markup(
            '<h1>{} <span class="soft">#{}</span></h1><p>{} {} <span class="soft"><b>{}</b> wants '
            "to merge {} into {} · {}</span> {}</p>{}{}<h2>Files changed {}</h2>{}"
        ).format(
            pull["title"],
            pull["number"],
            _state(pull),
            html.pill("draft") if pull["draft"] and pull["state"] == "open" else "",
            pull["login"],
            html.pill(pull["head"], "accent"),
            html.pill(pull["base"], "accent"),
            _repository_link(view),
            labels,
            Markup('<div class="card">{}</div>').format(
                html.markdown(pull["body"] or "_No description._")
            ),
            conversation(view, pull, changes),
            counts(changes),
            difference(changes, remarks_of(view, pull)),
        )
        return html.page(f"{pull['title']} · #{pull['number']}", BRAND, body)


def _located(view: View, rest: str) -> tuple[str, str, str]:
    """Branch names hold slashes: the longest known reference at the start is meant."""
    names = [name.removeprefix("refs/heads/") for name in view.git.refs("refs/heads/")]
    fitting = [name for name in names if rest.startswith(f"{name}/")]
    ref = max(fitting, key=len) if fitting else rest.partition("/")[0]
    path = rest.removeprefix(f"{ref}/")
    mode, sha = view.git.lookup(view.git.resolve(ref), path)
    if mode == TREE_MODE:
        raise GitHubError(404, f"{path} is a folder; the files are on the repository's page.")
    return ref, path, sha


def _repository_link(view: View) -> Markup:
    return Markup('<a href="/{0}">{0}</a>').format(view.full_name)


def _state(pull: Document) -> Markup:
    if pull["merged_at"]:
        return html.pill("Merged", "accent")
    return html.pill("Open", "good") if pull["state"] == "open" else html.pill("Closed", "bad")


def _pull_table(view: View) -> Markup:
    rows = [
        Markup(
            '<tr><td class="n">#{0}</td><td><a href="/{1}/pull/{0}">{2}</a></td><td>{3}</td>'
            '<td><span class="mono">{4}</span></td><td class="soft">{5}</td></tr>'
        ).format(
            pull["number"], view.full_name, pull["title"], _state(pull), pull["head"], pull["login"]
        )
        for pull in reversed(view.pulls.every())
    ]
    none = Markup('<p class="empty">No pull requests yet.</p>')
    return Markup("<table>{}</table>").format(html.join(rows)) if rows else none


def _files(view: View, head: str, ref: str) -> Markup:
    tree = view.git.tree_of(head)
    rows = [
        Markup('<tr><td><a class="mono" href="/{0}/blob/{1}/{2}">{2}</a></td></tr>').format(
            view.full_name, ref, (entry.path or b"").decode(errors="replace")
        )
        for entry in view.git.entries(tree, recursive=True)
        if entry.mode != TREE_MODE
    ]
    return Markup("<table>{}</table>").format(html.join(rows))


def _readme(view: View, head: str) -> Markup:
    try:
        _mode, sha = view.git.lookup(head, "README.md")
    except GitHubError:
        return Markup("")
    text = view.git.blob(sha).decode(errors="replace")
    return Markup('<div class="card">{}</div>').format(html.markdown(text))
