"""A stack of API calls: one keeps an SSM parameter, another does not mind that there is none.

Run as a script with the output folder and the value, so that no Node stays in the test process.
"""

import sys
from pathlib import Path

import aws_cdk as cdk

from switchboard.constructs.api_call import ApiCall
from switchboard.constructs.app import synthesize
from switchboard.constructs.environments import Environment
from switchboard.constructs.service_stack import ServiceStack

NAME = "/probe/api-call"


class ApiCallStack(ServiceStack):
    def __init__(self, scope: cdk.App, environment: Environment, value: str) -> None:
        super().__init__(scope, service="api-calls", environment=environment)
        arn = self.format_arn(
            service="ssm", resource="parameter", resource_name=NAME.removeprefix("/")
        )
        kept = ApiCall(
            self,
            "Kept",
            service="ssm",
            create=("put_parameter", {"Name": NAME, "Value": value, "Type": "String"}),
            # a boolean: CloudFormation hands it over as text
            update=("put_parameter", {"Name": NAME, "Value": value, "Overwrite": True}),
            delete=("delete_parameter", {"Name": NAME}),
            physical_id=f"parameter:{NAME}",
            allow=[(["ssm:PutParameter", "ssm:DeleteParameter"], [arn])],
            outputs=["Version"],
        )
        ApiCall(
            self,
            "Tolerant",
            service="ssm",
            create=("get_parameter", {"Name": "/probe/nobody"}),
            ignore=["ParameterNotFound"],
        )
        cdk.CfnOutput(self, "Version", value=kept.output("Version"))
        if value == "refused":
            ApiCall(self, "Refused", service="ssm", create=("get_parameter", {"Name": "/none"}))


if __name__ == "__main__":
    synthesize(
        lambda app, environment: ApiCallStack(app, environment, sys.argv[2]),
        Path(sys.argv[1]),
        bundle="host",
    )
