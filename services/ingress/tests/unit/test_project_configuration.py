"""A configuration page becomes a project's configuration, or every problem is named."""

from decimal import Decimal
from typing import Any

import pytest

from switchboard.events.catalogue import parse_event
from switchboard.events.project import ProjectConfiguredV1
from switchboard.ingress.domain.triggers import DEFAULT_TRIGGERS

F8_FIELDS = {
    "project_id": True,
    "workspace_id": True,
    "notion_database_id": True,
    "notion_data_source_id": False,
    "github_repo": True,
    "github_branch_strategy": True,
    "coding_standards": False,
    "framework_preferences": False,
    "agent_chain_template": True,
    "trigger_map": True,
    "prototype_expiry_days": False,
    "cost_limit_per_invocation": True,
    "cost_limit_per_month": True,
    "knowledge_base_id": False,
    "owner_user_ids": False,
    "created_at": True,
    "updated_at": True,
}
"""F8 (required or not) without month_to_date_cost, which the orchestrator's ledger keeps (K-12)."""


def select(name: str) -> dict[str, Any]:
    return {"type": "select", "select": {"name": name}}


def number(value: float | None) -> dict[str, Any]:
    return {"type": "number", "number": value}


def stored(world: Any) -> ProjectConfiguredV1:
    configuration: ProjectConfiguredV1 = world.table.projects["proj-demo"].configuration
    return configuration


@pytest.mark.requirement("DAT-07", "C")
def test_the_configuration_has_the_fields_of_the_data_model() -> None:
    fields = ProjectConfiguredV1.model_fields

    assert {name: fields[name].is_required() for name in F8_FIELDS} == F8_FIELDS
    ours = {"notion_dashboard_data_source_id", "chain_steps", "defect_status"}
    assert set(fields) - set(F8_FIELDS) == ours


@pytest.mark.requirement("DAT-07", "C")
def test_every_property_of_the_page_reaches_its_field(world: Any, make: Any) -> None:
    outcome = world.configure(**{"Defect Status": make.rich(" To Do ")})

    assert outcome.code == "PROJECT_CONFIGURED"
    (event,) = world.events("ProjectConfigured.v1")
    data = parse_event("ProjectConfigured.v1", event.detail()).data
    assert data == stored(world)
    assert data.project_id == event.metadata.project_id == "proj-demo"
    assert data.workspace_id == make.workspace
    assert data.notion_database_id == make.stories_database
    assert data.notion_data_source_id == make.stories
    assert data.notion_dashboard_data_source_id == "22222222-0000-4000-8000-000000000009"
    assert data.github_repo == "acme/shop"
    assert data.github_branch_strategy == "feature-branch"
    assert data.coding_standards == "PEP 8"
    assert data.framework_preferences == ["React"]
    assert data.agent_chain_template == "story-to-mock-to-deck"
    assert data.chain_steps == []
    assert data.trigger_map == DEFAULT_TRIGGERS
    assert data.prototype_expiry_days == 14
    assert data.cost_limit_per_invocation == Decimal("1.5")
    assert data.cost_limit_per_month == Decimal(50)
    assert data.knowledge_base_id is None
    assert data.owner_user_ids == [make.person]
    assert data.defect_status == "To Do"
    assert data.created_at.isoformat() == "2026-11-01T09:00:00+00:00"


@pytest.mark.requirement("DAT-07", "C")
def test_what_may_be_left_out_has_its_default(world: Any, make: Any) -> None:
    world.configure(
        **{
            "Stories Data Source": make.rich(""),
            "Dashboard Data Source": make.rich(""),
            "Branch Strategy": {"type": "select", "select": None},
            "Chain": {"type": "select", "select": None},
            "Prototype Expiry Days": number(None),
            "Coding Standards": make.rich(""),
            "Frameworks": {"type": "multi_select", "multi_select": []},
            "Owners": {"type": "people", "people": []},
            "Defect Status": make.rich("  "),
        }
    )

    data = stored(world)
    assert data.prototype_expiry_days == 7
    assert data.github_branch_strategy == "feature-branch"
    assert data.agent_chain_template == "story-to-code"
    assert (data.notion_data_source_id, data.owner_user_ids) == (None, [])
    assert data.defect_status is None


@pytest.mark.parametrize("kind", ["select", "status"])
def test_the_status_of_stories_from_tickets_may_be_a_choice(world: Any, kind: str) -> None:
    world.configure(**{"Defect Status": {"type": kind, kind: {"name": "Generate Code"}}})

    assert stored(world).defect_status == "Generate Code"


def test_ids_may_be_pasted_bare_or_as_a_link(world: Any, make: Any) -> None:
    bare = make.stories_database.replace("-", "").upper()
    link = f"https://www.notion.so/acme/Stories-{bare}?v={'a' * 32}"
    world.configure(**{"Stories Database": make.rich(link), "Stories Data Source": make.rich(bare)})

    assert stored(world).notion_database_id == make.stories_database
    assert stored(world).notion_data_source_id == make.stories_database


def test_triggers_and_a_custom_chain_are_read_from_text(world: Any, make: Any) -> None:
    world.configure(
        Triggers=make.rich(" Build it = code \n\nShow = it = mock\nSpec=spec"),
        Chain=select("custom"),
        **{"Chain Steps": make.rich("spec, code , review")},
    )

    # `Show = it = mock` has an agent nobody knows, so nothing of the page is taken.
    assert world.table.projects == {}
    world.configure(
        Triggers=make.rich(" Build it = code \n\nSpec=spec"),
        Chain=select("custom"),
        **{"Chain Steps": make.rich("spec, code , review")},
    )
    assert stored(world).trigger_map == {"Build it": "code", "Spec": "spec"}
    assert stored(world).chain_steps == ["spec", "code", "review"]


@pytest.mark.requirement("DAT-07", "C")
@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"Name": "title:"}, "title is the project id"),
        ({"Name": "title:my project"}, "title is the project id"),
        ({"Stories Database": "rich:"}, "Stories Database is empty"),
        ({"GitHub Repo": "rich:acme"}, "owner/name"),
        ({"GitHub Repo": "rich:acme/shop/tree"}, "owner/name"),
        ({"GitHub Repo": "rich:https://evil.example/acme/shop"}, "owner/name"),
        ({"Branch Strategy": select("yolo")}, "Branch Strategy"),
        ({"Chain": select("story-to-moon")}, "Chain 'story-to-moon'"),
        ({"Chain": select("custom")}, "names no agents"),
        ({"Chain": select("custom"), "Chain Steps": "rich:code,spec,code"}, "never end"),
        ({"Chain": select("custom"), "Chain Steps": "rich:mock,mock"}, "names mock twice"),
        ({"Chain": select("custom"), "Chain Steps": "rich:code,magic"}, "unknown agents magic"),
        ({"Chain": select("custom"), "Chain Steps": "rich:demo_deck,insight"}, "give feedback"),
        ({"Triggers": "rich:Do it"}, "not of the form"),
        ({"Triggers": "rich:= code"}, "not of the form"),
        ({"Triggers": "rich:Do it = magic"}, "magic"),
        ({"Triggers": "rich:Do it = code\nDo it = mock"}, "twice"),
        ({"Triggers": "rich:Code Generated = code"}, "loop"),
        ({"Triggers": "rich:Prototype Ready = demo_deck"}, "loop"),
        ({"Defect Status": "rich:Code Generated"}, "what a finished run writes"),
        ({"Defect Status": select("Prototype Ready")}, "what a finished run writes"),
        ({"Defect Status": "rich:To Do, please"}, "without a comma"),
        ({"Defect Status": "rich:To\nDo"}, "one line"),
        ({"Defect Status": "rich:" + "x" * 101}, "at most 100"),
        ({"Prototype Expiry Days": number(0)}, "1 to 30"),
        ({"Prototype Expiry Days": number(31)}, "1 to 30"),
        ({"Prototype Expiry Days": number(2.5)}, "1 to 30"),
        ({"Cost Limit Per Invocation": number(0)}, "above 0"),
        ({"Cost Limit Per Invocation": number(None)}, "above 0"),
        ({"Cost Limit Per Month": number(-1)}, "above 0"),
        ({"Cost Limit Per Invocation": number(51)}, "is above Cost Limit Per Month"),
    ],
)
def test_a_wrong_page_is_refused_by_name_and_the_old_configuration_stays(
    world: Any, make: Any, changes: dict[str, Any], problem: str
) -> None:
    world.configure()
    before = dict(world.table.projects)
    spelled = {
        name: _spelled(make, value) if isinstance(value, str) else value
        for name, value in changes.items()
    }

    outcome = world.configure(**spelled)

    assert outcome.code == "CONFIG_INVALID"
    assert problem in outcome.text
    assert world.table.projects == before
    (told,) = [event.data for event in world.events("TriggerRejected.v1")]
    assert (told.code, told.notion_page_id) == ("CONFIG_INVALID", make.config_page)
    assert told.message == outcome.text
    assert len(world.events("ProjectConfigured.v1")) == 1


def _spelled(make: Any, value: str) -> dict[str, Any]:
    kind, _, text = value.partition(":")
    spelled: dict[str, Any] = (make.title if kind == "title" else make.rich)(text)
    return spelled


def test_all_problems_are_named_at_once(world: Any, make: Any) -> None:
    outcome = world.configure(**{"GitHub Repo": make.rich("x"), "Cost Limit Per Month": number(0)})

    assert "owner/name" in outcome.text
    assert "Cost Limit Per Month" in outcome.text


def test_an_edit_replaces_the_configuration_and_keeps_its_creation_time(
    world: Any, make: Any
) -> None:
    world.configure()
    first = stored(world)
    world.wait(hours=1)

    world.configure(**{"Coding Standards": make.rich("Black")})

    assert stored(world).coding_standards == "Black"
    assert stored(world).created_at == first.created_at
    assert stored(world).updated_at > first.updated_at
    assert len(world.events("ProjectConfigured.v1")) == 2


def test_a_source_that_was_given_up_belongs_to_nobody(board: Any, make: Any) -> None:
    board.configure(
        **{
            "Stories Database": make.rich("99999999-0000-4000-8000-000000000001"),
            "Stories Data Source": make.rich(""),
        }
    )

    assert board.follow().code == "UNKNOWN_PROJECT"


def test_stories_of_one_project_cannot_be_claimed_by_another(board: Any, make: Any) -> None:
    other = make.config(Name=make.title("proj-other"))
    other["id"] = "33333333-0000-4000-8000-000000000009"
    board.show(other)

    outcome = board.follow(page_id=other["id"], changed_property_ids=[])

    assert outcome.code == "CONFIG_INVALID"
    assert "belong to proj-demo already" in outcome.text


def test_a_second_page_cannot_take_a_project_over(board: Any, make: Any) -> None:
    other = make.config(**{"GitHub Repo": make.rich("evil/shop")})
    other["id"] = "33333333-0000-4000-8000-000000000009"
    board.show(other)

    outcome = board.follow(page_id=other["id"], changed_property_ids=[])

    assert "Another page configures proj" in outcome.text
    assert stored(board).github_repo == "acme/shop"


def test_the_title_of_a_configuration_cannot_be_changed(board: Any, make: Any) -> None:
    outcome = board.configure(Name=make.title("proj-renamed"))

    assert "title cannot be changed" in outcome.text
    assert set(board.table.projects) == {"proj-demo"}


def test_an_automation_names_no_workspace_so_the_bot_s_own_is_used(world: Any, make: Any) -> None:
    world.show(make.config())

    world.follow(page_id=make.config_page, workspace_id="", changed_property_ids=[])

    assert stored(world).workspace_id == make.workspace


def test_a_later_reading_is_never_replaced_by_an_earlier_one(board: Any, make: Any) -> None:
    board.wait(hours=-1)

    assert board.configure().code == "CONFIG_SUPERSEDED"
    assert len(board.events("ProjectConfigured.v1")) == 1
