"""Transaction Search: without it X-Ray takes no spans by OTLP (CloudWatch's user guide).

A choice for the whole account and region, so only where an environment has an account of its own
(ENV-01). It must not be on already when this is deployed. Spans go to the log group `aws/spans`; of
a hundred one is indexed, free of charge. Not run on AWS.
"""

import json

from aws_cdk import aws_logs as logs
from aws_cdk import aws_xray as xray
from constructs import Construct

from switchboard.constructs.service_stack import ServiceStack

GROUPS = ("aws/spans", "/aws/application-signals/data")


class TransactionSearch(Construct):
    """Lets X-Ray write spans to CloudWatch Logs, and switches it on."""

    def __init__(self, scope: ServiceStack, construct_id: str) -> None:
        """Build the policy of the logs, then the switch."""
        super().__init__(scope, construct_id)
        policy = logs.CfnResourcePolicy(
            self,
            "Policy",
            policy_name=f"switchboard-{scope.environment_data.name}-traces",
            policy_document=json.dumps(_policy(scope)),
        )
        xray.CfnTransactionSearchConfig(self, "Search").add_dependency(policy)


def _policy(stack: ServiceStack) -> dict[str, object]:
    """X-Ray on behalf of this account only."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Spans",
                "Effect": "Allow",
                "Principal": {"Service": "xray.amazonaws.com"},
                "Action": "logs:PutLogEvents",
                "Resource": [
                    f"arn:aws:logs:{stack.region}:{stack.account}:log-group:{group}:*"
                    for group in GROUPS
                ],
                "Condition": {
                    "ArnLike": {"aws:SourceArn": f"arn:aws:xray:{stack.region}:{stack.account}:*"},
                    "StringEquals": {"aws:SourceAccount": stack.account},
                },
            }
        ],
    }
