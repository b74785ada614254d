"""The desk's Amazon Connect instance with its number, hours, queue and AI domain: made once.

Instances can be created and deleted only a few times in 30 days, the alias is global, and a number
that is given up is gone. So this stack depends on no other, is protected against termination, and
everything in it outlives it. Not run on AWS.
"""

from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_connect as connect
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_wisdom as wisdom

from switchboard.constructs.environments import Environment, Hours
from switchboard.constructs.service_stack import ServiceStack

DESK_TAG = "PoC"
"""The tag `Environment` of everything the desk owns (K-53)."""
MAX_WAITING = 10
"""Callers in the queue before it is full and the desk says so."""
LONGEST_ALIAS = 45


class ConnectStack(ServiceStack):
    """Instance, hours, queue, telephone number and assistant of one environment (VOI-01)."""

    def __init__(self, app: cdk.App, environment: Environment) -> None:
        """Build all of it, to be kept."""
        super().__init__(
            app,
            service="connect",
            environment=environment,
            environment_tag=DESK_TAG,
            termination_protection=True,
        )
        self.alias = cdk.CfnParameter(
            self,
            "ConnectAlias",
            default=f"switchboard-desk-{environment.name}",
            allowed_pattern=r"^(?!d-)([\da-zA-Z]+)([-]*[\da-zA-Z])*$",
            max_length=LONGEST_ALIAS,
            description=(
                "Name in https://<alias>.my.connect.aws, unique over all of AWS; "
                "another name means another instance"
            ),
        ).value_as_string
        self.instance = self._instance()
        self.hours = self._hours(environment.desk_hours)
        self.queue = self._queue()
        self.number = self._number()
        self.assistant = self._assistant()
        self._keep_everything()
        self.publish_platform_values(self.values())

    def _instance(self) -> connect.CfnInstance:
        return connect.CfnInstance(
            self,
            "Instance",
            identity_management_type="CONNECT_MANAGED",
            instance_alias=self.alias,
            attributes=connect.CfnInstance.AttributesProperty(
                inbound_calls=True,
                outbound_calls=False,
                contactflow_logs=True,
                contact_lens=True,  # AI agents on the telephone need it
                auto_resolve_best_voices=True,
                early_media=True,
                enhanced_contact_monitoring=True,
                message_streaming=True,
            ),
        )

    def _hours(self, hours: Hours) -> connect.CfnHoursOfOperation:
        kind = connect.CfnHoursOfOperation

        def at(moment: tuple[int, int]) -> Any:
            return kind.HoursOfOperationTimeSliceProperty(hours=moment[0], minutes=moment[1])

        return connect.CfnHoursOfOperation(
            self,
            "Hours",
            instance_arn=self.instance.attr_arn,
            name="poc-l1-hours",
            time_zone=hours.time_zone,
            config=[
                kind.HoursOfOperationConfigProperty(
                    day=day, start_time=at(hours.opens), end_time=at(hours.closes)
                )
                for day in hours.days
            ],
        )

    def _queue(self) -> connect.CfnQueue:
        return connect.CfnQueue(
            self,
            "Queue",
            instance_arn=self.instance.attr_arn,
            name="poc-l1-people",
            description="Callers who are waiting for a person",
            hours_of_operation_arn=self.hours.attr_hours_of_operation_arn,
            max_contacts=MAX_WAITING,
        )

    def _number(self) -> connect.CfnPhoneNumber:
        """The desk's number (VOI-02); which flow it rings is said by the voice service's stack."""
        return connect.CfnPhoneNumber(
            self,
            "Number",
            target_arn=self.instance.attr_arn,
            country_code="US",
            type="DID",
            description="The service desk",
        )

    def _assistant(self) -> wisdom.CfnAssistant:
        """The domain of the AI agents; every property is create-only, its tags too."""
        key = self._key() if self.environment_data.customer_managed_keys else None
        kind = wisdom.CfnAssistant
        assistant = wisdom.CfnAssistant(
            self,
            "Assistant",
            name=f"poc-l1-{self.environment_data.name}",
            type="AGENT",
            description="AI agents of the service desk",
            server_side_encryption_configuration=(
                kind.ServerSideEncryptionConfigurationProperty(kms_key_id=key.key_arn)
                if key
                else None
            ),
        )
        assistant.add_resource_dependency(self.instance)
        connect.CfnIntegrationAssociation(
            self,
            "AssistantAssociation",
            instance_id=self.instance.attr_arn,  # the ARN, whatever the property is called
            integration_type="WISDOM_ASSISTANT",
            integration_arn=assistant.attr_assistant_arn,
        )
        return assistant

    def _key(self) -> kms.Key:
        """A key of our own, which Connect must be able to use (API reference, CreateAssistant)."""
        key = kms.Key(self, "Key", description="AI domain of the desk", enable_key_rotation=True)
        key.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal("connect.amazonaws.com")],
                actions=[
                    "kms:Decrypt",
                    "kms:DescribeKey",
                    "kms:GenerateDataKey",
                    "kms:GenerateDataKeyWithoutPlaintext",
                ],
                resources=["*"],  # in a key's policy: this key
                conditions={"StringEquals": {"aws:SourceAccount": self.account}},
            )
        )
        return key

    def _keep_everything(self) -> None:
        kept = ("AWS::Connect::", "AWS::Wisdom::", "AWS::KMS::")
        for construct in self.node.find_all():
            if cdk.CfnResource.is_cfn_resource(construct):
                resource: Any = construct
                if resource.cfn_resource_type.startswith(kept):
                    resource.apply_removal_policy(cdk.RemovalPolicy.RETAIN)

    def values(self) -> Mapping[str, str]:
        """What services and the desk look up."""
        return {
            "connect/instance-arn": self.instance.attr_arn,
            "connect/instance-id": self.instance.attr_id,
            "connect/instance-alias": self.alias,
            "connect/hours-arn": self.hours.attr_hours_of_operation_arn,
            "connect/queue-arn": self.queue.attr_queue_arn,
            "connect/phone-number-arn": self.number.attr_phone_number_arn,
            "connect/phone-number": self.number.attr_address,
            "connect/assistant-arn": self.assistant.attr_assistant_arn,
            "connect/assistant-id": self.assistant.attr_assistant_id,
        }
