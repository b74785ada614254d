"""The usage proof (NEW-12), over everything that the flow tests did before it.

`conftest.py` puts this file last. After a part of the suite only missing grants are judged: what
did not run proves no grant unused.
"""

import pytest

from switchboard.local.checkout import ROOT
from switchboard.local.cli.usage import summary
from switchboard.local.settings import LocalSettings
from switchboard.local.usage.comparison import Report
from switchboard.local.usage.evidence import EXCUSES, FILE, FOLDER, gather
from switchboard.local.usage.excuses import read_excuses


@pytest.fixture(scope="module")
def report(settings: LocalSettings, whole_suite: bool) -> Report:
    evidence = gather(settings, whole=whole_suite)
    if whole_suite:
        evidence.write(ROOT / FOLDER / FILE)
    return evidence.judged(read_excuses(ROOT / EXCUSES).here)


@pytest.mark.requirement("NEW-12", "E")
def test_every_call_of_the_run_was_granted_to_the_role_that_made_it(report: Report) -> None:
    assert [str(item) for item in report.missing] == [], summary(report)
    used = {item.role for item in report.granted if item.state == "used"}
    assert {"desk/ApiCalls/Role", "voice/ApiCalls/Role"} <= used, "the deployment's calls count"


@pytest.mark.requirement("NEW-12", "E")
@pytest.mark.whole_suite
def test_every_grant_was_used_or_says_why_it_cannot_be_here(report: Report) -> None:
    assert [f"{item.role} {item.what}" for item in report.unused] == [], summary(report)
    assert [f"{pair.role} {pair.what}" for pair in report.stale] == [], "excuses of nothing"
