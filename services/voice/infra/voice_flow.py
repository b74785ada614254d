"""The desk's contact flow, its number, and its test cases. Not run on AWS."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_connect as connect
from constructs import Construct, IDependable
from voice_names import named

from switchboard.constructs.api_call import ApiCall
from switchboard.constructs.service_stack import ServiceStack
from switchboard.voice.flows.desk import DeskAddresses, desk_flow
from switchboard.voice.flows.scenarios import placeholders, scenarios


class DeskFlow(Construct):
    """The flow that answers the desk's number, and the calls it is tested with."""

    def __init__(
        self,
        scope: ServiceStack,
        construct_id: str,
        *,
        function_arn: str,
        bot_alias_arn: str,
        after: Sequence[IDependable],
    ) -> None:
        """Build it when `after` is there: the flow's API looks its ARNs up."""
        super().__init__(scope, construct_id)
        self._stack = scope
        self._instance_arn = scope.platform_value("connect/instance-arn")
        self._addresses = DeskAddresses(
            assistant=scope.platform_value("connect/assistant-arn"),
            bot_alias=bot_alias_arn,
            queue=scope.platform_value("connect/queue-arn"),
            hours=scope.platform_value("connect/hours-arn"),
            session=function_arn,
            status=function_arn,
            escalation=function_arn,
        )
        association = self._function_association(function_arn)
        self.flow = self._flow()
        self.flow.node.add_dependency(association, *after)
        self._number()
        self._test_cases()

    def _function_association(self, function_arn: str) -> connect.CfnIntegrationAssociation:
        return connect.CfnIntegrationAssociation(
            self,
            "Function",
            instance_id=self._instance_arn,
            integration_type="LAMBDA_FUNCTION",
            integration_arn=function_arn,
        )

    def _flow(self) -> connect.CfnContactFlow:
        flow = desk_flow(self._addresses)
        return connect.CfnContactFlow(
            self,
            "Flow",
            instance_arn=self._instance_arn,
            name=named(flow.name, self._stack.environment_data),
            description=flow.description,
            type="CONTACT_FLOW",
            state="ACTIVE",
            content=flow.to_json(),
        )

    def _number(self) -> ApiCall:
        """CloudFormation has no resource for the flow that a number rings (VOI-02)."""
        number_arn = self._stack.platform_value("connect/phone-number-arn")
        number = {
            "PhoneNumberId": cdk.Fn.select(1, cdk.Fn.split("phone-number/", number_arn)),
            "InstanceId": self._stack.platform_value("connect/instance-id"),
        }
        flow_arn = self.flow.attr_contact_flow_arn
        flow_id = cdk.Fn.select(1, cdk.Fn.split("/contact-flow/", flow_arn))
        return ApiCall(
            self,
            "Number",
            service="connect",
            create=("associate_phone_number_contact_flow", {**number, "ContactFlowId": flow_id}),
            delete=("disassociate_phone_number_contact_flow", number),
            physical_id=f"{number_arn}-flow",
            allow=[
                (
                    [
                        "connect:AssociatePhoneNumberContactFlow",
                        "connect:DisassociatePhoneNumberContactFlow",
                    ],
                    [number_arn, self._instance_arn, flow_arn],
                )
            ],
        )

    def _test_cases(self) -> None:
        """Each scenario as it is run here (NEW-08); Fn::Sub binds its ARNs.

        Their format is documented contradictorily: whoever finds it refused can deploy the desk
        without them.
        """
        wanted = cdk.CfnParameter(
            self._stack,
            "TestCases",
            default="yes",
            allowed_values=["yes", "no"],
            description="Whether Connect's own test cases are deployed as well",
        )
        condition = cdk.CfnCondition(
            self, "WithTestCases", expression=cdk.Fn.condition_equals(wanted, "yes")
        )
        bound = dict(placeholders(self._addresses, self._never_open()))
        entry = connect.CfnTestCase.EntryPointProperty(
            type="VOICE_CALL",
            voice_call_entry_point_parameters=connect.CfnTestCase.VoiceCallEntryPointParametersProperty(
                flow_id=self.flow.attr_contact_flow_arn
            ),
        )
        for scenario in scenarios():
            used = {name: arn for name, arn in bound.items() if f"${{{name}}}" in scenario.content}
            case = connect.CfnTestCase(
                self,
                "Test" + "".join(word.title() for word in scenario.name.split("-")),
                instance_arn=self._instance_arn,
                name=named(scenario.name, self._stack.environment_data),
                description=scenario.description,
                content=cdk.Fn.sub(scenario.content, used) if used else scenario.content,
                entry_point=entry,
                status="PUBLISHED",
            )
            case.cfn_options.condition = condition

    def _never_open(self) -> str:
        """Hours without a single one, for the test of a closed desk."""
        hours = connect.CfnHoursOfOperation(
            self,
            "NeverOpen",
            instance_arn=self._instance_arn,
            name=named("l1-never-open", self._stack.environment_data),
            description="For test cases: a desk that is closed",
            time_zone="America/New_York",
            config=[],
        )
        return hours.attr_hours_of_operation_arn
