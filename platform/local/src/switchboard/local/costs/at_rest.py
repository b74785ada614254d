"""What of a template costs money although nobody uses it."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

Template = Mapping[str, Any]
Properties = Mapping[str, Any]

POLLS_PER_MONTH = 5 * 3 * 60 * 730
"""Of an idle queue that feeds a function: Lambda waits with five receives of 20 s at a time."""


def _alarm(properties: Properties, _: Template) -> Counter[str]:
    watched = sum("MetricStat" in metric for metric in properties.get("Metrics", []))
    return Counter({"alarm-metric": watched or 1})


def _endpoint(properties: Properties, _: Template) -> Counter[str]:
    if properties.get("VpcEndpointType") != "Interface":
        return Counter()
    return Counter({"endpoint-zone": len(properties["SubnetIds"])})


def _provider(properties: Properties, _: Template) -> Counter[str]:
    """AgentCore Identity keeps a secret of its own unless it is told of one."""
    sources = (properties.get("ApiKeySecretSource"), properties.get("ClientSecretSource"))
    return Counter() if "EXTERNAL" in sources else Counter({"secret": 1})


def _polling(properties: Properties, template: Template) -> Counter[str]:
    source = properties["EventSourceArn"].get("Fn::GetAtt", [""])[0]
    kind = template["Resources"].get(source, {}).get("Type")
    return Counter({"sqs-request": POLLS_PER_MONTH}) if kind == "AWS::SQS::Queue" else Counter()


def _tools(properties: Properties, _: Template) -> Counter[str]:
    target = properties["TargetConfiguration"].get("Mcp", {}).get("Lambda", {})
    return Counter({"tool-index": len(target.get("ToolSchema", {}).get("InlinePayload", []))})


def _schedule(properties: Properties, _: Template) -> Counter[str]:
    """A function that is called by the clock; a quarter of a GB-second each time."""
    words = str(properties.get("ScheduleExpression", "")).strip("rate()").split()
    if len(words) != len(("5", "minutes")) or properties.get("State") == "DISABLED":
        return Counter()
    seconds = {"minute": 60, "hour": 3600, "day": 86400}[words[1].rstrip("s")]
    times = 730 * 3600 // (int(words[0]) * seconds)
    return Counter({"lambda-request": times, "lambda-gb-second": times // 4})


def _one(item: str) -> Callable[[Properties, Template], Counter[str]]:
    return lambda *_: Counter({item: 1})


BILLED: Mapping[str, Callable[[Properties, Template], Counter[str]]] = {
    "AWS::BedrockAgentCore::ApiKeyCredentialProvider": _provider,
    "AWS::BedrockAgentCore::GatewayTarget": _tools,
    "AWS::BedrockAgentCore::OAuth2CredentialProvider": _provider,
    "AWS::CloudWatch::Alarm": _alarm,
    "AWS::CloudWatch::CompositeAlarm": _one("composite-alarm"),
    "AWS::CloudWatch::Dashboard": _one("dashboard"),
    "AWS::Connect::PhoneNumber": _one("phone-number"),
    "AWS::EC2::NatGateway": _one("nat-gateway"),
    "AWS::EC2::VPCEndpoint": _endpoint,
    "AWS::Events::Rule": _schedule,
    "AWS::KMS::Key": _one("kms-key"),
    "AWS::Lambda::EventSourceMapping": _polling,
    "AWS::SecretsManager::Secret": _one("secret"),
}


def at_rest(template: Template) -> Counter[str]:
    """Items of the price table and how many a month, of one template."""
    found: Counter[str] = Counter()
    for resource in template["Resources"].values():
        if count := BILLED.get(resource["Type"]):
            found += count(resource.get("Properties", {}), template)
    return found


def not_judged(template: Template, free: frozenset[str]) -> set[str]:
    """Resource types nobody has said of whether they cost money at rest."""
    kinds = {resource["Type"] for resource in template["Resources"].values()}
    return kinds - BILLED.keys() - free
