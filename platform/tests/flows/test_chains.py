"""Chains of agents on a real platform: what follows what, with whose result, and where it stops."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from switchboard.local.access import Access
from switchboard.local.bus import Tail
from switchboard.local.crew.chain import follow_chain
from switchboard.local.journey import Journey
from switchboard.local.notion.client import LocalWorkspace

Travel = Callable[..., Journey]
Chain = Callable[..., None]
Node = dict[str, Any]


def chain_properties(template: str, *steps: str) -> dict[str, Any]:
    text = [{"text": {"content": ", ".join(steps)}}] if steps else []
    return {"Chain": {"select": {"name": template}}, "Chain Steps": {"rich_text": text}}


@pytest.fixture
def chain(board: LocalWorkspace, tail: Tail) -> Iterator[Chain]:
    """Change the project's chain as its owner does; it is put back at the end."""
    page = board.workspace.project_page_id

    def configure(template: str, *steps: str) -> None:
        board.set_properties(page, chain_properties(template, *steps), user="owen")
        for _ in range(60):
            for event in tail.batch():
                data = event["detail"]["data"]
                if event["detail-type"] == "ProjectConfigured.v1":
                    known = (data["agent_chain_template"], tuple(data["chain_steps"]))
                    if known == (template, steps):
                        return
        raise AssertionError("the chain was not announced")

    yield configure
    configure("story-to-code")


@pytest.fixture
def tree(travel: Travel, tail: Tail, access: Access) -> Callable[..., Node]:
    """Travel, wait for the chain, and read it as one tree."""

    def go(title: str, trigger: str) -> Node:
        journey = travel(title, trigger=trigger)
        follow_chain(journey, tail)
        path = f"/invocation/{journey.invocation_id}/tree"
        root: Node = access.call("orchestrator", "GET", path)["root"]
        return root

    return go


def made(node: Node, kind: str) -> list[dict[str, Any]]:
    return [artifact for artifact in node["output_artifacts"] if artifact["type"] == kind]


@pytest.mark.requirement("CMP-08", "E")
@pytest.mark.requirement("AGT-10", "E")
@pytest.mark.requirement("AGT-13", "E")
def test_a_prototype_is_followed_by_its_deck_and_the_deck_by_nothing(
    chain: Chain, tree: Callable[..., Node], board: LocalWorkspace
) -> None:
    chain("story-to-mock-to-deck")

    mock = tree("Prototype, then deck", "Generate Prototype")

    (deck,) = mock["children"]
    (prototype,) = made(mock, "prototype")
    (page,) = made(deck, "notion_page")
    assert (mock["status"], deck["status"]) == ("completed", "completed")
    assert (deck["agent_type"], deck["origin"]) == ("demo_deck", "chain")
    assert prototype["url"] in board.markdown(page["metadata"]["page_id"])
    assert deck["children"] == []


@pytest.mark.requirement("AGT-13", "E")
def test_a_chain_that_would_start_insight_is_refused_in_the_configuration(
    board: LocalWorkspace, eventually: Callable[..., None]
) -> None:
    page = board.workspace.project_page_id
    before = len(board.comments(page))
    steps = chain_properties("custom", "demo_deck", "insight")

    board.set_properties(page, steps, user="owen")

    eventually(lambda: "insight follow another step" in str(board.comments(page)[before:]))
    board.set_properties(page, chain_properties("story-to-code"), user="owen")


@pytest.mark.requirement("AGT-16", "E")
def test_a_specification_is_followed_by_the_code_for_it(
    chain: Chain, tree: Callable[..., Node], board: LocalWorkspace
) -> None:
    chain("story-to-spec-to-code")

    spec = tree("Specification, then code", "Generate Spec")

    (page,) = made(spec, "notion_page")
    text = board.markdown(page["metadata"]["page_id"])
    assert all(part in text for part in ("Requirements", "Design notes", "Task breakdown"))
    (code,) = spec["children"]
    assert (code["agent_type"], code["status"]) == ("code", "completed")
    assert len(made(code, "pull_request")) == 1


@pytest.mark.requirement("AGT-18", "E")
def test_each_variant_of_an_ab_test_gets_its_own_deck(
    chain: Chain, tree: Callable[..., Node], board: LocalWorkspace
) -> None:
    chain("custom", "a_b_test", "demo_deck")

    test = tree("Variants, then decks", "Generate A/B Variants")

    variants = made(test, "prototype")
    assert len({variant["url"] for variant in variants}) == len(variants) >= 2
    assert all(variant["title"] for variant in variants)
    assert [deck["status"] for deck in test["children"]] == ["completed"] * len(variants)
    pages = [made(deck, "notion_page")[0]["metadata"]["page_id"] for deck in test["children"]]
    for page, own in zip(pages, variants, strict=True):
        text = board.markdown(page)
        assert [variant["url"] for variant in variants if variant["url"] in text] == [own["url"]]


def test_a_step_that_fails_stops_its_chain_and_says_so_on_the_page(
    chain: Chain,
    tree: Callable[..., Node],
    comments: Callable[[str], list[str]],
    board: LocalWorkspace,
) -> None:
    chain("custom", "spec", "review", "a_b_test")

    spec = tree("Nothing to review", "Generate Spec")

    (review,) = spec["children"]
    assert (review["status"], review["children"]) == ("failed", [])
    (page,) = [story for story in board.stories() if "Nothing to review" in str(story)]
    told = comments(str(page["id"]))[-1]
    assert "review is step 2 of 3 of the chain spec → review → a_b_test." in told
    assert "Not started: a_b_test." in told
    assert 'To go on: Set Status to "Review Code"' in told
    rows = [row for row in board.dashboard_rows() if review["invocation_id"] in str(row)]
    assert [spec["invocation_id"] in str(row["properties"]["Parent"]) for row in rows] == [True]
