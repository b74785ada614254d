"""A ticket call of the voice agent is about the caller on the line, and about nobody else."""

import base64
import json
from collections.abc import Callable
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from aws_lambda_powertools import Logger

from switchboard.tools.caller_binding.adapters.memory import MemoryCallers
from switchboard.tools.caller_binding.bind_caller import BINDINGS, BindCaller
from switchboard.tools.caller_binding.callers import REMEMBERED, RememberedCallers

CALLER = "+15555550100"
CONTACT = "6f2c1f9e-3a51-4a6e-9f1b-7d7c55f0c001"


@pytest.fixture
def callers() -> MemoryCallers:
    return MemoryCallers({CONTACT: CALLER, "hidden": "anonymous", "chat": None})


@pytest.fixture
def log() -> StringIO:
    return StringIO()


@pytest.fixture
def bind(callers: MemoryCallers, log: StringIO) -> BindCaller:
    # a name of its own: Powertools keeps one stream per name
    logger = Logger(service=f"test-{uuid4()}", stream=log)
    return BindCaller(RememberedCallers(callers), "contact_id", logger)


def _headers(**claims: Any) -> dict[str, str]:
    part = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return {"Authorization": f"Bearer header.{part}.signature"}


def _call(tool: str, **arguments: Any) -> dict[str, Any]:
    parameters = {"name": tool, "arguments": arguments}
    return {"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": parameters}


def _event(body: Any, headers: dict[str, str] | None = None) -> dict[str, Any]:
    given = _headers(contact_id=CONTACT) if headers is None else headers
    return {"mcp": {"gatewayRequest": {"path": "/mcp", "headers": given, "body": body}}}


def _passed(answer: dict[str, Any]) -> dict[str, Any]:
    arguments: dict[str, Any] = answer["mcp"]["transformedGatewayRequest"]["body"]["params"][
        "arguments"
    ]
    return arguments


def _spoken(answer: dict[str, Any]) -> str:
    """What the agent reads instead of a result, when nothing has reached the target."""
    assert set(answer["mcp"]) == {"transformedGatewayResponse"}
    response = answer["mcp"]["transformedGatewayResponse"]
    assert response["statusCode"] == 200
    assert response["body"]["result"]["isError"] is True
    (content,) = response["body"]["result"]["content"]
    text: str = content["text"]
    return text


@pytest.mark.parametrize(
    ("tool", "said", "bound"),
    [
        (
            "itsm___create_ticket",
            {"issue_description": "no mail", "caller_id": "caller-two", "contact_type": "email"},
            {
                "issue_description": "no mail",
                "caller_id": CALLER,
                "contact_id": CONTACT,
                "contact_type": "phone",
            },
        ),
        (
            "itsm___get_ticket_status",
            {"ticket_id": "INC0000013", "caller": "caller-two"},
            {"ticket_id": "INC0000013", "caller": CALLER},
        ),
        (
            "itsm___add_ticket_comment",
            {"ticket_id": "INC0000013", "comment": "again", "contact_id": "another"},
            {
                "ticket_id": "INC0000013",
                "comment": "again",
                "caller": CALLER,
                "contact_id": CONTACT,
            },
        ),
        ("itsm___list_recent_tickets", {}, {"caller": CALLER}),
    ],
)
def test_whatever_the_model_says_of_the_caller_is_overwritten(
    bind: BindCaller, tool: str, said: dict[str, Any], bound: dict[str, Any]
) -> None:
    answer = bind(_event(_call(tool, **said)))

    assert answer["interceptorOutputVersion"] == "1.0"
    assert _passed(answer) == bound


def test_name_id_and_headers_of_a_bound_call_stay_as_they_are(bind: BindCaller) -> None:
    event = _event(_call("itsm___list_recent_tickets"))

    request = bind(event)["mcp"]["transformedGatewayRequest"]

    assert request["headers"] == event["mcp"]["gatewayRequest"]["headers"]
    assert request["body"]["id"] == 7
    assert request["body"]["params"]["name"] == "itsm___list_recent_tickets"


@pytest.mark.parametrize("arguments", [None, [], "all of them"])
def test_arguments_that_are_no_object_give_way_to_the_callers(
    bind: BindCaller, arguments: Any
) -> None:
    body = _call("itsm___list_recent_tickets")
    body["params"]["arguments"] = arguments

    assert _passed(bind(_event(body))) == {"caller": CALLER}


@pytest.mark.parametrize(
    "body",
    [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {}},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/list"},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        None,
    ],
)
def test_other_methods_pass_unchanged_and_nobody_is_looked_up(
    bind: BindCaller, callers: MemoryCallers, body: Any
) -> None:
    answer = bind(_event(body, headers={}))

    assert answer["mcp"]["transformedGatewayRequest"] == {"headers": {}, "body": body}
    assert callers.asked == []


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ({}, "could not verify this call"),
        ({"Authorization": "Bearer nonsense"}, "could not verify this call"),
        (_headers(sub="an-instance"), "could not verify this call"),
        (_headers(contact_id=""), "could not verify this call"),
        (_headers(contact_id=["a", "list"]), "could not verify this call"),
        (_headers(contact_id="nobody-knows-it"), "could not verify this call"),
        (_headers(contact_id="hidden"), "Your number is withheld"),
        (_headers(contact_id="chat"), "Your number is withheld"),
    ],
)
@pytest.mark.parametrize("operation", BINDINGS)
def test_a_call_without_a_known_caller_ends_here_with_words_to_say(
    bind: BindCaller, operation: str, headers: dict[str, str], words: str
) -> None:
    answer = bind(_event(_call(f"itsm___{operation}", caller="caller-two"), headers))

    spoken = _spoken(answer)
    assert words in spoken
    assert "connect you with a person" in spoken
    assert answer["mcp"]["transformedGatewayResponse"]["body"]["id"] == 7


def test_while_connect_is_down_nothing_reaches_the_tickets_and_the_next_call_may(
    bind: BindCaller, callers: MemoryCallers
) -> None:
    callers.down = True
    refused = bind(_event(_call("itsm___list_recent_tickets")))
    callers.down = False
    bound = bind(_event(_call("itsm___list_recent_tickets")))

    assert "cannot reach the ticket system" in _spoken(refused)
    assert _passed(bound) == {"caller": CALLER}


@pytest.mark.requirement("GTW-10", "C")
@pytest.mark.parametrize(
    "tool",
    [
        "itsm___delete_ticket",
        "itsm___update_ticket",
        "itsm___add_work_note",
        "x_amz_bedrock_agentcore_search",
        "create_ticket_",
        "",
    ],
)
def test_a_tool_that_is_not_one_of_the_four_is_not_let_through(bind: BindCaller, tool: str) -> None:
    assert "I cannot do that" in _spoken(bind(_event(_call(tool))))


@pytest.mark.parametrize(
    "body",
    [
        [_call("itsm___list_recent_tickets", caller="caller-two")],
        json.dumps(_call("itsm___list_recent_tickets", caller="caller-two")),
        {"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": ["a", "list"]},
    ],
)
def test_a_body_that_may_hide_a_call_is_not_let_through(bind: BindCaller, body: Any) -> None:
    assert "connect you with a person" in _spoken(bind(_event(body)))


def test_a_contact_is_looked_up_once_however_many_tools_are_called(
    bind: BindCaller, callers: MemoryCallers
) -> None:
    for operation in BINDINGS:
        bind(_event(_call(f"itsm___{operation}")))

    assert callers.asked == [CONTACT]


def test_only_so_many_contacts_are_remembered() -> None:
    everyone = MemoryCallers({f"c{number}": "caller" for number in range(REMEMBERED + 1)})
    remembered = RememberedCallers(everyone)

    for number in range(REMEMBERED + 1):
        remembered.caller_of(f"c{number}")

    assert len(remembered.known) == REMEMBERED
    assert "c0" not in remembered.known


@pytest.fixture
def lines(log: StringIO) -> Callable[[], list[dict[str, Any]]]:
    return lambda: [json.loads(line) for line in log.getvalue().splitlines()]


def test_the_log_says_why_and_never_who_or_what(
    bind: BindCaller, lines: Callable[[], list[dict[str, Any]]], log: StringIO
) -> None:
    bind(_event(_call("itsm___create_ticket", issue_description="my password is hunter2")))
    bind(_event(_call("itsm___create_ticket", caller_id="caller-two"), _headers(contact_id="x")))

    assert [(line["level"], line.get("reason")) for line in lines()] == [
        ("INFO", None),
        ("WARNING", "unknown_contact"),
    ]
    assert [line["contact_id"] for line in lines()] == [CONTACT, "x"]
    assert not [word for word in (CALLER, "hunter2", "caller-two") if word in log.getvalue()]
