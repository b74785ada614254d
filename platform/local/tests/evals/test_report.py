"""The report as data and as a page, and what has changed since an earlier one."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from switchboard.local.evals.dataset import Dataset
from switchboard.local.evals.judgement import AgentResult, judged, not_run
from switchboard.local.evals.metrics import publish
from switchboard.local.evals.page import page
from switchboard.local.evals.report import (
    BaselineError,
    Report,
    Setting,
    compared,
    read_baseline,
    report_of,
)
from switchboard.local.evals.seen import Seen, ToolCall

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
SETTING = Setting(AT, "offline.playbook", "", 0.9)
Changed = Callable[..., Seen]


def _result(dataset: Dataset, seen: Seen, *, whole: bool = True) -> AgentResult:
    return AgentResult("code", "about", [judged(dataset, dataset.cases[0], seen)], whole=whole)


def _report(dataset: Dataset, seen: Seen) -> Report:
    return report_of([_result(dataset, seen)], SETTING, 12.3)


def test_a_report_passes_when_scores_reach_the_threshold_and_nothing_is_forbidden(
    dataset: Dataset, fine: Seen
) -> None:
    report = _report(dataset, fine)

    assert report["passed"]
    assert (report["cases_passed"], report["cases"], report["seconds"]) == (1, 1, 12.3)
    assert report["scores"] == {"accuracy": 1, "tool_selection": 1, "helpfulness": 1}
    assert json.loads(json.dumps(report)) == report


def test_a_score_below_the_threshold_fails_the_report_by_name(
    dataset: Dataset, changed: Changed
) -> None:
    report = _report(dataset, changed(tests=None))

    assert not report["passed"]
    assert report["below_threshold"] == {"code": ["accuracy"]}


def test_a_forbidden_call_fails_the_report_whatever_the_scores(
    dataset: Dataset, fine: Seen
) -> None:
    call = ToolCall("github___pull_request_review_write")
    many = [*fine.calls] * 20
    seen = Seen(**{**vars(fine), "calls": [*many, call]})

    report = _report(dataset, seen)

    assert report["below_threshold"] == {}
    assert report["violations"] == ["code discount-code: called github___pull_request_review_write"]
    assert not report["passed"]


def test_a_comparison_names_what_became_worse_and_better(
    dataset: Dataset, fine: Seen, changed: Changed
) -> None:
    good, bad = _report(dataset, fine), _report(dataset, changed(tests=None))

    assert compared(bad, good)["baseline"]["worse"] == ["code/discount-code"]
    assert compared(good, bad)["baseline"]["better"] == ["code/discount-code"]
    assert compared(good, good)["baseline"]["worse"] == []


@pytest.mark.parametrize("text", ["", "[]", '{"version": 99}', "no json"])
def test_a_file_that_is_no_report_is_refused_as_baseline(tmp_path: Path, text: str) -> None:
    (tmp_path / "report.json").write_text(text)

    with pytest.raises(BaselineError):
        read_baseline(tmp_path / "report.json")


class _Addresses(HTMLParser):
    """Everything a browser would load, and all text."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.tags: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name in {"src", "href"} and not str(value).startswith("#"):
                self.loaded.append(str(value))
            if name == "id":
                self.ids.append(str(value))


def _parsed(report: Report) -> tuple[str, _Addresses]:
    html, parser = page(report), _Addresses()
    parser.feed(html)
    return html, parser


def test_the_page_needs_nothing_from_elsewhere_and_shows_plots_and_cases(
    dataset: Dataset, fine: Seen
) -> None:
    html, parser = _parsed(_report(dataset, fine))

    assert parser.loaded == []
    assert "url(" not in html
    assert parser.tags.count("svg") == 3
    assert "code-discount-code" in parser.ids
    assert "passed" in html


def test_what_agents_and_people_wrote_stays_text_on_the_page(
    dataset: Dataset, changed: Changed
) -> None:
    attack = "<script>alert(1)</script>"
    error = {"code": attack, "message": attack, "remediation": ""}
    report = _report(dataset, changed(status=attack, error=error, calls=[ToolCall(attack)]))

    html, parser = _parsed(report)

    assert attack not in html
    assert parser.tags.count("script") == 1


def test_a_failed_case_is_open_with_its_reasons_first(dataset: Dataset, changed: Changed) -> None:
    seen = changed(effects=frozenset({"approval"}), tests=None)

    html, _ = _parsed(compared(_report(dataset, seen), _report(dataset, seen)))

    assert "Why it failed" in html
    assert 'class="bad" open' in html
    assert "a pull request was approved, or changes were requested" in html


def test_a_case_that_could_not_be_run_has_its_place_on_the_page(dataset: Dataset) -> None:
    result = AgentResult("code", "about", [not_run(dataset, dataset.cases[0], "no desk")])

    html, _ = _parsed(report_of([result], SETTING, 1))

    assert "Could not be run: no desk" in html


class _CloudWatch:
    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []

    def put_metric_data(self, **call: Any) -> None:
        self.calls.append(call)


def test_scores_become_metrics_of_the_agent(dataset: Dataset, fine: Seen) -> None:
    cloudwatch = _CloudWatch()

    assert publish([_result(dataset, fine)], AT, cloudwatch) == ["code"]

    (call,) = cloudwatch.calls
    assert call["Namespace"] == "Switchboard"
    assert {item["MetricName"]: item["Value"] for item in call["MetricData"]} == {
        "EvaluationAccuracy": 1,
        "EvaluationToolSelection": 1,
        "EvaluationHelpfulness": 1,
        "EvaluationViolations": 0,
    }
    assert call["MetricData"][0]["Dimensions"] == [{"Name": "agent_type", "Value": "code"}]


def test_a_part_of_a_dataset_is_no_measurement_of_the_agent(dataset: Dataset, fine: Seen) -> None:
    cloudwatch = _CloudWatch()

    assert publish([_result(dataset, fine, whole=False)], AT, cloudwatch) == []
    assert cloudwatch.calls == []
