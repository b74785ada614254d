"""The programs playbooks run in the sandbox: they check the work and print what came out."""

import json
from collections.abc import Sequence

from switchboard.local.playbooks.template import filled

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


def check_pages(paths: Sequence[str]) -> str:
    """Python that checks pages and renders each into `screenshot.png` beside it.

    It prints one JSON line for each page, in their order.
    """
    return filled("check_pages.py.tmpl", {"pages": json.dumps(list(paths))})


def run_tests(sources: Sequence[str], tests: str) -> str:
    """Python that compiles the sources and runs one test file with pytest."""
    return RUN_TESTS.format(sources=json.dumps(list(sources)), tests=json.dumps(tests))
