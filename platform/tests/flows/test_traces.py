"""One story is one trace: webhook, events, agent with steps, model and tool calls, completion."""

import json
import logging
from collections.abc import Callable

import pytest

from switchboard.local.journey import Journey
from switchboard.local.settings import LocalSettings
from switchboard.local.traces import Seen, drawn, spans_of

Travel = Callable[..., Journey]
logger = logging.getLogger(__name__)


def chain(spans: list[Seen], name: str) -> list[str]:
    """The names from the span called `name` up to the one without a parent."""
    by_id = {span.id: span for span in spans}
    span: Seen | None = next(one for one in spans if one.name.startswith(name))
    names = []
    while span is not None:
        names.append(span.name)
        span = by_id.get(span.parent or "")
    return names


@pytest.mark.requirement("ERR-11", "E")
def test_a_story_is_one_trace_from_the_webhook_over_the_agents_thoughts_to_the_completion(
    travel: Travel, settings: LocalSettings, eventually: Callable[..., None]
) -> None:
    journey = travel("Traced from end to end")
    flow = journey.invocation_id

    def delivered() -> bool:
        spans = spans_of(settings.folder.traces, flow)
        ends = [one for one in spans if one.name == "process InvocationCompleted.v1"]
        return any(one.service == "completion" for one in ends)

    eventually(delivered)
    spans = spans_of(settings.folder.traces, flow)
    logger.info("%s", "\n".join(drawn(spans)))
    run = ["run code", "process InvocationRequested.v1", "send InvocationRequested.v1"]
    start = ["process ContentChanged.v1", "send ContentChanged.v1", "POST /webhook/notion"]
    assert chain(spans, "run code") == run + start
    step = ["execute_event_loop_cycle", "invoke_agent Strands Agents"]
    assert chain(spans, "chat")[1:3] == step
    assert chain(spans, "execute_tool github___")[1:3] == step
    assert chain(spans, "chat")[3:] == run + start
    assert chain(spans, "tool github___")[1] == "run code"
    assert chain(spans, "process InvocationCompleted.v1")[-1] == "POST /webhook/notion"
    models = [span for span in spans if span.name == "chat"]
    assert all(int(span.attributes["gen_ai.usage.input_tokens"]) > 0 for span in models)
    assert {"ingress", "orchestrator", "agents", "tools", "completion"} <= {
        span.service for span in spans
    }
    assert "discount code" not in json.dumps([span.attributes for span in spans])
