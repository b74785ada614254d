"""Secrets that a template asks to be generated are what it asks for."""

import json

import pytest

from switchboard.local.engine.fixes import generate_secrets_as_asked


def test_a_key_has_the_length_and_the_characters_its_template_asks_for(engine):
    key = engine.secret("Roomy")

    assert len(key) == 40
    assert key.isalnum()


class Shipped:
    """The two engine modules in one: a generator that says what it was asked."""

    def _get_random_password(self, asked):
        if asked.get("PasswordLength") == 0:
            return 400, {}, b"PasswordLength must be between 1 and 4096."
        return 200, {}, json.dumps({"RandomPassword": "generated"})


@pytest.mark.parametrize(
    ("properties", "text"),
    [
        ({}, ""),
        ({"SecretString": "given"}, "given"),
        ({"GenerateSecretString": {}}, "generated"),
        ({"GenerateSecretString": {"PasswordLength": 9}}, "generated"),
        (
            {
                "GenerateSecretString": {
                    "SecretStringTemplate": '{"user": "me"}',
                    "GenerateStringKey": "key",
                }
            },
            '{"user": "me", "key": "generated"}',
        ),
    ],
)
def test_a_secret_is_the_text_given_or_the_one_generated(properties, text):
    shipped = Shipped()
    generate_secrets_as_asked(shipped, shipped)

    assert shipped._sm_secret_string(properties) == text


def test_a_secret_that_cannot_be_generated_fails_its_resource():
    shipped = Shipped()
    generate_secrets_as_asked(shipped, shipped)

    with pytest.raises(ValueError, match="between 1 and 4096"):
        shipped._sm_secret_string({"GenerateSecretString": {"PasswordLength": 0}})
