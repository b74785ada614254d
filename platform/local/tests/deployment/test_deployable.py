"""What the local engine cannot deploy is refused before anything is changed."""

import json

from switchboard.local.deployment.deployable import refusal


def test_a_template_with_an_unknown_type_is_refused_with_what_to_do() -> None:
    template = {"Resources": {"Ship": {"Type": "AWS::Moon::Ship"}}}

    why = refusal("switchboard-dev-shop", json.dumps(template))

    assert why
    assert "switchboard-dev-shop" in why
    assert "Ship (AWS::Moon::Ship)" in why
    assert "attributes.json" in why


def test_a_template_the_engine_knows_is_not_refused() -> None:
    kinds = ("AWS::SQS::Queue", "AWS::BedrockAgentCore::Runtime", "Custom::ApiCall")
    template = {"Resources": {kind.replace(":", ""): {"Type": kind} for kind in kinds}}

    assert refusal("switchboard-dev-shop", json.dumps(template)) is None
