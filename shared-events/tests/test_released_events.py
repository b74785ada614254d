"""The released events keep their promises: frozen files, compatible models, true samples."""

import json
import shutil
from pathlib import Path

import pytest

from switchboard.events.catalogue import (
    CATALOGUE,
    MalformedEventError,
    UnknownEventError,
    parse_event,
)
from switchboard.events.envelope import EventTooLargeError, new_event
from switchboard.events.invocation import InvocationRequestedV1
from switchboard.events.released import Releases
from switchboard.events.values import PageSnapshot

FOLDER = Path(__file__).parents[1]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(FOLDER / "schemas", tmp_path / "schemas")
    shutil.copytree(FOLDER / "samples", tmp_path / "samples")
    return tmp_path


@pytest.mark.requirement("NEW-04", "C")
def test_every_released_version_is_compatible_with_the_model_of_today() -> None:
    findings = list(Releases(FOLDER).findings())

    assert not findings, "\n".join(str(finding) for finding in findings)


@pytest.mark.parametrize("detail_type", CATALOGUE)
def test_a_sample_survives_reading_and_writing_unchanged(detail_type: str) -> None:
    sample = Releases(FOLDER).sample(detail_type)

    again = json.loads(parse_event(detail_type, sample).detail())

    assert again == sample


def test_an_edited_release_is_noticed(copy: Path) -> None:
    released = copy / "schemas/InvocationRequested.v1/1.json"
    released.write_text(released.read_text().replace('"trigger_value"', '"trigger"'))

    problems = [finding.problem for finding in Releases(copy).findings()]

    assert any("edited" in problem for problem in problems)


def test_an_incompatible_release_is_explained_with_a_remedy(copy: Path) -> None:
    path = copy / "schemas/InvocationRequested.v1/1.json"
    schema = json.loads(path.read_text())
    schema["$defs"]["InvocationRequestedV1"]["properties"]["origin"]["enum"] = ["webhook"]
    path.write_text(json.dumps(schema))

    findings = [str(finding) for finding in Releases(copy).findings()]

    assert any("data.origin" in text and "closed list" in text for text in findings)
    assert any("new major version" in text for text in findings)


def test_a_new_revision_is_written_only_when_the_model_changed(copy: Path) -> None:
    path = copy / "schemas/DeliveryFailed.v1/1.json"
    path.write_text("{}")

    written = Releases(copy).release()

    assert written == ["schemas/DeliveryFailed.v1/2.json"]


def test_an_unknown_event_is_refused_with_the_names_that_exist() -> None:
    with pytest.raises(UnknownEventError, match=r"InvocationRequested\.v1"):
        parse_event("InvocationRequested.v9", {})


def test_a_malformed_event_says_which_field_is_wrong() -> None:
    sample = Releases(FOLDER).sample("InvocationRequested.v1")
    del sample["data"]["invocation_id"]

    with pytest.raises(MalformedEventError, match=r"data\.invocation_id: Field required"):
        parse_event("InvocationRequested.v1", sample)


@pytest.mark.requirement("ING-10", "C")
def test_a_reader_ignores_fields_it_does_not_know() -> None:
    sample = Releases(FOLDER).sample("InvocationRequested.v1")
    sample["data"]["invented_later"] = True

    event = parse_event("InvocationRequested.v1", sample)

    assert event.data.agent_type == "code"
    assert event.data.page_snapshot.title == "Apply discount codes at checkout"


def test_a_body_that_does_not_fit_on_the_bus_is_refused_before_publishing() -> None:
    data = InvocationRequestedV1(
        invocation_id="01KGM2T5D0J8Z6Q4XW9R3V7B1C",
        workspace_id="ws",
        notion_page_id="page",
        agent_type="code",
        trigger_value="Generate Code",
        project_id="proj",
        page_snapshot=PageSnapshot(title="big", content_markdown="x" * 200_001),
        origin="api",
    )

    with pytest.raises(EventTooLargeError, match="claim check"):
        new_event(data, service="ingress", correlation_id="c").detail()
