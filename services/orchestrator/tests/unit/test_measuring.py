"""An invocation is measured once, when it has ended, as lines that CloudWatch reads."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from switchboard.orchestrator.adapters.measured import MeasuredInvocations
from switchboard.orchestrator.adapters.seals import JwsSeals
from switchboard.orchestrator.wiring import Limits, Orchestrator, Ports
from switchboard.runtime.log import service_logger

Lines = Callable[[], list[dict[str, Any]]]


class OutOfReach:
    """Ledgers that cannot be read."""

    def get(self, project_id: str, month: str) -> Any:
        raise ConnectionError(f"no {project_id} {month}")


@pytest.fixture(autouse=True)
def _as_deployed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stack sets it in every function."""
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "orchestrator")


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Lines:
    """The metric lines since the last time; log lines stand between them."""

    def read() -> list[dict[str, Any]]:
        parsed = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line]
        return [line for line in parsed if "_aws" in line and "ComponentErrors" not in line]

    return read


def measured(world: Any, ledgers: Any = None) -> Orchestrator:
    """The world's orchestrator as it is on AWS: with measured invocations."""
    store = MeasuredInvocations(
        world.store, ledgers or world.store.ledgers, service_logger("orchestrator")
    )
    ports = Ports(
        store,
        world.store.ledgers,
        world.projects,
        world.stories,
        world.runtimes,
        world.deadlines,
        JwsSeals(world.keys),
        world.clock,
    )
    return Orchestrator(ports, Limits())


def send(world: Any, orchestrator: Orchestrator, event: Any) -> None:
    body = {"detail-type": event.detail_type, "detail": json.loads(event.detail())}
    attributes = {"ApproximateReceiveCount": "1"}
    record = {"messageId": "m", "receiptHandle": "r", "body": json.dumps(body)}
    answer = orchestrator.inbox(world)({"Records": [{**record, "attributes": attributes}]})
    assert answer == {"batchItemFailures": []}


@pytest.mark.requirement("OBS-01", "U")
@pytest.mark.requirement("OBS-02", "U")
@pytest.mark.requirement("OBS-03", "U")
@pytest.mark.requirement("OBS-04", "U")
def test_count_duration_tokens_and_cost_go_out_by_agent_type_when_a_run_has_ended(
    world: Any, make: Any, lines: Lines
) -> None:
    world.agent = "is silent"
    orchestrator, request = measured(world), make.request()
    send(world, orchestrator, request)
    before = lines()

    send(world, orchestrator, make.completed(request.data.invocation_id))

    record = world.record(request.data.invocation_id)
    ended = next(line for line in lines() if "Invocations" in line)
    assert before == []
    assert ended["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [["agent_type", "service"]]
    assert (ended["agent_type"], ended["service"]) == ("code", "orchestrator")
    assert ended["Invocations"] == [1.0]
    assert ended["InvocationErrors"] == [0.0]
    assert ended["InvocationDuration"] == [record.duration_seconds]
    assert ended["InputTokens"] == [record.token_usage.input_tokens]
    assert ended["OutputTokens"] == [record.token_usage.output_tokens]
    assert ended["InvocationCost"] == [float(record.cost_usd)]
    assert record.cost_usd > 0
    assert record.token_usage.input_tokens > 0


@pytest.mark.requirement("OBS-05", "U")
def test_the_month_of_the_project_goes_out_with_the_cost_just_added(
    world: Any, make: Any, lines: Lines
) -> None:
    world.agent = "is silent"
    world.with_spent("12.50")
    orchestrator, request = measured(world), make.request()
    send(world, orchestrator, request)

    send(world, orchestrator, make.completed(request.data.invocation_id))

    month = next(line for line in lines() if "MonthCost" in line)
    spent = world.month().spent
    assert spent > Decimal("12.50")
    assert month["project_id"] == "proj-demo"
    assert month["MonthCost"] == [float(spent)]
    assert month["BudgetUse"] == [pytest.approx(float(spent * 2))]


@pytest.mark.requirement("OBS-01", "U")
def test_a_report_that_comes_twice_is_measured_once(world: Any, make: Any, lines: Lines) -> None:
    world.agent = "is silent"
    orchestrator, request = measured(world), make.request()
    send(world, orchestrator, request)
    report = make.completed(request.data.invocation_id)

    for _ in range(2):
        send(world, orchestrator, report)

    assert len([line for line in lines() if "Invocations" in line]) == 1


@pytest.mark.requirement("OBS-07", "U")
def test_a_run_that_failed_is_an_error_of_its_agent_type(
    world: Any, make: Any, lines: Lines
) -> None:
    world.agent = "is silent"
    orchestrator, request = measured(world), make.request()
    send(world, orchestrator, request)

    send(world, orchestrator, make.failed(request.data.invocation_id))

    ended = next(line for line in lines() if "Invocations" in line)
    assert ended["InvocationErrors"] == [1.0]


def test_a_month_without_room_is_a_threshold_of_100_percent_for_the_project(
    world: Any, make: Any, lines: Lines
) -> None:
    world.with_spent("49.50")

    send(world, measured(world), make.request())

    (reached,) = [line for line in lines() if "BudgetThreshold" in line]
    assert reached["BudgetThreshold"] == [100.0]
    assert reached["project_id"] == "proj-demo"


def test_a_month_that_cannot_be_read_costs_a_figure_but_no_end(
    world: Any, make: Any, lines: Lines
) -> None:
    world.agent = "is silent"
    orchestrator, request = measured(world, OutOfReach()), make.request()
    send(world, orchestrator, request)

    send(world, orchestrator, make.completed(request.data.invocation_id))

    assert world.record(request.data.invocation_id).status == "completed"
    assert not [line for line in lines() if "MonthCost" in line]
