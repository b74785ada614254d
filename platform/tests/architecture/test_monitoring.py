"""What the code emits is what dashboards and alarms read, and nothing is out of sight."""

import ast
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from switchboard.events.envelope import new_event
from switchboard.events.project import BudgetThresholdReachedV1
from switchboard.events.values import TokenUsage
from switchboard.orchestrator.adapters.measured import MeasuredInvocations
from switchboard.orchestrator.adapters.memory import MemoryStore
from switchboard.orchestrator.domain.model import Invocation, Status
from switchboard.orchestrator.domain.ports import Change
from switchboard.runtime.log import service_logger
from switchboard.runtime.metrics import ComponentMetrics
from switchboard.tools.adapters.emf import EmfMetrics

Templates = dict[str, dict[str, Any]]
Names = set[tuple[str, tuple[str, ...]]]
SEARCHED = re.compile(r"\{Switchboard,([a-z_,]+)\} MetricName=\\*\"(\w+)")
SELECTED = re.compile(r'SELECT \w+\((\w+)\) FROM SCHEMA\(\\*"Switchboard\\*", ([a-z_, ]+)\)')
LOGGED = ("service_logger", "set_up_logging")
DEPLOYMENT_ONLY = ("api_call", "token_claims")
"""Handlers of a deployment and of a login: no flow passes through them."""
UNTRACED = (*DEPLOYMENT_ONLY, "itsm_mock.handler.api")
"""X-Ray's permissions are wildcards, which seed 000 forbids the ticket API; the events it writes
are in the trace of their flow all the same (the relay's spans)."""


def resources(template: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    found = template["Resources"].items()
    return {name: item for name, item in found if item["Type"] == kind}


@pytest.fixture
def emitted(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    ended: Callable[[], Change],
) -> Names:
    """Every metric with its dimensions, by letting each emitter speak as it does in a Lambda."""
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "a-service")
    store: Any = MemoryStore()
    MeasuredInvocations(store, store.ledgers, service_logger("test")).commit(ended())
    ComponentMetrics().worked(failed=False)
    ComponentMetrics().buried(1)
    EmfMetrics().tool_called("notion___notion-fetch", 12.5, failed=False)
    EmfMetrics().prototype_deployed()
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line]
    return {
        (metric["Name"], tuple(sorted(dimensions)))
        for line in lines
        for group in line["_aws"]["CloudWatchMetrics"]
        for dimensions in group["Dimensions"]
        for metric in group["Metrics"]
    }


@pytest.fixture
def ended() -> Callable[[], Change]:
    """A change by which an invocation ends, with the owners' notice."""

    def build() -> Change:
        record = Invocation(
            invocation_id="i",
            notion_page_id="p",
            workspace_id="w",
            agent_type="code",
            status=Status.COMPLETED,
            cost_usd=Decimal("0.5"),
            token_usage=TokenUsage(),
            session_id="s",
            created_at=datetime(2026, 11, 28, tzinfo=UTC),
            project_id="proj-demo",
            correlation_id="flow",
            month="2026-11",
            config={"cost_limit_per_month": "50"},
        )
        notice = BudgetThresholdReachedV1(
            project_id="proj-demo",
            month="2026-11",
            threshold_percent=80,
            limit_usd=Decimal("50"),
            spent_usd=Decimal("41"),
            reserved_usd=Decimal("0"),
            invocation_id="i",
            notion_page_id="p",
        )
        return Change(record, (new_event(notice, service="orchestrator", correlation_id="flow"),))

    return build


def read(templates: Templates) -> Names:
    """Every metric of ours that a dashboard or an alarm names."""
    text = json.dumps(templates)
    found = {
        (name, tuple(sorted(dimensions.split(","))))
        for dimensions, name in SEARCHED.findall(text.replace("\\", ""))
    }
    found |= {
        (name, tuple(sorted(dimensions.split(", "))))
        for name, dimensions in SELECTED.findall(text.replace("\\", ""))
    }
    for template in templates.values():
        for alarm in resources(template, "AWS::CloudWatch::Alarm").values():
            found |= _named(alarm["Properties"])
    return found


def _named(alarm: dict[str, Any]) -> Names:
    metrics = [
        item["MetricStat"]["Metric"] for item in alarm.get("Metrics", []) if "MetricStat" in item
    ]
    return {
        (one["MetricName"], tuple(sorted(item["Name"] for item in one["Dimensions"])))
        for one in metrics
        if one["Namespace"] == "Switchboard"
    }


@pytest.mark.requirement("OBS-10", "S")
@pytest.mark.requirement("OBS-11", "S")
def test_dashboards_and_alarms_read_exactly_what_the_code_emits(
    templates: Templates, emitted: Names
) -> None:
    names = read(templates)

    assert names - emitted == set()
    assert emitted - names == set()


def test_an_alarm_about_a_component_names_one_that_a_function_of_its_stack_is(
    templates: Templates,
) -> None:
    for app, template in templates.items():
        functions = resources(template, "AWS::Lambda::Function").values()
        variables = [
            one["Properties"].get("Environment", {}).get("Variables", {}) for one in functions
        ]
        known = {one.get("POWERTOOLS_SERVICE_NAME") for one in variables}
        for name, alarm in resources(template, "AWS::CloudWatch::Alarm").items():
            if "WorkErrorRate" in name:
                (stat,) = [
                    m["MetricStat"] for m in alarm["Properties"]["Metrics"] if "MetricStat" in m
                ]
                (dimension,) = stat["Metric"]["Dimensions"]
                assert dimension["Value"] in known, (app, name)


@pytest.mark.requirement("OBS-13", "S")
@pytest.mark.requirement("ERR-08", "S")
def test_every_dlq_has_an_alarm_on_its_first_message_that_tells_the_team(
    templates: Templates,
) -> None:
    silent = []
    for app, template in templates.items():
        watched = {
            _stack(name) + dimension["Value"]["Fn::GetAtt"][0]
            for name, alarm in resources(template, "AWS::CloudWatch::Alarm").items()
            if alarm["Properties"].get("MetricName") == "ApproximateNumberOfMessagesVisible"
            and alarm["Properties"]["Threshold"] == 0
            and alarm["Properties"].get("AlarmActions")
            for dimension in alarm["Properties"]["Dimensions"]
        }
        queues = resources(template, "AWS::SQS::Queue")
        dead = {
            name for name, queue in queues.items() if "RedrivePolicy" not in queue["Properties"]
        }
        silent += [(app, name) for name in sorted(dead - watched)]

    assert not silent


def _stack(name: str) -> str:
    return name.rpartition("/")[0] + "/"


@pytest.mark.requirement("OBS-14", "S")
def test_every_function_of_ours_has_an_alarm_on_its_error_rate(
    prod_templates: Templates,
) -> None:
    unwatched = []
    for app, template in prod_templates.items():
        alarms = resources(template, "AWS::CloudWatch::Alarm")
        watched = {
            _stack(name) + dimension["Value"]["Ref"]
            for name, alarm in alarms.items()
            if alarm["Properties"]["Threshold"] == 10
            for metric in alarm["Properties"].get("Metrics", [])
            for dimension in metric.get("MetricStat", {}).get("Metric", {}).get("Dimensions", [])
            if dimension["Name"] == "FunctionName"
        }
        functions = resources(template, "AWS::Lambda::Function")
        unwatched += [(app, name) for name in sorted(set(functions) - watched)]

    # Lambda@Edge reports to the region of the viewer, under another name.
    assert [name for _, name in unwatched if "PrototypesGate" not in name] == []


@pytest.mark.requirement("BUD-09", "S")
def test_costs_can_be_split_by_the_four_tags(templates: Templates) -> None:
    centres: dict[str, set[str]] = {}
    for app, template in templates.items():
        for item in template["Resources"].values():
            tags = item.get("Properties", {}).get("Tags")
            if isinstance(tags, list) and item["Type"] != "AWS::SSM::Parameter":
                given = {tag["Key"]: tag["Value"] for tag in tags if "Key" in tag}
                assert given["Project"] == "Switchboard", item
                assert given["Owner"] == "platform-team"
                assert given["Environment"] in {"dev", "PoC"}
                centres.setdefault(app, set()).add(given["CostCenter"])

    # No two apps share a cost centre, so a bill by CostCenter is a bill by service.
    counted = [centre for found in centres.values() for centre in found]
    assert len(counted) == len(set(counted))
    assert all(centre.startswith("switchboard-") for centre in counted)


@pytest.mark.requirement("ARC-08", "D")
def test_every_handler_and_agent_logs_structured_and_is_traced(
    files: list[Path], templates: Templates
) -> None:
    packages = {
        path.parent
        for path in files
        if path.name in {"handler.py", "runtime.py"} and "/src/switchboard/" in str(path)
    }
    silent = [
        str(package)
        for package in packages
        if package.name not in DEPLOYMENT_ONLY and not _uses(package, LOGGED)
    ]
    functions = [
        function["Properties"]
        for template in templates.values()
        for function in resources(template, "AWS::Lambda::Function").values()
        if "POWERTOOLS_SERVICE_NAME" in json.dumps(function["Properties"].get("Environment", {}))
    ]
    untraced = [f["Handler"] for f in functions if f.get("TracingConfig") != {"Mode": "Active"}]

    assert len(packages) >= 8
    assert not silent
    assert [name for name in untraced if not any(part in name for part in UNTRACED)] == []
    agents = next(
        path for path in files if str(path).endswith("agents/src/switchboard/agents/wiring.py")
    )
    assert {"set_up_tracing", "set_up_logging"} <= _names(agents)


def _uses(package: Path, wanted: tuple[str, ...]) -> bool:
    """Whether the package, or the one around it, makes its logger by one of these functions."""
    modules = [*package.glob("*.py"), *package.parent.glob("wiring.py")]
    return any(_names(module) & set(wanted) for module in modules)


def _names(module: Path) -> set[str]:
    """The names of functions a module calls."""
    tree = ast.parse(module.read_text())
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {call.id for call in calls if isinstance(call, ast.Name)}
