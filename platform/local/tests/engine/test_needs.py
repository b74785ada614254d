"""What a call needs, from requests exactly as the SDK makes them."""

import asyncio
import json
from urllib.parse import urlsplit

import boto3
import pytest

from switchboard.local.engine.calls import CallJournal
from switchboard.local.engine.need import Need, Request
from switchboard.local.engine.needs import needs
from switchboard.local.engine.roles import access_key, credentials, role_name

ROLE = "arn:aws:iam::111122223333:role/switchboard-dev-shop-WorkerRole-1A"
HERE = "us-east-1:111122223333"
TABLE, OTHER = f"arn:aws:dynamodb:{HERE}:table/orders", f"arn:aws:dynamodb:{HERE}:table/other"
KEY = {"pk": {"S": "secret-key"}}
RUNTIME = f"arn:aws:bedrock-agentcore:{HERE}:runtime/code-1"
TIMER = "arn:aws:iam::111122223333:role/timer"
IDENTITY = "bedrock-agentcore-identity!default"
DOCUMENTS = [
    {"content": {"dataSourceType": "S3", "s3": {"s3Location": {"uri": "s3://shelf/secret"}}}}
]
INSTANCE = f"arn:aws:connect:{HERE}:instance/i-1"
AGENT = f"arn:aws:wisdom:{HERE}:ai-agent/a-1/g-1"
VIA = {"aws:ViaAWSService": "true"}
TO_SCHEDULER = {"iam:PassedToService": "scheduler.amazonaws.com"}
DIRECTORY = f"arn:aws:bedrock-agentcore:{HERE}:workload-identity-directory/default"
ANYBODY = (DIRECTORY, f"{DIRECTORY}/workload-identity/*")
VAULT = f"arn:aws:bedrock-agentcore:{HERE}:token-vault/default"


@pytest.fixture
def noted(tmp_path):
    """Make a call with the role's key; returns the lines of the journal."""
    path = tmp_path / "aws.jsonl"

    def call(service, operation, status=200, **parameters):
        session = boto3.Session(access_key(ROLE), "local", region_name="us-east-1")
        client = session.client(service, endpoint_url="http://127.0.0.1:1")

        def take(request, **_):
            raise _SentError(request)

        client.meta.events.register("before-send", take)
        with pytest.raises(_SentError) as sent:
            getattr(client, operation)(**parameters)
        _through(CallJournal(_answering(status), path), sent.value.args[0])
        return [json.loads(line) for line in path.read_text().splitlines()]

    return call


class _SentError(Exception):
    """The request, taken before it leaves."""


def _answering(status):
    async def app(_scope, _receive, send):
        await send({"type": "http.response.start", "status": status, "headers": []})

    return app


def _through(journal, request):
    url = urlsplit(request.url)
    body = request.body or b""
    whole = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else b""
    messages = [whole[:10], whole[10:]]

    async def receive():
        return {"type": "http.request", "body": messages.pop(0), "more_body": bool(messages)}

    async def send(_message):
        pass

    headers = [
        (name.lower().encode(), value if isinstance(value, bytes) else str(value).encode())
        for name, value in request.headers.items()
    ]
    scope = {
        "type": "http",
        "method": request.method,
        "path": url.path,
        "raw_path": url.path.encode(),
        "query_string": url.query.encode(),
        "headers": headers,
    }
    asyncio.run(journal(scope, receive, send))


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "needed"),
    [
        (
            "dynamodb",
            "get_item",
            {"TableName": "orders", "Key": KEY},
            [["dynamodb:GetItem", TABLE]],
        ),
        (
            "dynamodb",
            "query",
            {"TableName": TABLE, "IndexName": "by_due", "KeyConditionExpression": "a = b"},
            [["dynamodb:Query", f"{TABLE}/index/by_due"]],
        ),
        (
            "dynamodb",
            "transact_write_items",
            {
                "TransactItems": [
                    {"Put": {"TableName": "orders", "Item": KEY}},
                    {"Put": {"TableName": "orders", "Item": KEY}},
                    {
                        "ConditionCheck": {
                            "TableName": "other",
                            "Key": KEY,
                            "ConditionExpression": "a",
                        }
                    },
                ]
            },
            [["dynamodb:PutItem", TABLE], ["dynamodb:ConditionCheckItem", OTHER]],
        ),
        (
            "dynamodb",
            "batch_get_item",
            {"RequestItems": {"orders": {"Keys": [KEY]}, "other": {"Keys": [KEY]}}},
            [["dynamodb:BatchGetItem", TABLE], ["dynamodb:BatchGetItem", OTHER]],
        ),
        (
            "sqs",
            "send_message_batch",
            {
                "QueueUrl": "http://127.0.0.1:1/111122223333/jobs",
                "Entries": [{"Id": "1", "MessageBody": "secret"}],
            },
            [["sqs:SendMessage", f"arn:aws:sqs:{HERE}:jobs"]],
        ),
        (
            "events",
            "put_events",
            {"Entries": [{"EventBusName": "ours", "Detail": '{"secret": 1}'}]},
            [["events:PutEvents", f"arn:aws:events:{HERE}:event-bus/ours"]],
        ),
        (
            "secretsmanager",
            "get_secret_value",
            {"SecretId": "token"},
            [
                [
                    "secretsmanager:GetSecretValue",
                    f"arn:aws:secretsmanager:{HERE}:secret:token-??????",
                ]
            ],
        ),
        (
            "ssm",
            "get_parameter",
            {"Name": "/switchboard/dev/x"},
            [["ssm:GetParameter", f"arn:aws:ssm:{HERE}:parameter/switchboard/dev/x"]],
        ),
        (
            "s3",
            "put_object",
            {"Bucket": "shelf", "Key": "a b/c", "Body": b"secret", "Tagging": "t=1"},
            [
                [f"s3:{action}", "arn:aws:s3:::shelf/a b/c"]
                for action in ("PutObject", "PutObjectTagging")
            ],
        ),
        ("s3", "list_objects_v2", {"Bucket": "shelf"}, [["s3:ListBucket", "arn:aws:s3:::shelf"]]),
        (
            "lambda",
            "invoke",
            {"FunctionName": "work", "Payload": b"{}"},
            [["lambda:InvokeFunction", f"arn:aws:lambda:{HERE}:function:work"]],
        ),
        (
            "scheduler",
            "create_schedule",
            {
                "Name": "deadline",
                "GroupName": "timers",
                "ScheduleExpression": "at(2026-01-01T00:00:00)",
                "FlexibleTimeWindow": {"Mode": "OFF"},
                "Target": {"Arn": "arn:aws:sqs:x", "RoleArn": TIMER, "Input": "secret"},
            },
            [
                ["scheduler:CreateSchedule", f"arn:aws:scheduler:{HERE}:schedule/timers/deadline"],
                ["iam:PassRole", TIMER, TO_SCHEDULER],
            ],
        ),
        (
            "bedrock-agentcore",
            "invoke_agent_runtime",
            {
                "agentRuntimeArn": RUNTIME,
                "qualifier": "dev",
                "runtimeUserId": "ada",
                "payload": b"secret",
            },
            [
                [f"bedrock-agentcore:{action}", resource]
                for action in ("InvokeAgentRuntime", "InvokeAgentRuntimeForUser")
                for resource in (RUNTIME, f"{RUNTIME}/runtime-endpoint/dev")
            ],
        ),
        (
            "bedrock-agentcore",
            "get_resource_oauth2_token",
            {
                "workloadIdentityToken": "secret",
                "resourceCredentialProviderName": "gate",
                "scopes": [],
                "oauth2Flow": "M2M",
            },
            [
                *(
                    ["bedrock-agentcore:GetResourceOauth2Token", resource]
                    for resource in (*ANYBODY, VAULT, f"{VAULT}/oauth2credentialprovider/gate")
                ),
                [
                    "secretsmanager:GetSecretValue",
                    f"arn:aws:secretsmanager:{HERE}:secret:{IDENTITY}/oauth2/gate-??????",
                    VIA,
                ],
            ],
        ),
        (
            "bedrock-agentcore",
            "get_resource_api_key",
            {"workloadIdentityToken": "secret", "resourceCredentialProviderName": "key"},
            [
                *(
                    ["bedrock-agentcore:GetResourceApiKey", resource]
                    for resource in (*ANYBODY, VAULT, f"{VAULT}/apikeycredentialprovider/key")
                ),
                ["secretsmanager:GetSecretValue", "", VIA],
            ],
        ),
        (
            "bedrock-agentcore",
            "create_event",
            {
                "memoryId": "memory_1-ab12CD34ef",
                "actorId": "ada",
                "eventTimestamp": 1,
                "payload": [{"blob": "secret"}],
            },
            [
                [
                    "bedrock-agentcore:CreateEvent",
                    f"arn:aws:bedrock-agentcore:{HERE}:memory/memory_1-ab12CD34ef",
                ]
            ],
        ),
        (
            "bedrock-agentcore",
            "list_events",
            {"memoryId": "memory_1-ab12CD34ef", "actorId": "ada", "sessionId": "s"},
            [
                [
                    "bedrock-agentcore:ListEvents",
                    f"arn:aws:bedrock-agentcore:{HERE}:memory/memory_1-ab12CD34ef",
                ]
            ],
        ),
        (
            "bedrock-agentcore",
            "start_code_interpreter_session",
            {"codeInterpreterIdentifier": "box-1"},
            [
                [
                    "bedrock-agentcore:StartCodeInterpreterSession",
                    f"arn:aws:bedrock-agentcore:{HERE}:code-interpreter*/box-1",
                ]
            ],
        ),
        (
            "bedrock-runtime",
            "converse_stream",
            {"modelId": "us.vendor.model", "messages": []},
            [
                ["bedrock:InvokeModelWithResponseStream", f"arn:aws:bedrock:{resource}"]
                for resource in (
                    f"{HERE}:inference-profile/us.vendor.model",
                    "*::foundation-model/vendor.model*",
                )
            ],
        ),
        (
            "bedrock-agent",
            "ingest_knowledge_base_documents",
            {"knowledgeBaseId": "K1", "dataSourceId": "D1", "documents": DOCUMENTS},
            [
                [f"bedrock:{action}", f"arn:aws:bedrock:{HERE}:knowledge-base/K1"]
                for action in ("IngestKnowledgeBaseDocuments", "StartIngestionJob")
            ],
        ),
        (
            "connect",
            "describe_contact",
            {"InstanceId": "i-1", "ContactId": "c-1"},
            [["connect:DescribeContact", f"arn:aws:connect:{HERE}:instance/i-1/contact/c-1"]],
        ),
        (
            "bedrock-agentcore",
            "get_workload_access_token",
            {"workloadName": "tools"},
            [
                ["bedrock-agentcore:GetWorkloadAccessToken", resource]
                for resource in (DIRECTORY, f"{DIRECTORY}/workload-identity/tools")
            ],
        ),
        (
            "connect",
            "associate_security_profiles",
            {
                "InstanceId": "i-1",
                "SecurityProfiles": [{"Id": "p-1"}],
                "EntityType": "AI_AGENT",
                "EntityArn": AGENT,
            },
            [
                *(
                    ["connect:AssociateSecurityProfiles", resource]
                    for resource in (INSTANCE, f"{INSTANCE}/security-profile/p-1", AGENT)
                ),
                ["wisdom:GetAIAgent", AGENT],
            ],
        ),
        (
            "connect",
            "associate_phone_number_contact_flow",
            {"InstanceId": "i-1", "PhoneNumberId": "n-1", "ContactFlowId": "f-1"},
            [
                ["connect:AssociatePhoneNumberContactFlow", resource]
                for resource in (
                    f"arn:aws:connect:{HERE}:phone-number/n-1",
                    f"{INSTANCE}/contact-flow/f-1",
                )
            ],
        ),
        (
            "qconnect",
            "update_session_data",
            {"assistantId": "a-1", "sessionId": "s-1", "data": []},
            [
                ["wisdom:UpdateSessionData", f"arn:aws:wisdom:{HERE}:{resource}"]
                for resource in ("assistant/a-1", "session/a-1/s-1")
            ],
        ),
        ("sns", "list_topics", {}, [["sns:ListTopics", ""]]),
    ],
)
def test_a_call_notes_the_role_and_every_permission_it_needs_but_no_content(
    noted, service, operation, parameters, needed
):
    [call] = noted(service, operation, **parameters)

    assert call["role"] == "switchboard-dev-shop-WorkerRole-1A"
    assert call["needs"] == needed
    assert "secret-key" not in json.dumps(call)
    assert '"secret"' not in json.dumps(call)


def test_who_asks_for_an_object_that_is_not_there_needs_to_list_the_bucket(noted):
    calls = noted("s3", "head_object", status=404, Bucket="shelf", Key="gone")

    assert [call["needs"] for call in calls] == [
        [["s3:GetObject", "arn:aws:s3:::shelf/gone"]],
        [["s3:ListBucket", "arn:aws:s3:::shelf"]],
    ]


def test_a_request_of_another_shape_than_its_service_asks_for_needs_the_operation_itself():
    body = {"TransactItems": ["what?"]}
    request = Request("dynamodb", "TransactWriteItems", "us-east-1", "111122223333", body=body)

    assert needs(request) == [Need("dynamodb:TransactWriteItems")]


def test_only_a_role_has_a_key():
    assert credentials(ROLE) == {"AWS_ACCESS_KEY_ID": access_key(ROLE)}
    assert access_key("arn:aws:iam::111122223333:role/path/to/it") == "ASIA-111122223333-it"
    assert credentials("not a role") == {}
    assert role_name("not a role") == ""
