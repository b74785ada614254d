"""What the AI agent of the desk may do, which CloudFormation cannot say. Not run on AWS."""

import aws_cdk as cdk
from aws_cdk import aws_connect as connect
from aws_cdk import aws_wisdom as wisdom
from constructs import Construct

from switchboard.constructs.api_call import ApiCall


class AgentRights(Construct):
    """The security profile of the agent, which CloudFormation cannot give it.

    Brittle: aws-samples/sample-restaurant-telephony-ai-host-using-amazon-connect-customer found by
    CloudTrail that Connect asks for it under four names of the agent, once there is a version.
    Everything about that is here, and nowhere else.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        agent: wisdom.CfnAIAgent,
        version: wisdom.CfnAIAgentVersion,
        profile: connect.CfnSecurityProfile,
        instance_id: str,
    ) -> None:
        """Give `agent` the profile under its four names, one after the other."""
        super().__init__(scope, construct_id)
        arn = bare(agent.attr_ai_agent_arn)
        # the version's id is `<agent id>:<number>`
        number = cdk.Fn.select(1, cdk.Fn.split(":", version.attr_ai_agent_version_id))
        names = {
            "Latest": f"{arn}:$LATEST",
            "Saved": f"{arn}:$SAVED",
            "Bare": arn,
            "Numbered": f"{arn}:{number}",
        }
        profile_arn = profile.attr_security_profile_arn
        instance_arn, profile_id = (
            cdk.Fn.select(part, cdk.Fn.split("/security-profile/", profile_arn)) for part in (0, 1)
        )
        before: Construct = version
        for name, entity in names.items():
            parameters = {
                "InstanceId": instance_id,
                "EntityType": "AI_AGENT",
                "EntityArn": entity,
                "SecurityProfiles": [{"Id": profile_id}],
            }
            call = ApiCall(
                self,
                name,
                service="connect",
                create=("associate_security_profiles", parameters),
                delete=("disassociate_security_profiles", parameters),
                physical_id=f"{entity}-profile",
                allow=[
                    (
                        [
                            "connect:AssociateSecurityProfiles",
                            "connect:DisassociateSecurityProfiles",
                        ],
                        [instance_arn, profile_arn, entity],
                    )
                ],
            )
            call.node.add_dependency(before)
            before = call


def bare(agent_arn: str) -> str:
    """An agent's ARN without `:$LATEST`, whether or not CloudFormation answers it with that."""
    return cdk.Fn.select(0, cdk.Fn.split(":$", agent_arn))
