"""Who makes spans may send them on AWS, and nobody else may."""

from typing import Any

VARIABLE = "OTEL_EXPORTER_OTLP_ENDPOINT"
TOOLS = ("github", "notion", "prototype", "sandbox")
WORKERS = ("completion", "ingress", "itsm_mock", "orchestrator")
MAKE_SPANS = {
    "switchboard.ingress.handler.webhook",
    "switchboard.voice.handler.tickets",
    "switchboard.runtime.relay_handler.handler",
    *(f"switchboard.{name}.handler.worker" for name in WORKERS),
    *(f"switchboard.tools.{name}.handler.handler" for name in TOOLS),
}
"""The doors behind which a flow begins, an event is sent or worked on, or a tool is called."""


def test_what_makes_spans_sends_them_to_x_ray_in_prod_and_the_rest_sends_none(
    prod_templates: dict[str, dict[str, Any]],
) -> None:
    functions = [
        item["Properties"]
        for template in prod_templates.values()
        for item in template["Resources"].values()
        if item["Type"] == "AWS::Lambda::Function"
    ]
    sending = {
        item["Handler"]
        for item in functions
        if VARIABLE in item.get("Environment", {}).get("Variables", {})
    }
    runtimes = [
        item["Properties"]["EnvironmentVariables"]
        for item in prod_templates["agents"]["Resources"].values()
        if item["Type"] == "AWS::BedrockAgentCore::Runtime"
    ]

    assert sending == MAKE_SPANS
    assert runtimes
    assert {item[VARIABLE] for item in runtimes} == {"https://xray.us-east-1.amazonaws.com"}


def test_in_dev_nothing_is_sent(templates: dict[str, dict[str, Any]]) -> None:
    assert VARIABLE not in str(templates)
