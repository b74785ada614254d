"""What the offline model thinks as the code agent."""

from collections.abc import Generator, Mapping
from typing import Any

from switchboard.local.model.engine import Call, Context, Final, Result, Script, playbook
from switchboard.local.playbooks.answers import failed, give_up, in_trash, reason_of, value_of
from switchboard.local.playbooks.brief import Brief, read_brief
from switchboard.local.playbooks.change import Change, change_for
from switchboard.local.playbooks.pull_request import (
    Told,
    commit_message,
    description,
    summary_of,
    title_of,
)
from switchboard.local.playbooks.sandbox_code import run_tests

READ = ("README.md", "pyproject.toml", "setup.cfg", "pytest.ini")
Where = dict[str, str]
Steps = Generator[Any, Any, Final]


@playbook("code")
def code(ctx: Context) -> Script:
    """Read the story, look at the repository, write and run the code, open the pull request."""
    brief = read_brief(ctx.prompt)
    owner, _, repo = brief.fact("repository").partition("/")
    if not (owner and repo):
        return give_up(
            "No repository",
            'the project names none. Set "GitHub Repo" to owner/name on its page in Notion.',
        )
    page, specification = yield from _read_pages(brief)
    where = {"owner": owner, "repo": repo}
    root = yield Call("get_file_contents", {**where, "path": ""}, "I look at the repository.")
    if failed(root):
        return give_up(f"Cannot read {owner}/{repo}", reason_of(root))
    build_files = yield from _read(where, root)
    change = change_for(brief.story, adds_src_to_path=not _has_src_on_path(build_files))
    run = yield from _run(change, build_files)
    if failed(run) or value_of(run).get("exit_code") != 0:
        return give_up("The tests do not pass", _output(run) or reason_of(run))
    told = Told(_output(run), stale=brief.is_stale(page), specification=specification)
    return (yield from _publish(brief, change, where, told))


def _read_pages(brief: Brief) -> Generator[Any, Any, tuple[Result, str]]:
    """The story, and what the pull request says of its specification."""
    story = Call("notion-fetch", {"id": brief.fact("notion_page_id")}, "I read the story.")
    known = brief.about("specification")
    if not known.get("page_id"):
        return (yield story), ""
    page, written = yield [story, Call("notion-fetch", {"id": str(known["page_id"])})]
    if failed(written) or in_trash(written):
        return page, "The specification could not be read."
    return page, f"Specification: {known.get('url')}"


def _read(where: Where, root: Result) -> Generator[Any, Any, Where]:
    """The files that say how the repository is built and tested, by their paths."""
    there = {str(entry.get("path")) for entry in value_of(root).get("entries", [])}
    wanted = [name for name in READ if name in there]
    if not wanted:
        return {}
    found = yield [Call("get_file_contents", {**where, "path": name}) for name in wanted]
    texts = [str(value_of(result).get("content", "")) for result in found]
    files = zip(wanted, texts, strict=True)
    return {name: text for name, text in files if not name.startswith("README")}


def _has_src_on_path(build_files: Where) -> bool:
    """Whether pytest finds packages below `src/` without help."""
    lines = "\n".join(build_files.values()).splitlines()
    return any("pythonpath" in line and "src" in line for line in lines)


def _run(change: Change, build_files: Where) -> Generator[Any, Any, Result]:
    """Run the tests in the sandbox; once more after installing pytest if that was missing."""
    paths = [path for path, _ in change.files]
    call = Call(
        "execute_code",
        {
            "language": "python",
            "code": run_tests(paths, change.test_path),
            # Beside the repository's own configuration, so that they run as they will there.
            "files": [*_files(change), *_named(build_files)],
        },
        "I check the syntax and run the tests.",
    )
    run: Result = yield call
    if "No module named pytest" in run.text:
        yield Call("install_package", {"name": "pytest"}, "The sandbox has no pytest yet.")
        run = yield call
    return run


def _files(change: Change) -> list[dict[str, str]]:
    return [{"path": path, "content": content} for path, content in change.files]


def _named(files: Where) -> list[dict[str, str]]:
    return [{"path": path, "content": content} for path, content in files.items()]


def _output(run: Result) -> str:
    value = value_of(run)
    return "\n".join(str(value[name]).strip() for name in ("stdout", "stderr") if value.get(name))


def _publish(brief: Brief, change: Change, where: Where, told: Told) -> Steps:
    branch = brief.fact("work_branch")
    made = yield Call("create_branch", {**where, "branch": branch}, "The tests pass.")
    if failed(made):
        return give_up(f"Cannot create the branch {branch}", reason_of(made))
    pushed = yield Call(
        "push_files",
        {**where, "branch": branch, "files": _files(change), "message": commit_message(change)},
    )
    if failed(pushed):
        return give_up(f"Cannot push to {branch}", reason_of(pushed))
    command = f"python -m pytest -q {change.test_path}"
    draft = bool(change.missing) or bool(brief.facts.get("pull_request_draft", True))
    opened = yield Call(
        "create_pull_request",
        {
            **where,
            "title": title_of(change),
            "head": branch,
            "base": str(value_of(made).get("from_branch") or "main"),
            "body": description(brief, change, told, command=command),
            "draft": draft,
        },
    )
    if failed(opened):
        return give_up("Cannot open the pull request", reason_of(opened))
    return _done(change, where, value_of(opened), branch=branch, output=told.output)


def _done(
    change: Change, where: Where, pull: Mapping[str, Any], *, branch: str, output: str
) -> Final:
    url = str(pull.get("html_url") or pull.get("url"))
    number = str(pull.get("number") or url.rpartition("/")[2])
    artifact = {
        "type": "pull_request",
        "url": url,
        "title": title_of(change),
        "metadata": {
            "repo": f"{where['owner']}/{where['repo']}",
            "branch": branch,
            "pr_number": int(number),
            "files_changed": len(change.files),
        },
    }
    summary = summary_of(change, number, output)
    return Final(
        f"{summary}\n{url}", {"status": "completed", "summary": summary, "artifacts": [artifact]}
    )
