import json

import pytest

from switchboard.local.deployment.secrets import Secrets, SecretValues

NAMES = ("platform/notion/token-arn", "platform/github/app-arn", "ingress/webhook/secret-arn")


@pytest.fixture
def arns(aws):
    """The secrets as the stacks make and publish them."""
    ssm, manager = aws.client("ssm"), aws.client("secretsmanager")
    found = {}
    for name in NAMES:
        found[name] = manager.create_secret(Name=name, SecretString="generated")["ARN"]
        ssm.put_parameter(Name=f"/switchboard/dev/{name}", Value=found[name], Type="String")
    return found


def test_every_secret_gets_the_value_of_its_stand_in(aws, arns):
    manager = aws.client("secretsmanager")
    values = SecretValues("token", {"app_id": "1", "private_key": "key"}, {"armed_until": None})

    Secrets(aws.client("ssm"), manager, "dev").put(values)

    def value(name):
        return manager.get_secret_value(SecretId=arns[name])["SecretString"]

    assert json.loads(value(NAMES[0])) == {"token": "token"}
    assert json.loads(value(NAMES[1])) == {"app_id": "1", "private_key": "key"}
    assert json.loads(value(NAMES[2])) == {"armed_until": None}


def test_a_value_that_is_there_is_not_put_again(aws, arns):
    manager = aws.client("secretsmanager")
    secrets = Secrets(aws.client("ssm"), manager, "dev")
    values = SecretValues("token", {}, {})

    secrets.put(values)
    version = manager.get_secret_value(SecretId=arns[NAMES[0]])["VersionId"]
    secrets.put(values)

    assert manager.get_secret_value(SecretId=arns[NAMES[0]])["VersionId"] == version
