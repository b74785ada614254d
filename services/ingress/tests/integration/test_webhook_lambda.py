"""The deployed doors: an API Gateway event in, an HTTP answer out, one row in between."""

import base64
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from switchboard.ingress import handler


def post(make: Any, sent: Any, **changes: Any) -> dict[str, Any]:
    """A signed request as API Gateway hands it over."""
    raw = sent if isinstance(sent, bytes) else json.dumps(sent).encode()
    return {
        "resource": "/webhook/notion",
        "httpMethod": "POST",
        "headers": {"X-Notion-Signature": make.sign(raw), "Content-Type": "application/json"},
        "body": raw.decode(),
        "isBase64Encoded": False,
        **changes,
    }


@pytest.fixture
def body(make: Any) -> dict[str, Any]:
    sent: dict[str, Any] = make.notion_body(timestamp=datetime.now(UTC).isoformat())
    return sent


@pytest.mark.requirement("ING-03", "U")
def test_a_signed_webhook_is_accepted_and_lies_in_the_outbox(
    account: Any, make: Any, body: dict[str, Any]
) -> None:
    answer = handler.webhook(post(make, body), None)

    assert answer["statusCode"] == 200
    assert json.loads(answer["body"])["status"] == "accepted"
    (detail,) = account.outbox("ContentChanged.v1")
    assert detail["data"]["page_id"] == make.page
    (row,) = account.rows()
    assert row["source"] == "switchboard.ingress"


def test_a_repeated_webhook_is_answered_200_and_kept_once(
    account: Any, make: Any, body: dict[str, Any]
) -> None:
    handler.webhook(post(make, body), None)
    answer = handler.webhook(post(make, {**body, "attempt_number": 2}), None)

    assert (answer["statusCode"], json.loads(answer["body"])["status"]) == (200, "duplicate")
    assert len(account.rows()) == 1


def test_a_base64_body_is_verified_as_the_bytes_it_stands_for(
    account: Any, make: Any, body: dict[str, Any]
) -> None:
    raw = json.dumps(body).encode()
    encoded = base64.b64encode(raw).decode()

    answer = handler.webhook(post(make, raw, body=encoded, isBase64Encoded=True), None)

    assert answer["statusCode"] == 200


@pytest.mark.requirement("ING-20", "C")
def test_a_table_that_is_away_is_a_500_that_notion_retries_on(
    account: Any, make: Any, body: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    account.session.client("dynamodb").delete_table(TableName="ingress")

    answer = handler.webhook(post(make, body), None)

    assert answer["statusCode"] == 500
    assert json.loads(answer["body"])["error"]["code"] == "INTERNAL_ERROR"


def test_the_handshake_is_stored_in_the_secret_while_armed(account: Any, make: Any) -> None:
    secrets = account.session.client("secretsmanager")
    until = datetime.now(UTC) + timedelta(minutes=10)
    armed = {"verification_token": None, "automation_secret": "a", "armed_until": str(until)}
    secrets.put_secret_value(SecretId=account.secret_arn, SecretString=json.dumps(armed))

    answer = handler.webhook(post(make, {"verification_token": "secret_brand_new"}), None)

    assert json.loads(answer["body"])["status"] == "verified"
    kept = json.loads(secrets.get_secret_value(SecretId=account.secret_arn)["SecretString"])
    assert kept == {
        "verification_token": "secret_brand_new",
        "automation_secret": "a",
        "armed_until": None,
    }


def test_the_door_loads_no_notion_client() -> None:
    program = (
        "import sys, switchboard.ingress.handler\n"
        "print([name for name in ('notion_client', 'httpx') if name in sys.modules])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )

    assert answer.stdout.strip() == "[]"


def test_nothing_of_the_bundle_needs_the_type_stubs() -> None:
    program = (
        "import sys\n"
        "sys.modules.update({n: None for n in ('mypy_boto3_dynamodb', 'mypy_boto3_events',"
        " 'mypy_boto3_s3', 'mypy_boto3_secretsmanager', 'mypy_boto3_sqs')})\n"
        "import switchboard.ingress.handler, switchboard.ingress.adapters.notion\n"
        "import switchboard.ingress.adapters.s3, switchboard.runtime.relay_handler\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
