"""What the l1_support agent is told and which tools it has, for the template and for tests.

Sources of the forms: AWS "Orchestrator AI agents" (only text inside `<message>` reaches the
caller), "Use agentic self-service" (Return to Control: the tool's name arrives as session attribute
`Tool`, its inputs as further attributes) and "Create AI prompts" (the template is YAML with
`system` and `messages`; a variable may occur once). Not run on AWS.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from importlib.resources import files
from typing import Any

AGENT = "l1_support"
THIS_CALLER = "this-caller"
"""What the model sends as caller. The desk's gateway puts the real caller of the call there; if
it ever did not, nobody has tickets under this name."""
ESCALATION_REASONS = ("asked_for_person", "not_resolved", "no_match", "silence")
"""Why the agent passes a caller on; `agent_down` of `CallEscalated.v1` is said by the flow."""


class ToolKind(StrEnum):
    """Tool types of an orchestrator AI agent."""

    MODEL_CONTEXT_PROTOCOL = "MODEL_CONTEXT_PROTOCOL"
    RETURN_TO_CONTROL = "RETURN_TO_CONTROL"


@dataclass(frozen=True)
class ToolDefinition:
    """One tool of the agent; `confirm`: the caller has to agree before it is called."""

    name: str
    kind: ToolKind
    description: str
    input_schema: Mapping[str, Any] = field(repr=False)
    confirm: bool = False


def prompt_text() -> str:
    """The system prompt with Connect's placeholders."""
    return files("switchboard.voice.agent").joinpath("prompt.md").read_text("utf-8")


def prompt_template() -> str:
    """The text of the AI prompt as Connect stores it: YAML around `prompt_text`.

    Connect writes the agent's tools in place of `toolConfigurationList`.
    """
    system = f"{prompt_text()}\n<tools>\n{{{{$.toolConfigurationList}}}}\n</tools>\n"
    indented = "".join(f"  {line}".rstrip() + "\n" for line in system.splitlines())
    return f"system: |\n{indented}messages:\n  - '{{{{$.conversationHistory}}}}'\n"


def _schema(required: tuple[str, ...], **properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(required)}


def _text(description: str, **more: Any) -> dict[str, Any]:
    return {"type": "string", "description": description, **more}


_CALLER = _text(
    f"Set by the desk to the caller of this call, whatever is sent. Always send '{THIS_CALLER}'.",
    enum=[THIS_CALLER],
)
_TICKET_ID = _text("Ticket number: INC and seven digits.", pattern="^INC[0-9]{7}$")

TOOLS: tuple[ToolDefinition, ...] = (
    ToolDefinition(
        "itsm___create_ticket",
        ToolKind.MODEL_CONTEXT_PROTOCOL,
        "Open a ticket for the caller of this call. Only after the caller said yes to your one "
        "sentence summary. Returns the ticket with its number, which you read out.",
        _schema(
            ("caller_id", "issue_description"),
            caller_id=_CALLER,
            issue_description=_text(
                "The problem in the caller's own words, complete for somebody who was not on the "
                "call: what was done, what happened, what was expected, since when, how many.",
                maxLength=4_000,
            ),
            short_description=_text("Your summary in at most ten words.", maxLength=160),
            category=_text(
                "access: password, account, rights; network: VPN, wifi, internet; hardware; "
                "outage: many people cannot work; software_defect: one of our own products does "
                "something wrong; inquiry: anything else, also programs we only use.",
                enum=["access", "network", "hardware", "outage", "software_defect", "inquiry"],
            ),
            subcategory=_text("One or two words, e.g. password, vpn, printer.", maxLength=64),
            impact={
                "type": "integer",
                "enum": [1, 2, 3],
                "description": "1 a whole site or everybody, 2 a team, 3 one person",
            },
            urgency={
                "type": "integer",
                "enum": [1, 2, 3],
                "description": "1 cannot work or due today, 2 hindered, 3 can wait",
            },
        ),
        confirm=True,
    ),
    ToolDefinition(
        "itsm___get_ticket_status",
        ToolKind.MODEL_CONTEXT_PROTOCOL,
        "State of one of the caller's tickets by its number. `spoken_status` is a sentence to say. "
        "Not found means: there is no such ticket, or it is not this caller's.",
        _schema(("ticket_id", "caller"), ticket_id=_TICKET_ID, caller=_CALLER),
    ),
    ToolDefinition(
        "itsm___add_ticket_comment",
        ToolKind.MODEL_CONTEXT_PROTOCOL,
        "Add what the caller says to one of the caller's tickets. `spoken` of the answer is a "
        "sentence to say.",
        _schema(
            ("ticket_id", "caller", "comment"),
            ticket_id=_TICKET_ID,
            caller=_CALLER,
            comment=_text("The addition in the caller's own words.", maxLength=2_000),
        ),
    ),
    ToolDefinition(
        "itsm___list_recent_tickets",
        ToolKind.MODEL_CONTEXT_PROTOCOL,
        "The caller's own tickets, newest first, when the caller gives no number.",
        _schema(
            ("caller",),
            caller=_CALLER,
            limit={"type": "integer", "minimum": 1, "maximum": 5, "description": "usually 3"},
        ),
    ),
    ToolDefinition(
        "Complete",
        ToolKind.RETURN_TO_CONTROL,
        "End the call: the caller needs nothing more. Say your closing words in the same turn.",
        _schema((), reason=_text("What was done, in a few words.")),
    ),
    ToolDefinition(
        "Escalate",
        ToolKind.RETURN_TO_CONTROL,
        "Pass the caller on to a colleague: at once when the caller asks for a person, or when you "
        "cannot go on. The desk says what happens next; promise nothing yourself.",
        _schema(
            ("escalationReason", "escalationSummary"),
            escalationReason=_text(
                "asked_for_person; not_resolved: a tool does not work or the matter is beyond you; "
                "no_match: not understood twice; silence: nothing is heard.",
                enum=list(ESCALATION_REASONS),
            ),
            escalationSummary=_text(
                "For the colleague: what is wrong in the caller's words, what was tried, what is "
                "still missing. Two or three sentences.",
                maxLength=1_000,
            ),
            customerIntent=_text("What the caller wants, in a few words."),
            sentiment=_text("How the caller sounds.", enum=["positive", "neutral", "negative"]),
            ticketNumber=_text("The ticket it is about, if any: INC and seven digits."),
        ),
    ),
)
