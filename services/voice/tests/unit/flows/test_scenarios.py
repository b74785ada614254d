"""Every scenario, as it is deployed, against the emitted flow."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from switchboard.contact_flows.document import FlowDocument
from switchboard.contact_flows.test_cases.model import read_case
from switchboard.contact_flows.test_cases.report import Report
from switchboard.voice.flows import scenarios as module
from switchboard.voice.flows.desk import DeskAddresses
from switchboard.voice.flows.scenarios import Scenario, placeholders, scenarios

Play = Callable[[Scenario], Report]
NAMES = DeskAddresses(*("a", "b", "q", "h", "s", "t", "e"))
MOST_CHARACTERS = 256_000
MOST_NAME = 127


@pytest.mark.requirement("NEW-08", "C")
@pytest.mark.parametrize("scenario", scenarios(), ids=lambda scenario: scenario.name)
def test_a_scenario_passes_in_the_local_engine_with_the_text_that_is_deployed(
    play: Play, scenario: Scenario
) -> None:
    report = play(scenario)

    assert report.passed, str(report)


def test_every_action_of_the_flow_is_reached_by_some_scenario(
    play: Play, flow: FlowDocument
) -> None:
    reached = {action for scenario in scenarios() for action in play(scenario).actions}

    assert reached == set(flow.by_identifier)


def test_every_file_is_a_scenario_and_says_what_it_is_for() -> None:
    files = sorted((Path(module.__file__).parent / "scenarios").glob("*.json"))

    assert [scenario.name for scenario in scenarios()] == [path.stem for path in files]
    assert len({scenario.description for scenario in scenarios()}) == len(files)
    assert all(len(scenario.name) <= MOST_NAME for scenario in scenarios())


@pytest.mark.parametrize("scenario", scenarios(), ids=lambda scenario: scenario.name)
def test_a_scenario_is_of_the_form_that_connect_takes(scenario: Scenario) -> None:
    case = read_case(scenario.content, placeholders(NAMES, "c"))
    raw = json.loads(scenario.content)

    assert len(scenario.content) <= MOST_CHARACTERS
    assert raw["Version"] == "2019-10-30"
    assert len(case.first()) == 1
    assert case.observations[0].event.type == "TestInitiated"
    assert all("Usage" not in seen for seen in raw["Observations"])
    assert len({seen["Event"]["Identifier"] for seen in raw["Observations"]}) == len(
        raw["Observations"]
    )


@pytest.mark.parametrize("scenario", scenarios(), ids=lambda scenario: scenario.name)
def test_no_scenario_lets_a_simulated_contact_reach_a_person(
    play: Play, scenario: Scenario
) -> None:
    report = play(scenario)

    assert not report.outcome.startswith("queued")
