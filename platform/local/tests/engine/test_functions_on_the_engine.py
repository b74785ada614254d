import base64
import json

import httpx

from switchboard.local.embedded import api_url


def test_a_function_sees_the_client_context_of_its_caller(engine):
    custom = {"bedrockAgentCoreToolName": "github___push_files"}
    header = base64.b64encode(json.dumps({"custom": custom}).encode()).decode()

    assert engine.invoke({}, ClientContext=header)["custom"] == custom
    assert engine.invoke({})["custom"] is None


def test_a_function_gets_endpoints_and_its_own_variables_and_nothing_of_the_user(engine):
    answer = engine.invoke({})

    assert answer["endpoint"] == engine.settings.agentcore_url
    assert {"AWS_ENDPOINT_URL", "POWERTOOLS_SERVICE_NAME", "AWS_REGION"} <= set(answer["names"])
    assert not {"AWS_PROFILE", "HOME", "PYTHONPATH", "GATEWAY_PORT"} & set(answer["names"])


def test_a_function_that_fails_says_why_and_serves_the_next_call(engine):
    assert "told to fail" in engine.invoke({"fail": True})["errorMessage"]
    assert 0 < engine.invoke({})["remaining"] <= 1000


def test_a_function_that_hangs_is_ended_at_its_timeout(engine):
    assert engine.invoke({"hang": True})["errorMessage"] == "Task timed out after 1.00 seconds"
    assert engine.invoke({})["request_id"]


def test_what_a_function_prints_is_in_its_log_group(engine):
    engine.invoke({"note": "find me"})

    groups = engine.client("logs").describe_log_groups()["logGroups"]
    group = next(item["logGroupName"] for item in groups if "Answer" in item["logGroupName"])
    events = engine.client("logs").filter_log_events(logGroupName=group)["events"]
    assert any('{"note": "find me"}' in event["message"] for event in events)


def test_a_deployed_api_answers_on_loopback_at_the_url_its_stack_publishes(engine):
    url = api_url(engine.settings, engine.outputs["Api"])

    answer = httpx.post(f"{url}/webhook/notion", content=b"raw")

    assert answer.json() == {"path": "/webhook/notion", "body": "raw"}


def test_the_journal_names_who_called_what(engine, until):
    engine.publish("journalled")
    until(lambda: engine.seen("journalled"))

    lines = engine.settings.folder.aws_journal.read_text().splitlines()
    calls = {(call["app"], call["service"], call["operation"]) for call in map(json.loads, lines)}
    assert ("switchboard-probe", "events", "PutEvents") in calls
    # What people's tools and the deployer call is not ours and not noted.
    assert not {"CreateStack", "ReceiveMessage"} & {
        operation for _app, _service, operation in calls
    }


def test_functions_start_ahead_of_their_first_call_when_asked(engine, until):
    httpx.post(f"{engine.settings.engine_url}/_switchboard/warm").raise_for_status()

    until(lambda: len(engine.process().children()) >= 5, 20)


def test_the_engine_keeps_no_copy_of_a_functions_code_in_its_state(engine, until):
    state = engine.settings.folder.engine_state / "state"

    until((state / "lambda-blobs").exists)

    assert all(path.stat().st_size < 1000 for path in (state / "lambda-blobs").iterdir())
