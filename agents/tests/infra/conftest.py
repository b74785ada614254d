"""The agents' stack as templates, each synthesized once."""

import json
from collections.abc import Callable

import aws_cdk as cdk
import pytest
from agents_stack import build
from aws_cdk.assertions import Template

from switchboard.constructs.environments import environment


@pytest.fixture(scope="session")
def synthesized() -> Callable[..., Template]:
    """The agents' template of an environment with some CDK context."""
    made: dict[str, Template] = {}

    def template(name: str = "dev", **context: str) -> Template:
        key = json.dumps([name, context], sort_keys=True)
        if key not in made:
            app = cdk.App(context={"aws:cdk:bundling-stacks": [], **context})
            made[key] = Template.from_stack(build(app, environment(name)))
        return made[key]

    return template
