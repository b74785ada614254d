"""One OpenAPI file is the truth: valid, fit for the gateway, and what every copy is made from."""

import json
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import validate

from switchboard.itsm_mock.adapters import answers, openapi
from switchboard.itsm_mock.adapters.command_line import main, tools_file
from switchboard.itsm_mock.adapters.stored_copy import Integrity
from switchboard.itsm_mock.domain.model import (
    Category,
    CloseCode,
    ContactType,
    HoldReason,
    State,
    Ticket,
)
from switchboard.itsm_mock.domain.requests import (
    NewComment,
    NewTicket,
    NewWorkNote,
    Request,
    TicketChange,
)

SPEC = openapi.spec()
SCHEMAS = SPEC["components"]["schemas"]
URL = "https://api.example/poc"
TOOLS = ["create_ticket", "list_recent_tickets", "get_ticket_status", "add_ticket_comment"]
BOUND = {
    "create_ticket": {"caller_id", "contact_id", "contact_type"},
    "get_ticket_status": {"caller"},
    "list_recent_tickets": {"caller"},
    "add_ticket_comment": {"caller", "contact_id"},
}
"""What the desk gateway's interceptor sets, whatever the model sent (D-05)."""


def parts(value: Any) -> list[dict[str, Any]]:
    """Every object of a document."""
    below = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    own = [value] if isinstance(value, dict) else []
    return own + [part for item in below for part in parts(item)]


def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The operations by their ids."""
    return {
        operation["operationId"]: operation
        for methods in document["paths"].values()
        for operation in methods.values()
    }


@pytest.mark.requirement("ITS-12", "C")
def test_the_file_is_valid_openapi_3_0_with_the_title_of_the_api() -> None:
    validate(SPEC)

    assert SPEC["openapi"].startswith("3.0.")
    assert SPEC["info"]["title"] == "poc-itsm-api"


@pytest.mark.requirement("ITS-12", "C")
@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("NewTicket", NewTicket),
        ("NewComment", NewComment),
        ("TicketChange", TicketChange),
        ("NewWorkNote", NewWorkNote),
    ],
)
def test_a_body_has_the_fields_that_the_code_reads(name: str, model: type[Request]) -> None:
    schema = SCHEMAS[name]
    required = {field for field, info in model.model_fields.items() if info.is_required()}

    assert set(schema["properties"]) == set(model.model_fields)
    assert set(schema.get("required", [])) == required
    assert schema.get("additionalProperties", True) is (model.model_config["extra"] == "ignore")


@pytest.mark.requirement("ITS-12", "C")
def test_an_answer_has_the_fields_of_a_ticket() -> None:
    shown = set(Ticket.model_fields) | {"spoken_status"}

    assert set(SCHEMAS["InsideTicket"]["properties"]) == shown | {"comments", "work_notes"}
    assert set(SCHEMAS["Ticket"]["properties"]) == shown - answers.INSIDE


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("state", State),
        ("hold_reason", HoldReason),
        ("close_code", CloseCode),
        ("category", Category),
        ("contact_type", ContactType),
    ],
)
def test_the_values_of_a_field_are_those_of_the_code(field: str, values: Any) -> None:
    found = [part[field]["enum"] for part in parts(SPEC) if "enum" in part.get(field, {})]

    assert found
    assert all(item == list(values) for item in found)


@pytest.mark.requirement("ITS-11", "C")
def test_two_fields_are_all_that_creating_demands() -> None:
    assert SCHEMAS["NewTicket"]["required"] == ["caller_id", "issue_description"]


@pytest.mark.requirement("GTW-09", "C")
@pytest.mark.requirement("GTW-10", "C")
def test_the_gateway_is_offered_the_four_tools_of_the_file_and_no_other() -> None:
    copy = openapi.gateway_copy(SPEC, URL)

    assert list(operations(copy)) == TOOLS
    assert set(operations(SPEC)) - set(TOOLS) == {"read_inside", "change_ticket", "add_work_note"}
    assert {method for methods in copy["paths"].values() for method in methods} == {"get", "post"}
    assert not [path for path in copy["paths"] if path.startswith("/internal")]


@pytest.mark.requirement("GTW-09", "C")
def test_the_gateways_copy_equals_the_file_but_for_what_a_model_must_not_make_up() -> None:
    copy = operations(openapi.gateway_copy(SPEC, URL))

    for name, operation in copy.items():
        original = operations(SPEC)[name]
        kept = [item for item in original.get("parameters", []) if item["in"] != "header"]
        assert operation.get("parameters", []) == kept
        for field in ("description", "requestBody", "responses"):
            assert operation.get(field) == original.get(field)


@pytest.mark.requirement("ITS-12", "C")
def test_the_gateways_copy_is_what_the_gateway_can_read() -> None:
    copy = openapi.gateway_copy(SPEC, URL)

    validate(copy)
    assert copy["servers"] == [{"url": URL}]
    everything = parts(copy)
    assert not [part for part in everything if {"oneOf", "anyOf", "allOf", "not"} & set(part)]
    contents = [part["content"] for part in everything if "content" in part]
    assert {kind for content in contents for kind in content} == {"application/json"}
    assert all(len(f"itsm___{name}") <= 64 for name in operations(copy))
    assert "Idempotency-Key" not in json.dumps(copy["paths"])
    assert set(copy["components"]["schemas"]) == {
        *("NewTicket", "Ticket", "LatestComment", "NewComment", "CommentAdded"),
        *("Error", "Refusal"),
    }
    assert copy["components"]["securitySchemes"] == {
        "apiKey": {"type": "apiKey", "in": "header", "name": "x-api-key"}
    }


def test_making_a_copy_leaves_the_file_as_it_is() -> None:
    openapi.gateway_copy(SPEC, URL)

    assert openapi.spec() == SPEC == json.loads(openapi.text())


@pytest.mark.requirement("GTW-13", "C")
def test_the_tools_file_is_the_one_that_follows_from_the_openapi_file() -> None:
    committed = (Path(__file__).parents[2] / "agentcore-tools.json").read_text()

    assert committed == tools_file()


@pytest.mark.requirement("GTW-13", "C")
def test_a_tool_takes_what_its_operation_takes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(_no_copy, ["tools"]) == 0
    tools = {tool["name"]: tool for tool in json.loads(capsys.readouterr().out)["tools"]}

    assert list(tools) == TOOLS
    create, comment = tools["create_ticket"], tools["add_ticket_comment"]
    assert create["inputSchema"]["required"] == ["caller_id", "issue_description"]
    assert set(create["inputSchema"]["properties"]) == set(NewTicket.model_fields)
    assert (comment["method"], comment["path"]) == ("POST", "/tickets/{ticket_id}/comments")
    assert comment["inputSchema"]["required"] == ["ticket_id", "comment"]
    for name, bound in BOUND.items():
        assert bound <= set(tools[name]["inputSchema"]["properties"])


class _Copy:
    """A stored copy that was compared before."""

    def __init__(self, found: Integrity) -> None:
        self._found = found

    def check(self) -> Integrity:
        return self._found


def _no_copy(_: str) -> Any:
    raise NotImplementedError


@pytest.mark.requirement("ITS-12", "C")
@pytest.mark.parametrize(
    ("hashes", "code", "words"),
    [
        (("a", "a", "a"), 0, "is this one"),
        (("a", "b", "a"), 1, "remedy: deploy"),
        (("a", "a", "b"), 1, "remedy: deploy"),
        (("b", "a", "a"), 1, "remedy: deploy"),
    ],
)
def test_a_stored_file_that_is_another_one_is_reported_with_the_remedy(
    capsys: pytest.CaptureFixture[str], hashes: tuple[str, str, str], code: int, words: str
) -> None:
    copy: Any = _Copy(Integrity(*hashes))

    assert main(lambda _: copy, ["check-openapi", "--env", "dev"]) == code

    printed = capsys.readouterr()
    assert words in printed.out + printed.err
