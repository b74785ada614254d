"""The private network: what stands where, who may pass which door, and that nothing comes in."""

import json
from dataclasses import replace
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template
from platform_endpoints import INTERFACES, ROUTES
from platform_network import SUBNETS, NetworkStack

from switchboard.constructs.contracts import plain
from switchboard.constructs.endpoint_policy import demand_named
from switchboard.constructs.environments import Network, environment
from switchboard.constructs.network_mode import NetworkRefusedError

ENDPOINT = "AWS::EC2::VPCEndpoint"
GROUP = "AWS::EC2::SecurityGroup"
X_RAY = "com.amazonaws.us-east-1.xray"
AGENTCORE = "com.amazonaws.us-east-1.bedrock-agentcore"


def network_of(network: Network, **context: str) -> NetworkStack:
    app = cdk.App(context=context)
    return NetworkStack(app, replace(environment("prod"), network=network))


@pytest.fixture(scope="module")
def network(synthesize: Any) -> Template:
    found: Template = synthesize("prod", "network")
    return found


def _one(template: Template, kind: str, text: str) -> tuple[str, dict[str, Any]]:
    """The resource of a kind whose logical id has `text`."""
    ((name, found),) = (
        (name, item) for name, item in template.find_resources(kind).items() if text in name
    )
    return name, found["Properties"]


def _interfaces(template: Template) -> dict[str, dict[str, Any]]:
    found = [item["Properties"] for item in template.find_resources(ENDPOINT).values()]
    return {item["ServiceName"]: item for item in found if item["VpcEndpointType"] == "Interface"}


@pytest.mark.requirement("S001-FR-004", "S")
@pytest.mark.requirement("T021", "S")
@pytest.mark.requirement("T025", "S")
def test_the_private_subnets_stand_in_two_zones_that_agentcore_supports(network: Template) -> None:
    subnets = [item["Properties"] for item in network.find_resources("AWS::EC2::Subnet").values()]

    names = [tag["Value"] for item in subnets for tag in item["Tags"]]
    assert {item["AvailabilityZoneId"] for item in subnets} == {"use1-az1", "use1-az2"}
    assert names.count(SUBNETS) == len(subnets) == 2
    assert not any(item["MapPublicIpOnLaunch"] for item in subnets)


@pytest.mark.requirement("S002-US-2", "S")
@pytest.mark.requirement("T023", "S")
def test_there_is_no_way_in_or_out_but_the_endpoints(network: Template) -> None:
    for kind in ("InternetGateway", "NatGateway", "Route", "EIP", "VPCGatewayAttachment"):
        network.resource_count_is(f"AWS::EC2::{kind}", 0)
    _, group = _one(network, GROUP, "RuntimeGroup")
    endpoint_group, _ = _one(network, GROUP, "EndpointGroup")
    allowed = [
        rule.get("DestinationPrefixListId") or rule["DestinationSecurityGroupId"]
        for rule in group["SecurityGroupEgress"]
    ]
    assert allowed == [
        {"Fn::GetAtt": [endpoint_group, "GroupId"]},
        "pl-63a5400a",
        "pl-02cd2c6b",
    ]
    assert all(rule["FromPort"] == rule["ToPort"] == 443 for rule in group["SecurityGroupEgress"])


@pytest.mark.requirement("S001-FR-034", "S")
@pytest.mark.requirement("T009", "S")
@pytest.mark.requirement("T034", "S")
def test_nothing_enters_a_runtime_and_runtimes_alone_enter_the_endpoints(network: Template) -> None:
    runtime_group, group = _one(network, GROUP, "RuntimeGroup")
    endpoint_group, doors = _one(network, GROUP, "EndpointGroup")
    (rule,) = network.find_resources("AWS::EC2::SecurityGroupIngress").values()

    assert "SecurityGroupIngress" not in group
    assert "SecurityGroupIngress" not in doors
    assert rule["Properties"]["GroupId"] == {"Fn::GetAtt": [endpoint_group, "GroupId"]}
    assert rule["Properties"]["SourceSecurityGroupId"] == {"Fn::GetAtt": [runtime_group, "GroupId"]}
    assert rule["Properties"]["FromPort"] == rule["Properties"]["ToPort"] == 443


@pytest.mark.requirement("P003-08", "S")
@pytest.mark.requirement("T008", "S")
@pytest.mark.requirement("T033", "S")
@pytest.mark.requirement("T035", "S")
def test_every_service_an_agent_needs_has_a_private_name_in_both_zones(network: Template) -> None:
    found = _interfaces(network)

    subnets = {json.dumps({"Ref": name}) for name in network.find_resources("AWS::EC2::Subnet")}
    assert {name.removeprefix("com.amazonaws.us-east-1.") for name in found} == {
        "bedrock-agentcore",
        "bedrock-agentcore.gateway",
        "bedrock-runtime",
        "ecr.api",
        "ecr.dkr",
        "logs",
        "secretsmanager",
        "events",
        "sts",
        "kms",
        "monitoring",
        "xray",
    }
    for item in found.values():
        assert item["PrivateDnsEnabled"] is True
        assert {json.dumps(subnet) for subnet in item["SubnetIds"]} == subnets
    assert AGENTCORE in found


@pytest.mark.requirement("S002-US-4", "S")
@pytest.mark.requirement("T036", "S")
def test_every_endpoint_names_who_may_pass(network: Template) -> None:
    template = network.to_json()
    found = network.find_resources(ENDPOINT)

    assert len(found) == len(INTERFACES) + len(ROUTES)
    for name, item in found.items():
        demand_named(name, plain(item["Properties"]["PolicyDocument"], template))
    policy = plain(_interfaces(network)[AGENTCORE]["PolicyDocument"], template)
    invoke = next(item for item in policy["Statement"] if item["Sid"] == "Invoke")
    assert invoke["Condition"]["ArnLike"]["aws:PrincipalArn"] == [
        "arn:aws:iam::${Account}:role/switchboard-prod-orchestrator-*"
    ]


def test_where_a_caller_shows_a_bearer_token_one_action_on_one_gateway_may_pass(
    network: Template,
) -> None:
    policy = plain(
        _interfaces(network)[f"{AGENTCORE}.gateway"]["PolicyDocument"], network.to_json()
    )

    (statement,) = policy["Statement"]
    assert statement["Action"] == "bedrock-agentcore:InvokeGateway"
    assert statement["Resource"].endswith(":gateway/switchboard-delivery-prod-*")


@pytest.mark.requirement("T037", "S")
def test_names_and_ids_are_exported_and_published(network: Template) -> None:
    exports = {item["Export"]["Name"] for item in network.find_outputs("*").values()}
    parameters = {
        item["Properties"]["Name"]
        for item in network.find_resources("AWS::SSM::Parameter").values()
    }

    assert exports == {
        "prod-VpcId",
        "prod-RuntimeSecurityGroupId",
        "prod-AgentCoreEndpointId",
        "prod-AgentCoreEndpointDnsNames",
    }
    assert "DnsEntries" in json.dumps(network.find_outputs("AgentCoreEndpointDnsNames"))
    assert {
        "/switchboard/prod/platform/network/agent-subnets",
        "/switchboard/prod/platform/network/runtime-security-group",
    } <= parameters


def test_who_spoke_to_whom_is_kept_for_a_month(network: Template) -> None:
    network.resource_count_is("AWS::EC2::FlowLog", 1)
    network.has_resource_properties("AWS::Logs::LogGroup", {"RetentionInDays": 30})


def test_dev_has_no_network_and_others_have_one_of_their_own_range(app_of: Any) -> None:
    dev = {child.node.id for child in app_of("dev").node.children}

    assert "switchboard-dev-network" not in dev
    assert "switchboard-dev-security" not in dev
    assert len({environment(name).network.cidr for name in ("workshop", "prod")}) == 2


def test_a_nat_gateway_is_there_when_the_environment_asks_for_it() -> None:
    template = Template.from_stack(network_of(Network(nat_gateways=1)))

    template.resource_count_is("AWS::EC2::NatGateway", 1)
    _, group = _one(template, GROUP, "RuntimeGroup")
    assert group["SecurityGroupEgress"][-1]["CidrIp"] == "0.0.0.0/0"
    assert "SecurityGroupIngress" not in group


def test_one_zone_is_refused() -> None:
    with pytest.raises(NetworkRefusedError, match="a runtime takes 2 to 16"):
        network_of(Network(zone_ids=("use1-az1",)))


def test_zones_of_another_region_are_refused_with_the_file_to_mend() -> None:
    elsewhere = {"region": "eu-central-1", "switchboard:allow-other-region": "true"}

    with pytest.raises(NetworkRefusedError, match=r"environments\.py"):
        network_of(Network(), **elsewhere)


def test_spans_have_a_door_of_their_own_for_the_agents_only_and_none_where_there_are_no_spans(
    network: Template,
) -> None:
    door = _interfaces(network)[X_RAY]
    without = Template.from_stack(network_of(Network(), **{"switchboard:otlp-endpoint": "off"}))

    (statement,) = door["PolicyDocument"]["Statement"]
    assert door["PrivateDnsEnabled"] is True
    assert statement["Action"] == ["xray:PutSpans", "xray:PutTraceSegments"]
    assert "role/switchboard-prod-agent-code" in json.dumps(statement["Condition"])
    assert set(_interfaces(network)) - set(_interfaces(without)) == {X_RAY}
