"""The synthesized template of voice, once for all tests."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template
from voice_stack import build

from switchboard.constructs.environments import environment


@pytest.fixture(scope="session")
def template() -> Template:
    app = cdk.App(context={"aws:cdk:bundling-stacks": []})
    return Template.from_stack(build(app, environment("dev")))


@pytest.fixture(scope="session")
def resources(template: Template) -> dict[str, Any]:
    found: dict[str, Any] = template.to_json()["Resources"]
    return found
