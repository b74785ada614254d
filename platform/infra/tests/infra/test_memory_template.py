"""The agents' memory as it is deployed."""

from typing import Any

import pytest
from aws_cdk.assertions import Match, Template

NAMESPACE = "/projects/{actorId}/facts/"
MEMORY = "AWS::BedrockAgentCore::Memory"


@pytest.mark.requirement("MEM-01", "S")
def test_turns_are_kept_for_a_month_in_agentcore_memory(template: Template) -> None:
    template.has_resource_properties(MEMORY, {"Name": "switchboard_dev", "EventExpiryDuration": 30})


@pytest.mark.requirement("MEM-02", "S")
def test_facts_are_found_by_meaning_in_a_namespace_of_each_project(template: Template) -> None:
    template.has_resource_properties(
        MEMORY,
        {
            "MemoryStrategies": [
                {"SemanticMemoryStrategy": Match.object_like({"Namespaces": [NAMESPACE]})}
            ]
        },
    )


def test_agents_look_it_up(template: Template) -> None:
    for name in ("id", "arn"):
        template.has_resource_properties(
            "AWS::SSM::Parameter", {"Name": f"/switchboard/dev/platform/memory/{name}"}
        )


def test_it_is_encrypted_with_a_key_of_our_own_where_the_environment_asks_and_kept_in_prod(
    synthesize: Any, template: Template
) -> None:
    [dev] = template.find_resources(MEMORY).values()
    [prod] = synthesize("prod").find_resources(MEMORY).values()

    assert "EncryptionKeyArn" not in dev["Properties"]
    assert "Fn::GetAtt" in prod["Properties"]["EncryptionKeyArn"]
    assert prod["DeletionPolicy"] == "Retain"
