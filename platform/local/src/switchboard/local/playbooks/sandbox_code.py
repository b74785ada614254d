"""The programs playbooks run in the sandbox: they check the work and print what came out."""

import json
from collections.abc import Sequence

RUN_TESTS = """\
import os, subprocess, sys
sources, tests = {sources}, {tests}
for path in sources:
    compile(open(path, encoding="utf-8").read(), path, "exec")
print("syntax check: %d files compile" % len(sources), flush=True)
own = [name for name in ("pyproject.toml", "pytest.ini", "setup.cfg") if os.path.exists(name)]
command = [sys.executable, "-m", "pytest", "-q", "--rootdir=.", "-p", "no:cacheprovider"]
command += [] if own else ["-c", os.devnull]
env = dict(os.environ, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")
done = subprocess.run([*command, tests], text=True, capture_output=True, env=env)
print(done.stdout + done.stderr, flush=True)
sys.exit(done.returncode)
"""

CHECK_PAGES = """\
import concurrent.futures, json, os, pathlib, re, shutil, subprocess
from html.parser import HTMLParser

PAGES = {pages}
VOID = set("area base br col embed hr img input link meta source track wbr".split())


class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.problems, self.title, self.heads = [], [], "", 0

    def handle_starttag(self, tag, attrs):
        if tag not in VOID:
            self.open.append(tag)
        self.heads += tag == "h1"
        for name, value in attrs:
            if name in ("src", "href", "action", "data", "srcset", "poster") and value:
                if re.match(r"\\s*(https?:)?//", value):
                    self.problems.append("external address in %s: %s" % (name, value))

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.problems.append("</%s> closes nothing" % tag)

    def handle_data(self, data):
        if self.open and self.open[-1] == "title":
            self.title += data


def browser():
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
    return next((found for found in map(shutil.which, names) if found), None)


def render(program, path):
    shot = path.with_name("screenshot.png").resolve()
    shot.unlink(missing_ok=True)
    profile = os.path.abspath(".browser-" + path.parent.name)
    command = [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run",
               "--disable-dev-shm-usage", "--disable-extensions", "--disable-background-networking",
               "--disable-component-update", "--hide-scrollbars", "--no-zygote",
               "--user-data-dir=" + profile, "--window-size=1280,900",
               "--virtual-time-budget=1500", "--screenshot=" + str(shot), path.resolve().as_uri()]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=40)
    except (OSError, subprocess.TimeoutExpired) as error:
        return False, "the browser did not run: " + type(error).__name__
    finally:
        shutil.rmtree(profile, ignore_errors=True)
    if shot.exists() and shot.stat().st_size > 1000:
        return True, ""
    return False, "the browser made no picture: " + done.stderr.strip()[-200:]


def check(name):
    path = pathlib.Path(name)
    text = path.read_text(encoding="utf-8")
    page = Page()
    page.feed(text)
    page.close()
    problems = page.problems + ["<%s> is never closed" % tag for tag in page.open]
    for pattern in (r"url\\(\\s*['\\"]?(?:https?:)?//", r"@import", r"fetch\\s*\\(",
                    r"XMLHttpRequest", r"import\\s*\\("):
        if re.search(pattern, text):
            problems.append("loads something from outside: " + pattern)
    if page.heads != 1:
        problems.append("%d h1 headings" % page.heads)
    if not page.title.strip():
        problems.append("no title")
    made, reason = False, "; ".join(problems)
    if not problems:
        program = browser()
        made, reason = render(program, path) if program else (False, "no browser in the sandbox")
    return {{"path": name, "parsed": not problems, "rendered": made, "screenshot": made,
            "title": page.title.strip(), "reason": reason}}


with concurrent.futures.ThreadPoolExecutor(2) as pool:
    reports = list(pool.map(check, PAGES))
for report in reports:
    print(json.dumps(report))
raise SystemExit(0 if all(report["parsed"] for report in reports) else 1)
"""


def check_pages(paths: Sequence[str]) -> str:
    """Python that checks pages and renders each into `screenshot.png` beside it.

    It prints one JSON line for each page, in their order.
    """
    return CHECK_PAGES.format(pages=json.dumps(list(paths)))


def run_tests(sources: Sequence[str], tests: str) -> str:
    """Python that compiles the sources and runs one test file with pytest."""
    return RUN_TESTS.format(sources=json.dumps(list(sources)), tests=json.dumps(tests))
