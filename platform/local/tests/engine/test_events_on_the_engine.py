import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import boto3
from botocore.config import Config


def test_a_committed_outbox_row_reaches_a_consumer_and_a_plain_queue(engine, until):
    event_id = uuid4().hex

    engine.publish(event_id)

    until(lambda: engine.seen(event_id))
    until(
        lambda: any(
            message["detail"]["metadata"]["id"] == event_id for message in engine.received("Queue")
        )
    )


def test_a_row_that_is_not_an_outbox_row_reaches_nobody(engine, until):
    silent, loud = uuid4().hex, uuid4().hex
    table = engine.outputs["Table"]
    item = {"pk": {"S": f"OUTBOX#{silent}"}, "sk": {"S": "STATE"}, "detail": {"S": "{}"}}

    engine.client("dynamodb").put_item(TableName=table, Item=item)
    engine.publish(loud)

    until(lambda: engine.seen(loud))
    assert not engine.seen(silent)


def test_a_stream_record_that_is_refused_again_and_again_is_set_aside_alone(engine, until):
    table = engine.outputs["Refused"]
    names = [f"{index}-{uuid4().hex}" for index in range(3)]

    for index, name in enumerate(names):
        refuse = {"refuse": {"BOOL": True}} if index == 1 else {}
        engine.client("dynamodb").put_item(TableName=table, Item={"pk": {"S": name}, **refuse})

    failure = until(lambda: engine.received("RefusedDlq"))[0]
    assert failure["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert failure["DDBStreamBatchInfo"]["batchSize"] == 1


def test_the_bus_keeps_an_archive_although_the_engine_has_no_such_resource(engine):
    archives = engine.client("events").list_archives()["Archives"]

    assert [archive["RetentionDays"] for archive in archives] == [7]


def test_a_deadline_fires_within_seconds_of_its_time(engine, until):
    queue = engine.outputs["Queue"]
    name = queue.rsplit("/", 1)[-1]
    at = (datetime.now(UTC) + timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%S")

    engine.client("scheduler").create_schedule(
        Name=f"deadline-{uuid4().hex}",
        ScheduleExpression=f"at({at})",
        FlexibleTimeWindow={"Mode": "OFF"},
        ActionAfterCompletion="DELETE",
        Target={
            "Arn": f"arn:aws:sqs:us-east-1:111122223333:{name}",
            "RoleArn": "arn:aws:iam::111122223333:role/scheduler",
            "Input": json.dumps({"deadline": at}),
        },
    )

    until(lambda: {"deadline": at} in engine.received("Queue"), 5)


def _contact_event(event_type):
    return {
        "Source": "aws.connect",
        "DetailType": "Amazon Connect Contact Event",
        "Detail": json.dumps({"eventType": event_type, "contactId": uuid4().hex}),
    }


def test_a_contact_event_on_the_default_bus_reaches_the_queue_of_its_rule(engine, until):
    sent = _contact_event("INITIATED")

    answer = engine.client("events").put_events(Entries=[sent])

    assert answer["FailedEntryCount"] == 0
    [event] = until(lambda: engine.received("Contacts"))
    assert (event["source"], event["detail-type"]) == ("aws.connect", sent["DetailType"])
    assert event["detail"] == json.loads(sent["Detail"])


def test_our_own_services_may_publish_nothing_in_the_name_of_aws(engine):
    config = Config(user_agent_appid="switchboard-voice")
    session = boto3.Session("111122223333", "local", region_name="us-east-1")
    events = session.client("events", endpoint_url=engine.settings.engine_url, config=config)

    answer = events.put_events(Entries=[_contact_event("COMPLETED")])

    assert answer["FailedEntryCount"] == 1
    assert answer["Entries"][0]["ErrorCode"] == "NotAuthorizedForSourceException"
    assert engine.received("Contacts") == []
