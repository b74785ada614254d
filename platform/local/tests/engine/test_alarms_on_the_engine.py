"""Alarms of a deployed template, on a running engine: nothing here waits for a minute to end."""

import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
import pytest

from switchboard.local.embedded import api_url

TOPIC, HEARD, LETTERS = "Topic", "Heard", "Letters"


def metric(namespace, name, **dimensions):
    return {
        "Namespace": namespace,
        "MetricName": name,
        "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions.items()],
    }


def alarm(watched, threshold=0, **more):
    properties = {
        "ComparisonOperator": "GreaterThanThreshold",
        "EvaluationPeriods": 1,
        "Threshold": threshold,
        "TreatMissingData": "notBreaching",
        "AlarmActions": [{"Ref": TOPIC}],
        "OKActions": [{"Ref": TOPIC}],
    }
    return {"Type": "AWS::CloudWatch::Alarm", "Properties": {**properties, **watched, **more}}


def share(name):
    stat = {"Metric": metric("Probe", name, service="shop"), "Period": 300, "Stat": "Average"}
    return {
        "Metrics": [
            {"Id": "rate", "Expression": "100 * share"},
            {"Id": "share", "MetricStat": stat, "ReturnData": False},
        ]
    }


def insight(expression):
    return {"Metrics": [{"Id": "all", "Expression": expression, "Period": 300}]}


def template(queue, expression='SELECT MAX(Use) FROM SCHEMA("Probe", project)'):
    letters = {**metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", QueueName=queue)}
    policy = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": {"Fn::GetAtt": [HEARD, "Arn"]},
    }
    subscription = {
        "TopicArn": {"Ref": TOPIC},
        "Protocol": "sqs",
        "Endpoint": {"Fn::GetAtt": [HEARD, "Arn"]},
    }
    return {
        "Resources": {
            TOPIC: {"Type": "AWS::SNS::Topic"},
            HEARD: {"Type": "AWS::SQS::Queue"},
            LETTERS: {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": queue}},
            "May": {
                "Type": "AWS::SQS::QueuePolicy",
                "Properties": {
                    "Queues": [{"Ref": HEARD}],
                    "PolicyDocument": {"Version": "2012-10-17", "Statement": [policy]},
                },
            },
            "Hears": {"Type": "AWS::SNS::Subscription", "Properties": subscription},
            "Depth": alarm({**letters, "Statistic": "Maximum", "Period": 300}),
            "Rate": alarm(share("Errors"), 10),
            "Use": alarm(insight(expression), 79.9),
        },
        "Outputs": {
            name: {"Value": {"Ref": name}} for name in (HEARD, LETTERS, "Depth", "Rate", "Use")
        },
    }


class Probe:
    """A stack with three alarms, a queue that hears them, and one they watch."""

    def __init__(self, engine, until):
        self.engine, self.until = engine, until
        self.name = f"alarms-{uuid4().hex[:8]}"
        self.outputs = {}

    def deploy(self, **changed):
        cloudformation = self.engine.client("cloudformation")
        action = "update_stack" if self.outputs else "create_stack"
        body = json.dumps(template(f"letters-{self.name}", **changed))
        getattr(cloudformation, action)(StackName=self.name, TemplateBody=body)
        self.until(lambda: self.status().endswith(("COMPLETE", "FAILED")))
        self.outputs = {item["OutputKey"]: item["OutputValue"] for item in self.stack()["Outputs"]}

    def stack(self):
        cloudformation = self.engine.client("cloudformation")
        return cloudformation.describe_stacks(StackName=self.name)["Stacks"][0]

    def status(self):
        return self.stack()["StackStatus"]

    def alarm(self, name):
        cloudwatch = self.engine.client("cloudwatch")
        found = cloudwatch.describe_alarms(AlarmNames=[self.outputs[name]])["MetricAlarms"]
        return found[0]

    def becomes(self, name, state):
        self.until(lambda: self.alarm(name)["StateValue"] == state, 10)

    def heard(self, name, state):
        """The messages that say so, taken out of the queue."""
        sqs, url = self.engine.client("sqs"), self.outputs[HEARD]
        messages = []

        def told():
            answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1)
            messages.extend(
                json.loads(json.loads(message["Body"])["Message"])
                for message in answer.get("Messages", [])
            )
            return [
                message
                for message in messages
                if (message["AlarmName"], message["NewStateValue"]) == (self.outputs[name], state)
            ]

        return self.until(told, 10)

    def put(self, name, value, **dimensions):
        data = {
            "MetricName": name,
            "Value": value,
            "Dimensions": [{"Name": key, "Value": text} for key, text in dimensions.items()],
        }
        self.engine.client("cloudwatch").put_metric_data(Namespace="Probe", MetricData=[data])


@pytest.fixture
def probe(engine, until):
    made = Probe(engine, until)
    made.deploy()
    yield made
    engine.client("cloudformation").delete_stack(StackName=made.name)


def test_a_deployed_alarm_over_mathematics_is_described_with_its_metrics(probe):
    probe.becomes("Rate", "OK")
    found = probe.alarm("Rate")

    assert [entry["Id"] for entry in found["Metrics"]] == ["rate", "share"]
    assert "missing is treated as notBreaching" in found["StateReason"]
    assert "MetricName" not in found


def test_the_alarm_of_a_queue_rings_while_something_lies_in_it(probe):
    probe.becomes("Depth", "OK")
    sqs, url = probe.engine.client("sqs"), probe.outputs[LETTERS]

    sqs.send_message(QueueUrl=url, MessageBody="dead")
    (told,) = probe.heard("Depth", "ALARM")
    sqs.purge_queue(QueueUrl=url)

    assert told["Trigger"]["Dimensions"][0]["Value"] == f"letters-{probe.name}"
    assert probe.heard("Depth", "OK")


def test_an_error_rate_counts_only_the_metric_of_exactly_its_dimensions(probe):
    probe.becomes("Rate", "OK")
    for _ in range(9):
        probe.put("Errors", 0, service="shop")
    probe.put("Errors", 1, service="shop")
    probe.put("Errors", 1, service="other")
    probe.put("Errors", 1, service="shop", tool="till")
    probe.put("Use", 80, project="acme")
    probe.becomes("Use", "ALARM")

    assert probe.alarm("Rate")["StateValue"] == "OK"

    probe.put("Errors", 1, service="shop")
    probe.becomes("Rate", "ALARM")
    assert "[18.1818] was greater than the threshold (10)" in probe.alarm("Rate")["StateReason"]


def test_a_figure_over_all_projects_rings_for_the_highest_and_ignores_other_dimensions(probe):
    probe.put("Use", 99, project="acme", service="x")
    probe.put("Use", 12, project="acme")
    probe.put("Use", 80, project="beta")

    (told,) = probe.heard("Use", "ALARM")
    assert "[80]" in told["NewStateReason"]


def test_an_update_keeps_the_state_and_computes_the_new_expression(probe):
    probe.put("Use", 80, project="acme")
    probe.becomes("Use", "ALARM")

    probe.deploy(expression='SELECT MIN(Nothing) FROM "Probe"')

    probe.becomes("Use", "OK")
    (entry,) = probe.alarm("Use")["Metrics"]
    assert entry["Expression"] == 'SELECT MIN(Nothing) FROM "Probe"'


def test_an_alarm_survives_a_restart_with_its_state(probe):
    probe.put("Use", 80, project="acme")
    probe.becomes("Use", "ALARM")
    before = probe.alarm("Use")

    probe.engine.supervisor.stop("engine", 30)
    probe.engine.start()

    assert probe.alarm("Use") == before


def test_an_expression_that_is_known_only_at_deployment_fails_the_stack(engine, until):
    name = f"alarms-{uuid4().hex[:8]}"
    joined = {"Fn::Join": ["", ["FILL(", "share, 0)"]]}
    resources = {"Gone": {**alarm(share("Errors"), AlarmActions=[], OKActions=[])}}
    resources["Gone"]["Properties"]["Metrics"][0]["Expression"] = joined
    cloudformation = engine.client("cloudformation")
    cloudformation.create_stack(
        StackName=name, TemplateBody=json.dumps({"Resources": resources}), OnFailure="DO_NOTHING"
    )

    def reasons():
        events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
        return [event.get("ResourceStatusReason", "") for event in events]

    until(lambda: any("FILL(share, 0)" in reason for reason in reasons()))
    cloudformation.delete_stack(StackName=name)


def measured(engine, namespace, name):
    """The sum of a metric by its dimension."""
    cloudwatch = engine.client("cloudwatch")
    now = datetime.now(UTC)
    found = cloudwatch.list_metrics(Namespace=namespace, MetricName=name)["Metrics"]
    return {
        metric["Dimensions"][0]["Value"]: sum(
            point["Sum"]
            for point in cloudwatch.get_metric_statistics(
                **metric,
                StartTime=now - timedelta(hours=1),
                EndTime=now + timedelta(minutes=1),
                Period=60,
                Statistics=["Sum"],
            )["Datapoints"]
        )
        for metric in found
    }


def test_an_invocation_is_measured_once_however_it_began(engine, until):
    def consumed():
        found = measured(engine, "AWS/Lambda", "Invocations")
        return sum(count for name, count in found.items() if "Consume" in name)

    answer, before = engine.outputs["Answer"], measured(engine, "AWS/Lambda", "Invocations")
    queued, failed = consumed(), measured(engine, "AWS/Lambda", "Errors").get(answer, 0)
    engine.invoke({})
    engine.invoke({"fail": True})
    event_id = uuid4().hex
    engine.publish(event_id)
    until(lambda: engine.seen(event_id))
    until(lambda: consumed() > queued)

    now = measured(engine, "AWS/Lambda", "Invocations")[answer]
    assert now == before.get(answer, 0) + 2
    assert measured(engine, "AWS/Lambda", "Errors")[answer] == failed + 1


def test_what_an_api_answers_is_measured(engine):
    url = api_url(engine.settings, engine.outputs["DeskApi"])
    headers = {"x-api-key": engine.secret("Roomy")}
    before = measured(engine, "AWS/ApiGateway", "5XXError")

    answer = httpx.post(f"{url}/tickets", headers=headers, json={"title": "fail"})
    httpx.get(f"{url}/tickets")

    assert answer.status_code == 502
    after = measured(engine, "AWS/ApiGateway", "5XXError")
    (changed,) = (api for api in after if after[api] != before.get(api, 0))
    assert after[changed] == before.get(changed, 0) + 1
    assert measured(engine, "AWS/ApiGateway", "4XXError")[changed] >= 1
