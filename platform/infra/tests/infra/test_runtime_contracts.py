"""The contract documents of docs/runtime/contracts, compared with the templates word for word."""

import re
from pathlib import Path
from typing import Any

import agents_permissions as needed
import agents_stack
import aws_cdk as cdk
import pytest
import yaml
from aws_cdk.assertions import Template

from switchboard.constructs.contracts import contract, plain
from switchboard.constructs.environments import environment

ENVIRONMENTS = ("dev", "workshop", "prod")
REGION = {"${Partition}": "aws", "us-east-1": "${Region}"}
PROFILE = '${If(["ModelIsBedrock", "${ModelId}", "-.-"])}'
FILE = re.compile(r"/[0-9a-f]{64}\.zip$")


def agents_of(name: str, **context: str) -> Template:
    app = cdk.App(context={"aws:cdk:bundling-stacks": [], **context})
    return Template.from_stack(agents_stack.build(app, environment(name)))


@pytest.fixture(scope="module")
def agents() -> dict[tuple[str, str], Template]:
    """The agents' stack of every environment, as zip and as images."""
    return {
        (name, artifact): agents_of(name, artifact=artifact)
        for name in ENVIRONMENTS
        for artifact in ("code", "image")
    }


def _roles(template: Template) -> dict[str, tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Agent -> its role's properties and its role's statements."""
    roles = template.find_resources("AWS::IAM::Role")
    found = {}
    for policy in template.find_resources("AWS::IAM::Policy").values():
        role = roles[policy["Properties"]["Roles"][0]["Ref"]]["Properties"]
        agent = role["RoleName"].partition("-agent-")[2]
        found[agent] = (role, policy["Properties"]["PolicyDocument"]["Statement"])
    return found


def _in_words(statement: dict[str, Any], template: Template, name: str, agent: str) -> Any:
    under = agent.replace("-", "_")
    words = {
        f"switchboard_{under}_{name}_us_east_1": "${RuntimeName}",
        f"repository/switchboard-{name}/{agent}": "repository/switchboard-${Environment}/${Agent}",
        f"oauth-provider/{under}": "oauth-provider/${Agent}",
        **REGION,
    }
    read = plain(statement, template.to_json(), words)
    if read["Sid"] == "Model":
        read["Resource"][0] = read["Resource"][0].replace(PROFILE, "${ModelProfile}")
        read["Resource"][1] = re.sub(r"\$\{Select.*\}", "${ModelVendor}", read["Resource"][1])
    if read["Sid"] == "ModelKey":
        read["Resource"] = "${ModelApiKeySecretArn}"
    if read["Sid"] == "Code":
        read["Resource"] = FILE.sub("/${Code}", read["Resource"])
    return read


@pytest.mark.requirement("P003-07", "C")
@pytest.mark.requirement("T006", "C")
@pytest.mark.requirement("T039", "C")
def test_every_execution_role_is_trusted_as_the_contract_says(
    agents: dict[tuple[str, str], Template],
) -> None:
    document = contract("execution-role-trust.json")

    for template in agents.values():
        for role, _ in _roles(template).values():
            words = plain(role["AssumeRolePolicyDocument"], template.to_json(), REGION)
            assert words == document
    assert document["Statement"][0]["Principal"] == {"Service": "bedrock-agentcore.amazonaws.com"}


@pytest.mark.requirement("P003-07", "C")
@pytest.mark.requirement("T007", "C")
@pytest.mark.requirement("T039", "C")
def test_every_execution_role_may_do_what_the_contract_says_and_no_more(
    agents: dict[tuple[str, str], Template],
) -> None:
    document = {
        item["Sid"]: item for item in contract("execution-role-permissions.json")["Statement"]
    }
    seen: set[str] = set()

    for (name, _artifact), template in agents.items():
        for agent, (_, statements) in _roles(template).items():
            for statement in statements:
                sid = statement["Sid"]
                assert _in_words(statement, template, name, agent) == document[sid], (name, agent)
                seen.add(sid)
    assert seen == set(document)
    actions = str(document)
    for action in ("bedrock:InvokeModel", "ecr:GetAuthorizationToken", "logs:CreateLogGroup"):
        assert action in actions


@pytest.mark.requirement("P003-05", "C")
def test_what_is_demanded_before_a_deployment_is_what_the_contract_lists() -> None:
    listed = {
        item["Sid"]: item["Action"] if isinstance(item["Action"], list) else [item["Action"]]
        for item in contract("execution-role-permissions.json")["Statement"]
    }

    demanded = {
        **needed.ALWAYS,
        **needed.OF_A_ZIP,
        **needed.OF_AN_IMAGE,
        **needed.OF_A_KEY,
        **needed.OF_TRACES,
        **needed.OF_MEMORY,
        **needed.OF_MEMORY_WITH_A_KEY,
    }
    assert {sid: sorted(actions) for sid, actions in demanded.items()} == {
        sid: sorted(actions) for sid, actions in listed.items()
    }


@pytest.mark.requirement("T032", "C")
@pytest.mark.requirement("T040", "C")
@pytest.mark.parametrize("name", ["workshop", "prod"])
def test_the_agentcore_endpoint_lets_through_what_the_contract_says(
    name: str, synthesize: Any
) -> None:
    template: Template = synthesize(name, "network")
    service = "com.amazonaws.us-east-1.bedrock-agentcore"
    (endpoint,) = template.find_resources(
        "AWS::EC2::VPCEndpoint", {"Properties": {"ServiceName": service}}
    ).values()

    words = {
        **REGION,
        f"switchboard-{name}-": "switchboard-${Environment}-",
        f"switchboard_{name}-": "switchboard_${Environment}-",
    }
    found = plain(endpoint["Properties"]["PolicyDocument"], template.to_json(), words)
    assert found == contract("vpc-endpoint-policy.json")


@pytest.fixture(scope="module")
def declared(root: Path) -> dict[str, Any]:
    text = (root / "docs/runtime/contracts/agentcore-stack.yaml").read_text()
    found: dict[str, Any] = yaml.safe_load(text)["Outputs"]
    return found


@pytest.mark.requirement("P003-05", "C")
@pytest.mark.requirement("P003-06", "C")
@pytest.mark.requirement("T013", "C")
@pytest.mark.requirement("T014", "C")
@pytest.mark.requirement("T015", "C")
@pytest.mark.requirement("T016", "C")
@pytest.mark.requirement("T017", "C")
@pytest.mark.requirement("T018", "C")
@pytest.mark.requirement("T038", "C")
def test_the_outputs_are_those_of_the_contract_for_every_agent(
    agents: dict[tuple[str, str], Template], declared: dict[str, Any]
) -> None:
    for (name, _artifact), template in agents.items():
        outputs = template.to_json()["Outputs"]
        for prefix in ("", "Code", "Mock", "DemoDeck", "Insight", "Spec", "Review", "ABTest"):
            for output, said in declared.items():
                found = outputs[f"{prefix}{output}"]
                export = said["Export"].replace("${Environment}-", f"{name}-{prefix}")
                assert found["Export"] == {"Name": export}
                _demand_source(found["Value"], said)


def _demand_source(value: Any, said: dict[str, Any]) -> None:
    if "Form" in said:
        begin, _, end = said["Form"].partition("${EncodedArn}")
        text = plain(value, {"Parameters": {}}, REGION)
        assert text.startswith(begin)
        assert text.endswith(end)
        return
    resource, attribute = value["Fn::GetAtt"]
    kind, _, wanted = said["From"].partition(".")
    assert attribute == wanted
    assert kind in resource
