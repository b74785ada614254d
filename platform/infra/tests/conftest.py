"""The platform's template, synthesized once for all tests."""

from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template
from platform_stack import build

from switchboard.constructs.environments import environment


@pytest.fixture(scope="session")
def synthesize(tmp_path_factory: pytest.TempPathFactory) -> Any:
    def template(name: str = "dev", **context: str) -> Template:
        out = str(tmp_path_factory.mktemp("cdk"))
        app = cdk.App(outdir=out, context={"aws:cdk:bundling-stacks": [], **context})
        return Template.from_stack(build(app, environment(name)))

    return template


@pytest.fixture(scope="session")
def template(synthesize: Any) -> Template:
    built: Template = synthesize()
    return built


@pytest.fixture(scope="session")
def resources(template: Template) -> dict[str, Any]:
    found: dict[str, Any] = template.to_json()["Resources"]
    return found


@pytest.fixture(scope="session")
def root() -> Path:
    return Path(__file__).parents[3]
