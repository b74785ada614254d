from pathlib import Path

import pytest
from pydantic import ValidationError

from switchboard.local.embedded import api_url
from switchboard.local.home import CheckoutNotFoundError, repository_root
from switchboard.local.settings import LocalSettings, user_environment


def test_the_state_folder_is_in_the_checkout_unless_it_is_moved():
    assert LocalSettings.from_env({}).home == repository_root() / ".switchboard"
    moved = {"SWITCHBOARD_HOME": "elsewhere"}
    assert LocalSettings.from_env(moved).home == Path.cwd() / "elsewhere"


def test_each_port_has_its_variable():
    settings = LocalSettings.from_env({"SWITCHBOARD_PORT_GATEWAY": "9802"})

    assert settings.mcp_url == "http://127.0.0.1:9802/mcp"
    assert settings.engine_url == "http://127.0.0.1:4566"


def test_a_port_that_is_none_is_refused():
    with pytest.raises(ValidationError, match="port_notion"):
        LocalSettings.from_env({"SWITCHBOARD_PORT_NOTION": "none"})


def test_settings_survive_the_way_to_another_process():
    settings = LocalSettings(home=Path("/state"), port_notion=1234)

    assert LocalSettings.from_env(settings.as_environment()) == settings


def test_the_users_own_aws_account_never_reaches_a_process_of_the_platform():
    given = {"AWS_PROFILE": "mine", "AWS_SECRET_ACCESS_KEY": "real", "PATH": "/bin"}

    assert user_environment(given) == {"PATH": "/bin"}


def test_the_root_is_found_from_inside_a_checkout_only(tmp_path):
    with pytest.raises(CheckoutNotFoundError, match=r"no hatch.toml"):
        repository_root(tmp_path / "file.py")


@pytest.mark.parametrize(
    ("published", "local"),
    [
        ("https://ab12.execute-api.us-east-1.amazonaws.com/prod/", "ab12/prod"),
        ("https://ab12.execute-api.us-east-1.amazonaws.com", "ab12/$default"),
        ("https://ab12.execute-api.us-east-1.amazonaws.com/prod/tickets/7", "ab12/prod/tickets/7"),
    ],
)
def test_a_published_api_url_is_reached_on_loopback(published, local):
    settings = LocalSettings(home=Path("/state"))

    assert api_url(settings, published) == f"http://127.0.0.1:4566/_aws/execute-api/{local}"
    assert api_url(settings, "http://127.0.0.1:1/x/") == "http://127.0.0.1:1/x"


def test_the_agents_use_the_playbooks_unless_a_model_is_chosen():
    assert LocalSettings.from_env({}).model_id == "offline.playbook"
    chosen = LocalSettings.from_env(
        {"SWITCHBOARD_MODEL_PROVIDER": "ollama", "SWITCHBOARD_MODEL_ID": "llama3.1:8b"}
    )
    assert (chosen.model_provider, chosen.model_id) == ("ollama", "llama3.1:8b")


def test_a_models_key_reaches_no_process_and_no_print():
    given = {"SWITCHBOARD_MODEL_API_KEY": "not-a-key-of-anybody", "PATH": "/bin"}

    settings = LocalSettings.from_env(given)

    assert user_environment(given) == {"PATH": "/bin"}
    assert "not-a-key-of-anybody" not in f"{settings!r} {settings.as_environment()}"
