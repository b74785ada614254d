"""A request becomes a record, a reservation, a timer and a started agent."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from switchboard.events.values import ContentRef, PageSnapshot
from switchboard.orchestrator.domain.model import StartFailedError, StartUnavailableError
from switchboard.orchestrator.domain.ports import DeadlineNotSetError


@pytest.fixture
def down() -> StartUnavailableError:
    return StartUnavailableError("503")


@pytest.mark.requirement("ORC-08", "U")
def test_an_accepted_start_makes_the_record_running_with_session_and_start_time(
    world: Any, make: Any, clock: Any
) -> None:
    world.agent = "is silent"
    request = make.request()
    world.send(request)

    world.work_off()

    record = world.record(request.data.invocation_id)
    assert record.status == "running"
    assert record.started_at == clock()
    assert record.session_id == world.runtimes.starts[0].session_id
    assert [event.data.session_id for event in world.told("InvocationStarted.v1")] == [
        record.session_id
    ]


@pytest.mark.requirement("ORC-02", "U")
def test_a_request_whose_start_fails_for_now_leaves_a_queued_record(
    world: Any, make: Any, down: Exception
) -> None:
    world.runtimes.fail_next = [down]
    request = make.request()
    world.send(request)

    world.work_off()

    record = world.record(request.data.invocation_id)
    assert (record.status, record.attempts) == ("queued", 1)
    assert record.created_at is not None


@pytest.mark.requirement("ORC-03", "U")
def test_the_limit_of_one_invocation_is_reserved_before_its_start(world: Any, make: Any) -> None:
    seen: list[Any] = []
    world.runtimes.on_start = lambda run: seen.append(world.month())
    world.send(make.request())

    world.work_off()

    assert (seen[0].reserved, seen[0].spent, seen[0].committed) == (1, 0, 1)


@pytest.mark.requirement("ORC-12", "U")
def test_the_payload_carries_story_project_parent_and_budget(world: Any, make: Any) -> None:
    request = make.request(parent_invocation_id="01PARENT")
    world.send(request)

    world.work_off()

    payload = world.runtimes.starts[0].payload
    assert payload["budget"] == {"cost_limit_per_invocation": "1.00"}
    assert payload["story"]["acceptance_criteria"] == ["one file", "all rows"]
    assert payload["project"]["github_repo"] == "acme/shop"
    assert payload["parent"] == {"parent_invocation_id": "01PARENT", "artifacts": []}
    assert world.runtimes.starts[0].user_id == "user-1"


@pytest.mark.requirement("ORC-06", "C")
def test_the_payload_has_exactly_the_parts_of_the_contract_and_no_token(
    world: Any, make: Any
) -> None:
    world.send(make.request(requested_by=[]))

    world.work_off()

    payload = world.runtimes.starts[0].payload
    assert set(payload) == {
        "invocation_id",
        "agent_type",
        "project_id",
        "workspace_id",
        "notion_page_id",
        "acting_user",
        "session_id",
        "correlation_id",
        "causation_id",
        "story",
        "project",
        "parent",
        "earlier_artifacts",
        "budget",
    }
    assert set(payload["story"]) == {
        "title",
        "properties",
        "content_markdown",
        "acceptance_criteria",
        "url",
        "related_page_ids",
    }
    assert set(payload["project"]) == {
        "coding_standards",
        "framework_preferences",
        "github_repo",
        "github_branch_strategy",
        "prototype_expiry_days",
        "knowledge_base_id",
    }
    assert payload["parent"] is None
    assert world.runtimes.starts[0].user_id == "proj-demo"
    assert "token" not in str(payload).lower()


def test_a_large_story_is_read_back_from_its_claim_check(world: Any, make: Any) -> None:
    world.stories.bodies["snapshots/1.md"] = "# Story\n\n## Acceptance criteria\n- it works\n"
    ref = ContentRef(key="snapshots/1.md", sha256="0" * 64, size_bytes=44)
    world.send(make.request(page_snapshot=PageSnapshot(title="Big", content_ref=ref)))

    world.work_off()

    story = world.runtimes.starts[0].payload["story"]
    assert story["content_markdown"].startswith("# Story")
    assert story["acceptance_criteria"] == ["it works"]


def test_a_story_whose_text_is_gone_ends_failed_with_a_remedy(world: Any, make: Any) -> None:
    ref = ContentRef(key="snapshots/gone.md", sha256="0" * 64, size_bytes=44)
    world.send(make.request(page_snapshot=PageSnapshot(title="Big", content_ref=ref)))

    world.work_off()

    (end,) = world.ends()
    assert end.data.error.code == "AGENT_ERROR"
    assert "Set the status again" in end.data.error.remediation
    assert world.runtimes.starts == []
    assert world.month().committed == 0


@pytest.mark.requirement("ORC-18", "F")
@pytest.mark.requirement("ERR-05", "F")
def test_a_transient_start_error_is_retried_after_30_and_60_seconds_and_then_given_up(
    world: Any, make: Any, down: Exception, clock: Any
) -> None:
    world.runtimes.fail_next = [down] * 9
    times: list[float] = []
    start = world.runtimes.start
    began = clock()
    world.runtimes.start = lambda run: (times.append((clock() - began).seconds), start(run))
    world.send(make.request())

    world.settle(hours=1)

    assert times == [0, 30, 90]
    (end,) = world.ends()
    assert (end.data.status, end.data.error.code) == ("failed", "AGENT_ERROR")
    assert len({run.session_id for run in world.runtimes.starts}) == 1
    assert world.month().committed == 0
    assert world.queue == []
    assert world.buried == []


@pytest.mark.requirement("ERR-05", "F")
def test_queue_retries_duplicates_and_the_sweep_together_start_at_most_three_times(
    new_world: Any, make: Any, down: Exception
) -> None:
    world = new_world(copies=3)
    world.runtimes.fail_next = [down] * 99
    world.send(make.request())

    world.settle(hours=2)

    assert len(world.runtimes.starts) == 3
    assert len(world.ends()) == 1


def test_a_start_that_succeeds_at_the_third_try_runs_to_its_end(
    world: Any, make: Any, down: Exception
) -> None:
    world.runtimes.fail_next = [down, down]
    world.send(make.request())

    world.settle(hours=1)

    assert [end.data.status for end in world.ends()] == ["completed"]


def test_an_error_that_stays_ends_the_invocation_at_once(world: Any, make: Any) -> None:
    world.runtimes.fail_next = [StartFailedError("access denied", "grant it")]
    world.send(make.request())

    world.work_off()

    (end,) = world.ends()
    assert end.data.error.model_dump() == {
        "code": "AGENT_ERROR",
        "message": "access denied",
        "remediation": "grant it",
    }
    assert len(world.runtimes.starts) == 1
    assert (world.month().committed, world.month().reserved) == (0, 0)


@pytest.mark.parametrize("agent_type", ["l1_support", "", "CODE"])
def test_an_agent_type_that_does_not_exist_names_those_that_do(
    world: Any, make: Any, agent_type: str
) -> None:
    world.send(make.request(agent_type=agent_type))

    world.work_off()

    (end,) = world.ends()
    assert end.data.error.code == "AGENT_ERROR"
    assert "a_b_test" in end.data.error.remediation
    assert world.month().accepted == 0


def test_an_agent_type_without_a_runtime_ends_failed_with_a_remedy(world: Any, make: Any) -> None:
    world.send(make.request(agent_type="insight"))

    world.work_off()

    (end,) = world.ends()
    assert (end.data.error.code, end.data.error.remediation) == ("AGENT_ERROR", "Deploy the agents")


def test_a_project_that_is_configured_a_little_later_is_waited_for(
    new_world: Any, make: Any
) -> None:
    world = new_world()
    request = make.request(project_id="proj-late")
    world.send(request)
    world.work_off()
    assert world.record(request.data.invocation_id).status == "queued"

    world.send(make.event(make.project("proj-late"), "ingress"))
    world.settle(hours=1)

    assert [end.data.status for end in world.ends()] == ["completed"]


@pytest.mark.parametrize("copies", [1, 2])
def test_a_project_that_nobody_configures_ends_with_unknown_project(
    new_world: Any, make: Any, copies: int
) -> None:
    world = new_world(copies=copies)
    world.send(make.request(project_id="proj-nowhere"))

    world.settle(hours=1)

    (end,) = world.ends()
    assert end.data.error.code == "UNKNOWN_PROJECT"
    assert "Projects data source" in end.data.error.remediation
    assert world.buried == []


def test_a_timer_that_cannot_be_set_does_not_keep_an_agent_from_working(
    world: Any, make: Any
) -> None:
    def refuse(name: str, at: Any, flow: Any) -> None:
        raise DeadlineNotSetError("throttled")

    world.deadlines.set = refuse
    world.send(make.request())

    world.work_off()

    assert [end.data.status for end in world.ends()] == ["completed"]


@pytest.mark.requirement("ING-21", "F")
def test_any_number_of_copies_of_a_request_starts_one_session_and_ends_once(
    new_world: Any, make: Any
) -> None:
    world = new_world(copies=5)
    world.send(make.request())

    world.settle(hours=1)

    assert len(world.runtimes.starts) == 1
    assert len(world.told("InvocationStarted.v1")) == 1
    assert len(world.ends()) == 1
    assert world.month().accepted == 1


def test_a_duplicate_of_a_request_that_is_being_started_waits_for_it(
    world: Any, make: Any, down: Exception, clock: Any
) -> None:
    world.runtimes.fail_next = [down]
    request = make.request()
    world.send(request)
    world.work_off()

    clock.tick(10)
    world.send(request)
    world.work_off()

    assert len(world.runtimes.starts) == 1
    assert world.hidden == [30, 30]


def test_the_run_limit_is_what_the_timer_is_set_to(new_world: Any, make: Any, clock: Any) -> None:
    world = new_world()
    world.agent = "is silent"
    request = make.request()
    world.send(request)

    world.work_off()

    (timer,) = world.deadlines.timers.values()
    assert timer == (clock() + timedelta(hours=1), world.record(request.data.invocation_id).flow)


def test_a_start_that_is_refused_after_one_whose_answer_was_lost_stops_what_may_run(
    world: Any, make: Any
) -> None:
    lost = StartUnavailableError("the answer was lost")
    world.runtimes.fail_next = [lost, StartFailedError("access denied", "grant it")]
    world.agent = "is silent"
    world.send(make.request())
    world.work_off()
    (run,) = world.runtimes.starts
    world.runtimes.sessions[run.session_id] = run

    world.settle()

    (end,) = world.ends()
    assert end.data.error.code == "AGENT_ERROR"
    assert world.runtimes.sessions == {}
    assert end.data.cost_usd == world.month().spent == Decimal("1.00")
