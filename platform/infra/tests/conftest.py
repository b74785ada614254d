"""The platform's templates, synthesized once for all tests."""

from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template
from platform_stack import build

from switchboard.constructs.environments import environment

STACKS = ("platform", "connect", "desk")


@pytest.fixture(scope="session")
def app_of(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The app of an environment."""

    def built(name: str = "dev", **context: str) -> cdk.App:
        out = str(tmp_path_factory.mktemp("cdk"))
        app = cdk.App(outdir=out, context={"aws:cdk:bundling-stacks": [], **context})
        build(app, environment(name))
        return app

    return built


@pytest.fixture(scope="session")
def synthesize(app_of: Any) -> Any:
    """The template of one stack of an environment."""

    def template(name: str = "dev", stack: str = "platform", **context: str) -> Template:
        found = app_of(name, **context).node.find_child(f"switchboard-{name}-{stack}")
        return Template.from_stack(found)

    return template


@pytest.fixture(scope="session")
def templates(app_of: Any) -> dict[str, Template]:
    """The three templates of dev."""
    app = app_of()
    return {
        stack: Template.from_stack(app.node.find_child(f"switchboard-dev-{stack}"))
        for stack in STACKS
    }


@pytest.fixture(scope="session")
def template(templates: dict[str, Template]) -> Template:
    return templates["platform"]


@pytest.fixture(scope="session")
def connect(templates: dict[str, Template]) -> Template:
    return templates["connect"]


@pytest.fixture(scope="session")
def desk(templates: dict[str, Template]) -> Template:
    return templates["desk"]


@pytest.fixture(scope="session")
def resources(template: Template) -> dict[str, Any]:
    found: dict[str, Any] = template.to_json()["Resources"]
    return found


@pytest.fixture(scope="session")
def root() -> Path:
    return Path(__file__).parents[3]
