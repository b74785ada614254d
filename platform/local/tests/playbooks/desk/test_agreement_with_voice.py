"""The playbook understands the prompt, the tools and the session data that voice really deploys."""

import warnings
from datetime import UTC, datetime

import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    definition = pytest.importorskip("switchboard.voice.agent.definition")
    model = pytest.importorskip("switchboard.voice.domain.model")
    wording = pytest.importorskip("switchboard.voice.domain.wording")

from switchboard.local.model.engine import Call, Replay, agent_kind, load_playbooks
from switchboard.local.playbooks.desk.opening import opening_of
from switchboard.local.playbooks.desk.problem import THIS_CALLER

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


def _prompt(greeting: str, open_tickets: str) -> str:
    text: str = definition.prompt_text()
    for name, value in {"greeting": greeting, "openTickets": open_tickets}.items():
        text = text.replace(f"{{{{$.Custom.{name}}}}}", value)
    return text


def _tickets(*spoken: str) -> list[object]:
    return [
        model.Ticket(
            ticket_id=number,
            caller_id="caller-one",
            short_description=f"Matter {number[-2:]}",
            created_at=NOW,
            state=model.TicketState("on_hold", words, NOW),
        )
        for number, words in zip(("INC0000013", "INC0000026"), spoken, strict=False)
    ]


def test_the_prompt_selects_the_playbook() -> None:
    assert agent_kind(definition.prompt_text()) == definition.AGENT
    assert definition.AGENT in load_playbooks()


def test_a_prompt_nobody_filled_in_tells_nothing() -> None:
    opening = opening_of(definition.prompt_text())

    assert (opening.greeting, opening.tickets) == ("", ())


def test_open_tickets_are_read_as_the_session_function_writes_them() -> None:
    tickets = _tickets("A fix is ready and in review.", "Somebody is working on it.")
    opening = opening_of(_prompt("Hello.", wording.ticket_lines(tickets)))

    assert [ticket.ticket_id for ticket in opening.tickets] == ["INC0000013", "INC0000026"]
    assert [ticket.spoken_status for ticket in opening.tickets] == [
        "A fix is ready and in review.",
        "Somebody is working on it.",
    ]
    assert opening.news == opening.tickets[0]


def test_news_in_the_greeting_count_as_told() -> None:
    tickets = _tickets("A fix is ready and in review.")
    greeting = wording.greeting(tickets)

    assert opening_of(_prompt(greeting, wording.ticket_lines(tickets))).news is None
    assert opening_of(_prompt("Hello.", wording.NO_TICKETS)).news is None


def test_every_call_of_the_playbook_fits_the_tools_it_is_given() -> None:
    tools = {tool.name: tool for tool in definition.TOOLS}
    says = {
        "my monitor flickers": ("itsm___create_ticket", "yes"),
        "any news about my ticket": ("itsm___list_recent_tickets", ""),
        "status of i n c zero zero zero zero zero one three": ("itsm___get_ticket_status", ""),
        "add to ticket one three that it is back": ("itsm___add_ticket_comment", ""),
        "agent": ("Escalate", ""),
        "goodbye": ("Complete", ""),
    }

    for said, (name, answer) in says.items():
        messages = [{"role": "user", "content": [{"text": words}]} for words in (said, answer)]
        step = Replay(load_playbooks()).next(
            [message for message in messages if message["content"][0]["text"]],
            definition.prompt_text(),
            list(tools),
        )
        assert isinstance(step, tuple), said
        call: Call = step[0]
        schema = next(t for t in tools.values() if t.name.endswith(call.tool)).input_schema
        assert name.endswith(call.tool)
        assert set(call.arguments) <= set(schema["properties"])
        assert set(schema["required"]) <= set(call.arguments)


def test_the_playbook_names_the_caller_as_the_tools_ask_for_it() -> None:
    assert definition.THIS_CALLER == THIS_CALLER
