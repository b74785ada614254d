import json

import pytest

from switchboard.local.deployment.deployer import DeployError
from switchboard.local.engine.registry import Registry


def _write(folder, name, template):
    """A cloud assembly of one stack."""
    folder.mkdir()
    (folder / f"{name}.template.json").write_text(json.dumps(template))
    (folder / f"{name}.assets.json").write_text(json.dumps({"files": {}}))
    artifact = {
        "type": "aws:cloudformation:stack",
        "properties": {"templateFile": f"{name}.template.json"},
    }
    (folder / "manifest.json").write_text(json.dumps({"artifacts": {name: artifact}}))
    return folder


def _runtime(engine):
    registry = Registry(engine.settings.folder.registry)
    return registry.of_type("AWS::BedrockAgentCore::Runtime")


def test_a_stack_that_is_deployed_as_it_is_stays_untouched(engine):
    assert engine.deploy() == ["unchanged"]


def test_references_answer_what_aws_answers(engine):
    outputs = engine.outputs

    assert outputs["Secret"].startswith("arn:aws:secretsmanager:us-east-1:111122223333:secret:")
    assert outputs["Provider"].startswith("https://cognito-idp.us-east-1.amazonaws.com/us-east-1_")
    assert outputs["Gateway"] == engine.settings.mcp_url


def test_a_deployed_runtime_is_on_record_with_resolved_properties(engine):
    [runtime] = _runtime(engine)

    assert runtime.attributes["AgentRuntimeArn"] == engine.outputs["Runtime"]
    assert runtime.physical_id == f"probe_code-{runtime.physical_id[-10:]}"
    assert runtime.properties["EnvironmentVariables"] == {"GATEWAY": engine.settings.mcp_url}


def test_an_update_of_a_runtime_keeps_its_arn_and_counts_its_version(engine, tmp_path):
    name = "switchboard-dev-runtime"

    def deploy(model):
        properties = {"AgentRuntimeName": "switched", "EnvironmentVariables": {"MODEL_ID": model}}
        resource = {"Type": "AWS::BedrockAgentCore::Runtime", "Properties": properties}
        folder = _write(tmp_path / model, name, {"Resources": {"Runtime": resource}})
        engine.deployer.deploy(folder, {}, print)
        return next(item for item in _runtime(engine) if item.physical_id.startswith("switched-"))

    first, second = deploy("one"), deploy("two")

    assert first.attributes["AgentRuntimeArn"] == second.attributes["AgentRuntimeArn"]
    assert [item.attributes["AgentRuntimeVersion"] for item in (first, second)] == ["1", "2"]
    assert second.properties["EnvironmentVariables"] == {"MODEL_ID": "two"}


def test_a_parameter_reaches_the_stacks_that_declare_it_and_a_new_value_updates_them(
    engine, tmp_path
):
    template = {
        "Parameters": {"ModelId": {"Type": "String", "Default": "real"}},
        "Resources": {
            "Parameter": {
                "Type": "AWS::SSM::Parameter",
                "Properties": {
                    "Name": "/probe/model",
                    "Type": "String",
                    "Value": {"Ref": "ModelId"},
                },
            }
        },
    }
    folder = _write(tmp_path / "one", "switchboard-dev-parameter", template)

    def deploy(model):
        [done] = engine.deployer.deploy(folder, {"ModelId": model, "Other": "ignored"}, print)
        found = engine.client("ssm").get_parameter(Name="/probe/model")
        return done.outcome, found["Parameter"]["Value"]

    assert deploy("offline") == ("created", "offline")
    assert deploy("offline") == ("unchanged", "offline")
    assert deploy("other") == ("updated", "other")


def test_a_failure_names_stack_resource_and_reason(engine, tmp_path):
    code = {"S3Bucket": "nowhere", "S3Key": "nothing"}
    properties = {"Runtime": "python3.12", "Handler": "a.b", "Role": "arn:r", "Code": code}
    template = {
        "Resources": {"Broken": {"Type": "AWS::Lambda::Function", "Properties": properties}}
    }
    folder = _write(tmp_path / "one", "switchboard-dev-broken", template)

    with pytest.raises(DeployError, match=r"switchboard-dev-broken.*Broken \(AWS::Lambda::Fun"):
        engine.deployer.deploy(folder, {}, print)


def test_a_stack_that_failed_can_be_deployed_when_it_is_mended(engine, tmp_path):
    name = "switchboard-dev-mended"
    parameter = {"Name": "/probe/mended", "Type": "String", "Value": "x"}
    resource = {"Type": "AWS::SSM::Parameter", "Properties": parameter}
    code = {"S3Bucket": "nowhere", "S3Key": "nothing"}
    function = {"Runtime": "python3.12", "Handler": "a.b", "Role": "arn:r", "Code": code}
    broken = {"Type": "AWS::Lambda::Function", "Properties": function}

    bad = _write(tmp_path / "bad", name, {"Resources": {"Parameter": resource, "Function": broken}})
    with pytest.raises(DeployError):
        engine.deployer.deploy(bad, {}, print)
    [done] = engine.deployer.deploy(
        _write(tmp_path / "good", name, {"Resources": {"Parameter": resource}}), {}, print
    )

    assert done.outcome == "created"


def test_a_type_the_engine_does_not_know_is_named(engine, tmp_path):
    template = {"Resources": {"Thing": {"Type": "AWS::Nothing::Thing", "Properties": {}}}}
    folder = _write(tmp_path / "one", "switchboard-dev-unknown", template)

    with pytest.raises(DeployError, match="AWS::Nothing::Thing"):
        engine.deployer.deploy(folder, {}, print)


def test_a_gateway_target_that_is_not_served_is_refused_with_what_to_use(engine, tmp_path):
    target = {
        "Name": "other",
        "GatewayIdentifier": "probe-desk",
        "TargetConfiguration": {"Mcp": {"ApiGateway": {"RestApiId": "abc", "Stage": "poc"}}},
    }
    resource = {"Type": "AWS::BedrockAgentCore::GatewayTarget", "Properties": target}
    folder = _write(tmp_path / "one", "switchboard-dev-target", {"Resources": {"Target": resource}})

    with pytest.raises(DeployError, match="not ApiGateway: describe the API with OpenApiSchema"):
        engine.deployer.deploy(folder, {}, print)


def test_a_reference_to_a_secret_is_resolved_in_the_types_that_were_added(engine):
    registry = Registry(engine.settings.folder.registry)

    [provider] = registry.of_type("AWS::BedrockAgentCore::ApiKeyCredentialProvider")

    assert provider.properties["ApiKey"] == engine.secret("Roomy")
