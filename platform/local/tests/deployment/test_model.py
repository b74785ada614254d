"""The agents' model as parameters of their stack, with its key in Secrets Manager."""

from pathlib import Path

from pydantic import SecretStr

from switchboard.local.deployment.model import SECRET, AgentsModel
from switchboard.local.settings import LocalSettings

AGENTS = "switchboard-dev-agents"
KEY = "not-a-key-of-anybody"


def settings(**model):
    return LocalSettings(home=Path("/state"), **model)


def test_without_a_choice_the_agents_use_the_playbooks(aws):
    found = AgentsModel(settings(), aws.client("secretsmanager")).parameters()

    assert found == {
        f"{AGENTS}:ModelProvider": "bedrock",
        f"{AGENTS}:ModelId": "offline.playbook",
        f"{AGENTS}:ModelBaseUrl": "",
        f"{AGENTS}:ModelApiKeySecretArn": "",
    }


def test_a_key_is_put_into_a_secret_and_only_its_arn_is_a_parameter(aws):
    manager = aws.client("secretsmanager")
    chosen = settings(model_provider="openai", model_id="gpt-5", model_api_key=SecretStr(KEY))

    found = AgentsModel(chosen, manager).parameters()

    arn = found[f"{AGENTS}:ModelApiKeySecretArn"]
    assert manager.get_secret_value(SecretId=arn)["SecretString"] == KEY
    assert KEY not in str(found)


def test_another_key_takes_the_place_of_the_one_before(aws):
    manager = aws.client("secretsmanager")
    for key in ("first-key", "second-key"):
        found = AgentsModel(settings(model_api_key=SecretStr(key)), manager).parameters()

    arn = found[f"{AGENTS}:ModelApiKeySecretArn"]
    assert manager.get_secret_value(SecretId=arn)["SecretString"] == "second-key"
    assert [item["Name"] for item in manager.list_secrets()["SecretList"]] == [SECRET]
