"""The event bus with its archive, its dead letters, its schemas, and the topic alarms go to."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_eventschemas as schemas
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from switchboard.constructs.bundling import repository_root
from switchboard.constructs.environments import Environment
from switchboard.constructs.explained import explain
from switchboard.events.catalogue import CATALOGUE
from switchboard.events.released import Releases

ARCHIVE_DAYS = 30


class EventBackbone(Construct):
    """One bus for all services of an environment (CARD-02)."""

    def __init__(self, scope: Construct, construct_id: str, *, environment: Environment) -> None:
        """Build the bus `switchboard-<env>` and what belongs to it."""
        super().__init__(scope, construct_id)
        self._name = f"switchboard-{environment.name}"
        self.alarms = self._alarms()
        self.bus = self._bus()
        self.bus.archive(
            "Archive",
            archive_name=self._name,
            retention=cdk.Duration.days(ARCHIVE_DAYS),
            event_pattern=events.EventPattern(source=events.Match.prefix("switchboard.")),
        )
        self._register_schemas()

    def _alarms(self) -> sns.Topic:
        """Who may speak is said here: a policy of our own replaces the one a topic comes with."""
        topic = sns.Topic(self, "Alarms", enforce_ssl=True)
        for service in ("cloudwatch.amazonaws.com", "budgets.amazonaws.com"):
            topic.add_to_resource_policy(
                iam.PolicyStatement(
                    principals=[iam.ServicePrincipal(service)],
                    actions=["sns:Publish"],
                    resources=[topic.topic_arn],
                    conditions={"StringEquals": {"aws:SourceAccount": cdk.Aws.ACCOUNT_ID}},
                )
            )
        return topic

    def _bus(self) -> events.EventBus:
        dead_letters = sqs.Queue(
            self,
            "DeadLetters",
            enforce_ssl=True,
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            retention_period=cdk.Duration.days(14),
        )
        explain(
            dead_letters,
            "AwsSolutions-SQS3",
            "Serverless-SQSRedrivePolicy",
            reason="It is the dead-letter queue, of the bus",
        )
        cloudwatch.Alarm(
            self,
            "DeadLettersDepth",
            metric=dead_letters.metric_approximate_number_of_messages_visible(),
            threshold=0,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            evaluation_periods=1,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        return events.EventBus(
            self,
            "Bus",
            event_bus_name=self._name,
            dead_letter_queue=dead_letters,
            description="Switchboard: past-tense facts, see the event catalogue",
            log_config=events.LogConfig(
                include_detail=events.IncludeDetail.NONE, level=events.Level.ERROR
            ),
        )

    def _register_schemas(self) -> None:
        registry = schemas.CfnRegistry(
            self,
            "Registry",
            registry_name=self._name,
            description="The released event versions of Switchboard",
        )
        released = Releases(repository_root(Path(__file__)) / "shared-events")
        for detail_type, entry in CATALOGUE.items():
            schemas.CfnSchema(
                self,
                f"Schema{detail_type.replace('.', '')}",
                registry_name=registry.attr_registry_name,
                schema_name=f"switchboard.{entry.publishers[0]}@{detail_type}",
                type="JSONSchemaDraft4",
                content=json.dumps(as_draft4(released.revisions(detail_type)[-1]), sort_keys=True),
            )

    def values(self) -> Mapping[str, str]:
        """What services look up."""
        return {
            "bus/name": self.bus.event_bus_name,
            "bus/arn": self.bus.event_bus_arn,
            "alarms/topic-arn": self.alarms.topic_arn,
        }


def as_draft4(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema in the draft EventBridge's registry knows: `definitions` instead of `$defs`."""
    moved: dict[str, Any] = json.loads(
        json.dumps(schema)
        .replace('"#/$defs/', '"#/definitions/')
        .replace('"$defs"', '"definitions"')
    )
    return {"$schema": "http://json-schema.org/draft-04/schema#", **moved}
