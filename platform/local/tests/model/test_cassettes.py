"""When the agents record or replay, and with which folder."""

import json
from pathlib import Path

import pytest

from switchboard.local.agentcore.registry import Registry
from switchboard.local.agentcore.runtimes import Runtimes
from switchboard.local.model.cassettes import CassetteFolderError, CassetteSwitch


@pytest.fixture
def switch(tmp_path: Path) -> CassetteSwitch:
    return CassetteSwitch.in_home(tmp_path / "home")


@pytest.fixture
def runtimes(tmp_path: Path, switch: CassetteSwitch) -> Runtimes:
    registry = tmp_path / "registry"
    registry.mkdir()
    runtime = {
        "type": "AWS::BedrockAgentCore::Runtime",
        "physical_id": "arn:aws:bedrock-agentcore:us-east-1:111122223333:runtime/r",
        "properties": {
            "AgentRuntimeName": "switchboard_code_dev_us_east_1",
            "EnvironmentVariables": {"AGENT": "code"},
        },
    }
    (registry / "r.json").write_text(json.dumps(runtime))
    return Runtimes(Registry(registry), "dev", switch.variables)


def test_a_session_records_only_while_the_command_lasts(
    switch: CassetteSwitch, runtimes: Runtimes, tmp_path: Path
) -> None:
    folder = tmp_path / "calls"

    with switch.on("record", folder):
        [during] = runtimes.all()
    [after] = runtimes.all()

    assert during.environment == {"AGENT": "code", "MODEL_CASSETTES": f"record:{folder}"}
    assert folder.is_dir()
    assert after.environment == {"AGENT": "code"}


def test_a_process_that_waits_ready_made_is_not_used_for_a_recorded_run(
    switch: CassetteSwitch, runtimes: Runtimes, tmp_path: Path
) -> None:
    [before] = runtimes.all()

    with switch.on("record", tmp_path / "calls"):
        [during] = runtimes.all()

    assert before.fingerprint != during.fingerprint


def test_a_command_that_fails_leaves_nothing_switched_on(
    switch: CassetteSwitch, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match="broken"), switch.on("record", tmp_path / "calls"):
        raise ValueError("broken")

    assert switch.variables() == {}


def test_a_folder_without_recordings_is_refused(switch: CassetteSwitch, tmp_path: Path) -> None:
    with pytest.raises(CassetteFolderError, match="no recording"), switch.on("replay", tmp_path):
        pass

    assert switch.variables() == {}


def test_a_file_is_no_folder_to_record_into(switch: CassetteSwitch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(CassetteFolderError, match="cannot record"):
        switch.on("record", tmp_path / "file").__enter__()
