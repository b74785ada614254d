"""All rules over one flow."""

from collections.abc import Iterator, Mapping
from typing import Any

from switchboard.contact_flows.document import FlowDocument, read_flow
from switchboard.contact_flows.linter.finding import Finding
from switchboard.contact_flows.linter.graph import check_graph
from switchboard.contact_flows.linter.parameters import check_action
from switchboard.contact_flows.linter.structure import check_metadata, check_structure
from switchboard.contact_flows.linter.transitions import check_transitions

INTERRUPTED = frozenset(
    {"CUSTOMER_QUEUE", "CUSTOMER_HOLD", "AGENT_HOLD", "customerQueue", "customerHold", "agentHold"}
)
"""Flow types that end because somebody interrupts them: as templates and as exports name them."""

FLOW_TYPES = (
    "CONTACT_FLOW",
    "CUSTOMER_QUEUE",
    "CUSTOMER_HOLD",
    "CUSTOMER_WHISPER",
    "AGENT_HOLD",
    "AGENT_WHISPER",
    "OUTBOUND_WHISPER",
    "AGENT_TRANSFER",
    "QUEUE_TRANSFER",
    "CAMPAIGN",
    "MODULE",
)


def lint(
    content: str | bytes | Mapping[str, Any] | FlowDocument, flow_type: str = ""
) -> list[Finding]:
    """Every broken rule, in the order of the actions; without a type, the metadata's counts.

    Raises:
        FlowFormatError: this is no flow at all.
    """
    flow = content if isinstance(content, FlowDocument) else read_flow(content)
    return list(_findings(flow, interrupted=(flow_type or flow.flow_type) in INTERRUPTED))


def _findings(flow: FlowDocument, *, interrupted: bool) -> Iterator[Finding]:
    yield from check_structure(flow)
    for action in flow.actions:
        yield from check_action(action)
        yield from check_transitions(flow, action)
    yield from check_graph(flow, interrupted=interrupted)
    yield from check_metadata(flow)
