"""The synthesized template, and how the tests of it look at it."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template
from itsm_mock_stack import build

from switchboard.constructs.environments import environment

Properties = dict[str, Any]


class Stack:
    """The template of one environment."""

    def __init__(self, name: str) -> None:
        app = cdk.App(context={"aws:cdk:bundling-stacks": []})
        self.template = Template.from_stack(build(app, environment(name)))
        self.document: dict[str, Any] = self.template.to_json()

    def of_type(self, kind: str) -> dict[str, Properties]:
        return {
            name: item["Properties"]
            for name, item in self.document["Resources"].items()
            if item["Type"] == kind
        }

    def function(self, handler: str) -> Properties:
        functions = self.of_type("AWS::Lambda::Function").values()
        (found,) = [item for item in functions if item["Handler"] == handler]
        return found

    def role_of(self, handler: str) -> str:
        role: str = self.function(handler)["Role"]["Fn::GetAtt"][0]
        return role

    def policies(self, role: str) -> list[Properties]:
        policies = self.of_type("AWS::IAM::Policy").values()
        return [item for item in policies if {"Ref": role} in item["Roles"]]

    def actions(self, role: str) -> set[str]:
        return {
            action
            for policy in self.policies(role)
            for statement in policy["PolicyDocument"]["Statement"]
            for action in actions(statement)
        }


def actions(statement: Properties) -> set[str]:
    """The actions of a statement, one or many."""
    action = statement["Action"]
    return {action} if isinstance(action, str) else set(action)


@pytest.fixture(scope="session")
def stack() -> Stack:
    return Stack("dev")


@pytest.fixture(scope="session")
def template(stack: Stack) -> Template:
    return stack.template


@pytest.fixture(scope="session")
def workshop() -> Stack:
    return Stack("workshop")
