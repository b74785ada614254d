"""The operator's command that lets one handshake in."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from switchboard.ingress import wiring
from switchboard.ingress.adapters.command_line import arm


@pytest.fixture
def secret(account: Any) -> Any:
    account.session.client("ssm").put_parameter(
        Name="/switchboard/dev/ingress/webhook/secret-arn", Value=account.secret_arn, Type="String"
    )

    def read() -> dict[str, Any]:
        client = account.session.client("secretsmanager")
        value: dict[str, Any] = json.loads(
            client.get_secret_value(SecretId=account.secret_arn)["SecretString"]
        )
        return value

    return read


def test_arming_replaces_a_stored_token_only_when_told_to(
    secret: Any, make: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert arm(wiring.arm_handshake, []) == 1
    assert secret()["verification_token"] == make.token
    assert "--forget" in capsys.readouterr().err

    assert arm(wiring.arm_handshake, ["--forget", "--minutes", "5"]) == 0
    kept = secret()
    assert kept["verification_token"] is None
    assert kept["automation_secret"] == make.automation
    left = datetime.fromisoformat(kept["armed_until"]) - datetime.now(UTC)
    assert timedelta(minutes=4) < left <= timedelta(minutes=5)
    assert "armed until" in capsys.readouterr().out
