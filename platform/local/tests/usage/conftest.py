"""Stacks with roles and policies."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from switchboard.local.infra_gates.assembly import Stack

VERSION = "2012-10-17"
Resource = tuple[str, dict[str, Any]]


@pytest.fixture
def stack(tmp_path: Path) -> Callable[..., Stack]:
    """A stack of dev; resources are given as `id=(type, properties)`."""

    def make(
        name: str = "shop", parameters: dict[str, Any] | None = None, **resources: Any
    ) -> Stack:
        return Stack(
            app=name,
            environment="dev",
            name=f"switchboard-dev-{name}",
            template={
                "Resources": {
                    key: {"Type": kind, "Properties": properties}
                    for key, (kind, properties) in resources.items()
                },
                "Parameters": parameters or {},
            },
            file=tmp_path / f"{name}.template.json",
            paths={key: f"{key.removesuffix('Role')}/Role" for key in resources},
        )

    return make


@pytest.fixture
def role() -> Callable[..., Resource]:
    """A role's resource."""
    trust = {"Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}}]}
    return lambda **more: (
        "AWS::IAM::Role",
        {"AssumeRolePolicyDocument": {"Version": VERSION, **trust}, **more},
    )


@pytest.fixture
def policy() -> Callable[..., Resource]:
    """A policy's resource: its name, its roles and its statements."""

    def made(name: str, roles: list[Any], *statements: dict[str, Any]) -> Resource:
        allowed = [{"Effect": "Allow", **statement} for statement in statements]
        document = {"Version": VERSION, "Statement": allowed}
        return (
            "AWS::IAM::Policy",
            {"PolicyName": name, "Roles": roles, "PolicyDocument": document},
        )

    return made
