"""The AWS operations, through real boto3 clients."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import jwt
import pytest
from botocore.exceptions import ClientError

ASSISTANT_ID = "00000000-0000-4000-8000-000000000002"
AGENT_ID = "00000000-0000-4000-8000-000000000003"
GATEWAY_ID = "poc-itsm-agentcore-gateway-0123456789"
INSTANCE_ID = "00000000-0000-4000-8000-000000000001"
PHONE = "arn:aws:connect:us-east-1:111122223333:phone-number/00000000-0000-4000-8000-000000000009"
NUMBER = "+15555550100"


def code_of(call: Callable[[], Any]) -> str:
    with pytest.raises(ClientError) as caught:
        call()
    error: str = caught.value.response["Error"]["Code"]
    return error


def test_the_instance_is_an_issuer_whose_discovery_and_keys_verify_its_tokens(connect):
    discovery = httpx.get(f"{connect.url}/.well-known/openid-configuration").json()
    with connect.ring() as caller:
        connect.deployment.model.think = lambda _: (
            [("itsm___get_ticket_status", {})]
            if (len(connect.deployment.model.requests) == 1)
            else ["<message>Open.</message>"]
        )
        caller.say("what about my ticket")
    entry, _tool, _arguments = connect.deployment.tools.calls[0]

    keys = httpx.get(discovery["jwks_uri"]).json()["keys"]
    claims = jwt.decode(
        entry.token,
        jwt.PyJWK(keys[0]).key,
        algorithms=["RS256"],
        audience=GATEWAY_ID,
        issuer="https://desk-test.my.connect.aws",
    )
    assert discovery["issuer"] == "https://desk-test.my.connect.aws"
    assert claims["contact_id"] == caller.contact_id
    assert claims["sub"] == INSTANCE_ID
    assert claims["exp"] - claims["iat"] == 300


def test_without_an_instance_discovery_says_what_to_do(served_desk, deployment):
    (deployment.settings.folder.registry / "instance.json").unlink()

    with served_desk() as running:
        answer = httpx.get(f"{running.url}/.well-known/openid-configuration")

    assert answer.status_code == 404
    assert answer.json()["error"]["remediation"].startswith("deploy the desk")


def test_the_signing_key_is_the_same_after_a_restart(served_desk):
    with served_desk() as first:
        before = httpx.get(f"{first.url}/.well-known/jwks.json").json()
    with served_desk() as second:
        after = httpx.get(f"{second.url}/.well-known/jwks.json").json()

    assert before == after


def test_a_contact_is_described_while_it_lives_and_when_it_is_over(connect):
    client = connect.client("connect")
    caller = connect.ring("caller-two")
    during = client.describe_contact(InstanceId=INSTANCE_ID, ContactId=caller.contact_id)
    caller.hang_up()
    after = client.describe_contact(InstanceId=INSTANCE_ID, ContactId=caller.contact_id)

    assert during["Contact"]["CustomerEndpoint"]["Address"] == "caller-two"
    assert during["Contact"]["SystemEndpoint"]["Address"] == NUMBER
    assert during["Contact"]["Attributes"] == {"greeted": "true"}
    assert f"session/{ASSISTANT_ID}/" in during["Contact"]["WisdomInfo"]["SessionArn"]
    assert "DisconnectTimestamp" not in during["Contact"]
    assert after["Contact"]["DisconnectReason"] == "CUSTOMER_DISCONNECT"
    assert after["Contact"]["CustomerEndpoint"] == during["Contact"]["CustomerEndpoint"]


def test_unknown_contacts_and_instances_are_not_found(connect):
    client = connect.client("connect")

    assert code_of(lambda: client.describe_contact(InstanceId=INSTANCE_ID, ContactId="nobody")) == (
        "ResourceNotFoundException"
    )
    assert code_of(lambda: client.describe_contact(InstanceId="elsewhere", ContactId="nobody")) == (
        "ResourceNotFoundException"
    )


def test_associations_survive_a_restart_and_can_be_taken_back(served_desk, deployment):
    with served_desk() as first:
        first.tie_by_api()
    with served_desk() as second:
        with second.ring() as caller:
            greeted = caller.heard
        second.client("connect").disassociate_phone_number_contact_flow(
            PhoneNumberId=PHONE, InstanceId=INSTANCE_ID
        )
        refused = httpx.post(f"{second.url}/calls", json={"from": NUMBER})

    assert greeted == ["How can I help?"]
    assert refused.status_code == 503
    assert "rings no flow" in refused.json()["error"]["message"]


def test_a_number_cannot_ring_a_flow_that_is_not_deployed(connect):
    client = connect.client("connect")

    found = code_of(
        lambda: client.associate_phone_number_contact_flow(
            PhoneNumberId=PHONE, InstanceId=INSTANCE_ID, ContactFlowId="no-such-flow"
        )
    )

    assert found == "ResourceNotFoundException"


def test_an_attribute_that_templates_cannot_set_is_set_by_a_call(connect):
    client = connect.client("connect")
    name = {"InstanceId": INSTANCE_ID, "AttributeType": "BOT_MANAGEMENT"}

    before = code_of(lambda: client.describe_instance_attribute(**name))
    client.update_instance_attribute(**name, Value="true")
    after = client.describe_instance_attribute(**name)

    assert before == "ResourceNotFoundException"
    assert after["Attribute"] == {"AttributeType": "BOT_MANAGEMENT", "Value": "true"}


def test_session_data_belong_to_one_call_and_end_with_it(connect):
    client = connect.client("qconnect")
    caller = connect.ring()
    session = connect.client("connect").describe_contact(
        InstanceId=INSTANCE_ID, ContactId=caller.contact_id
    )["Contact"]["WisdomInfo"]["SessionArn"]
    name = {"assistantId": ASSISTANT_ID, "sessionId": session.rsplit("/", 1)[-1]}
    client.update_session_data(
        **name,
        namespace="Custom",
        data=[{"key": "openTickets", "value": {"stringValue": "INC0000013 is in review"}}],
    )
    caller.say("any news?")
    found = client.get_session(**name)["session"]
    caller.hang_up()

    assert found["sessionArn"] == session
    assert "Tickets: INC0000013 is in review." in connect.deployment.model.requests[0].system
    assert code_of(lambda: client.get_session(**name)) == "ResourceNotFoundException"


def test_session_data_that_are_too_long_are_refused(connect):
    with connect.ring() as caller:
        session = connect.client("connect").describe_contact(
            InstanceId=INSTANCE_ID, ContactId=caller.contact_id
        )["Contact"]["WisdomInfo"]["SessionArn"]
        found = code_of(
            lambda: connect.client("qconnect").update_session_data(
                assistantId=ASSISTANT_ID,
                sessionId=session.rsplit("/", 1)[-1],
                data=[{"key": "callerId", "value": {"stringValue": "x" * 4097}}],
            )
        )

    assert found == "ValidationException"


def test_an_assistant_without_its_default_agent_leaves_the_call_to_the_keypad(connect):
    connect.client("qconnect").remove_assistant_ai_agent(
        assistantId=ASSISTANT_ID,
        aiAgentType="ORCHESTRATION",
        orchestratorUseCase="Connect.SelfService",
    )

    with connect.ring() as caller:
        assert caller.waiting_for == "keys"


def test_only_a_deployed_agent_can_become_the_default(connect):
    found = code_of(
        lambda: connect.client("qconnect").update_assistant_ai_agent(
            assistantId=ASSISTANT_ID,
            aiAgentType="ORCHESTRATION",
            configuration={"aiAgentId": "00000000-0000-4000-8000-00000000ffff"},
        )
    )

    assert found == "ResourceNotFoundException"


def test_a_gateways_audience_is_set_by_a_call_and_kept_in_the_registry(connect):
    client = connect.client("bedrock-agentcore-control")
    before = client.get_gateway(gatewayIdentifier=GATEWAY_ID)
    audience = {"discoveryUrl": "https://desk-test.my.connect.aws/.well-known/openid-configuration",
                "allowedAudience": [GATEWAY_ID]}  # fmt: skip
    updated = client.update_gateway(
        gatewayIdentifier=GATEWAY_ID,
        name="desk",
        roleArn=before["roleArn"],
        protocolType="MCP",
        authorizerType="CUSTOM_JWT",
        authorizerConfiguration={"customJWTAuthorizer": audience},
    )
    after = client.get_gateway(gatewayIdentifier=GATEWAY_ID)
    registered = json.loads(
        (connect.deployment.settings.folder.registry / f"{GATEWAY_ID}.json").read_text()
    )

    assert after["authorizerConfiguration"]["customJWTAuthorizer"] == audience
    assert updated["status"] == "READY"
    assert not after["gatewayUrl"].endswith("/mcp")
    assert registered["properties"]["AuthorizerConfiguration"]["CustomJWTAuthorizer"] == {
        "DiscoveryUrl": audience["discoveryUrl"],
        "AllowedAudience": [GATEWAY_ID],
    }


@pytest.mark.parametrize(
    ("service", "call", "name"),
    [
        ("connect", lambda c: c.list_instances(), "connect:ListInstances"),
        ("qconnect", lambda c: c.list_assistants(), "qconnect:ListAssistants"),
        (
            "bedrock-agentcore-control",
            lambda c: c.list_gateways(),
            "bedrock-agentcore-control:ListGateways",
        ),
    ],
)
def test_an_operation_that_is_not_served_is_named(connect, service, call, name):
    with pytest.raises(ClientError) as caught:
        call(connect.client(service))

    error = caught.value.response["Error"]
    assert error["Code"] == "UnknownOperationException"
    assert name in error["Message"]


def test_an_unsigned_request_and_a_foreign_host_are_refused(connect):
    unsigned = httpx.get(f"{connect.url}/contacts/{INSTANCE_ID}/x")
    foreign = httpx.get(f"{connect.url}/calls", headers={"Host": "desk.example.com"})

    assert unsigned.status_code == 403
    assert foreign.status_code == 400
