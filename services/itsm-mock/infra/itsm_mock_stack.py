"""The stack of itsm-mock: not built yet, it holds its version and nothing else."""

import aws_cdk as cdk

from switchboard.constructs.environments import Environment
from switchboard.constructs.service_stack import ServiceStack

VERSION = "0.1.0"


def build(app: cdk.App, environment: Environment) -> cdk.Stack:
    """The stack of one environment; CloudFormation wants one resource at least."""
    stack = ServiceStack(app, service="itsm-mock", environment=environment)
    stack.publish_value("Version", "version", VERSION)
    return stack
