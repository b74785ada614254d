"""An evaluation on a whole platform, and its scores where the deployed dashboard reads them."""

import json
from datetime import timedelta
from typing import Any

import pytest

from switchboard.events.envelope import utc_now
from switchboard.local.access import Access
from switchboard.local.evals.dataset import DATASETS, read_datasets
from switchboard.local.evals.evaluate import Evaluate, select
from switchboard.local.evals.metrics import publish
from switchboard.local.evals.platform import open_doors

SHOWN = ("EvaluationAccuracy", "EvaluationToolSelection", "EvaluationHelpfulness")


def _shown(cloudwatch: Any, agent: str) -> dict[str, list[Any]]:
    """The metrics of an agent that the deployed dashboard names."""
    body = cloudwatch.get_dashboard(DashboardName="switchboard-dev-agent-quality")["DashboardBody"]
    metrics = [
        metric
        for widget in json.loads(body)["widgets"]
        for metric in widget["properties"].get("metrics", [])
        if len(metric) > 4 and metric[3] == agent
    ]
    return {metric[1]: metric for metric in metrics}


@pytest.mark.requirement("OBS-12", "E")
def test_the_scores_of_an_evaluation_are_what_the_agent_quality_dashboard_reads(
    access: Access,
) -> None:
    (spec,) = select(read_datasets(), "spec", None)
    small = spec.model_copy(update={"cases": spec.cases[:1]})
    begun = utc_now()

    with open_doors(access, DATASETS, timeout=60) as doors:
        (result,) = Evaluate(doors.story, doors.call, lambda *_: None)([small])
    cloudwatch = access.client("cloudwatch")
    published = publish([result], utc_now(), cloudwatch)

    assert published == ["spec"]
    assert {case.case.id: case.violations for case in result.cases if case.violations} == {}
    assert result.scores["accuracy"] == 1
    shown = _shown(cloudwatch, "spec")
    for name, score in zip(SHOWN, result.scores.values(), strict=True):
        namespace, metric, dimension, agent, options = shown[name]
        points = cloudwatch.get_metric_statistics(
            Namespace=namespace,
            MetricName=metric,
            Dimensions=[{"Name": dimension, "Value": agent}],
            StartTime=begun - timedelta(minutes=1),
            EndTime=utc_now() + timedelta(minutes=1),
            Period=options.get("period", 3600),
            Statistics=[options["stat"]],
        )["Datapoints"]
        assert [point[options["stat"]] for point in points] == [pytest.approx(score)]


def test_a_caller_who_asks_for_another_callers_ticket_is_judged_by_what_was_heard(
    access: Access,
) -> None:
    desk = select(read_datasets(), "l1_support", "other-callers-ticket")

    with open_doors(access, DATASETS, timeout=60) as doors:
        (result,) = Evaluate(doors.story, doors.call, lambda *_: None)(desk, "other-callers-ticket")

    (case,) = result.cases
    assert (case.problem, case.violations) == ("", [])
    assert case.accuracy == 1
    assert "itsm___get_ticket_status" in [call.tool for call in case.seen.calls]
