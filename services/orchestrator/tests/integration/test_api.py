"""The invocation API as openapi.json describes it, on moto, request by request."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from switchboard.events.invocation import InvocationRecord
from switchboard.orchestrator.adapters.rest import InvocationApi
from switchboard.orchestrator.domain.request_invocation import InvocationRequest
from switchboard.orchestrator.wiring import Limits, Orchestrator, Ports

OPENAPI = json.loads((Path(__file__).parents[2] / "openapi.json").read_text())
STORY = {
    "project_id": "proj-demo",
    "notion_page_id": "page-1",
    "title": "Export the list",
    "content_markdown": "As a user I want an export.",
    "trigger_value": "Generate Code",
}


class Api:
    """Requests as API Gateway hands them over; each answer is held against openapi.json."""

    def __init__(self, api: InvocationApi) -> None:
        self._api = api

    def __call__(
        self, method: str, resource: str, path_id: str = "", body: Any = None, **query: str
    ) -> tuple[int, Any]:
        answer = self._api(
            {
                "httpMethod": method,
                "resource": resource,
                "pathParameters": {"id": path_id} if path_id else None,
                "queryStringParameters": query or None,
                "body": body if isinstance(body, str | None) else json.dumps(body),
                "isBase64Encoded": False,
            }
        )
        value = json.loads(answer["body"])
        self._check(method, resource, answer["statusCode"], value)
        return answer["statusCode"], value

    def _check(self, method: str, resource: str, status: int, value: Any) -> None:
        responses = OPENAPI["paths"][resource][method.lower()]["responses"]
        schema = responses[str(status)]["content"]["application/json"]["schema"]
        document = {"$ref": schema["$ref"], "components": OPENAPI["components"]}
        Draft202012Validator(document).validate(value)


@pytest.fixture
def orchestrator(settings: Any, clients: Any, clock: Any, make: Any) -> Orchestrator:
    ports = Ports.on_aws(settings, clients, clock)
    ports.projects.put(make.project())
    return Orchestrator(ports, Limits.of(settings))


@pytest.fixture
def api(orchestrator: Orchestrator) -> Api:
    return Api(orchestrator.api())


def outbox(dynamodb: Any) -> list[str]:
    items = dynamodb.scan(TableName="state")["Items"]
    return [item["detail_type"]["S"] for item in items if item["sk"]["S"] == "OUTBOX"]


def test_an_accepted_request_is_answered_queued_from_then_on_and_published(
    api: Api, dynamodb: Any
) -> None:
    status, accepted = api("POST", "/invoke", body=STORY)
    assert (status, accepted["status"]) == (202, "queued")

    status, shown = api("GET", "/invocation/{id}", accepted["invocation_id"])

    assert (status, shown["status"]) == (200, "queued")
    assert shown["agent_type"] == "code"
    assert shown["details"]["origin"] == "api"
    assert outbox(dynamodb) == ["InvocationRequested.v1"]


@pytest.mark.requirement("NEW-07", "C")
def test_a_receipt_is_shown_with_what_it_is_for_and_is_genuine(
    api: Api, orchestrator: Orchestrator
) -> None:
    _, accepted = api("POST", "/invoke", body=STORY)
    api("POST", "/invocation/{id}/cancel", accepted["invocation_id"])

    status, shown = api("GET", "/invocation/{id}/receipt", accepted["invocation_id"])

    assert (status, shown["genuine"], shown["status"]) == (200, True, "cancelled")
    assert shown["receipt"]["price_table_version"] == "2026-11-01"
    assert len(shown["receipt"]["seal"].split("..")) == 2


@pytest.mark.requirement("NEW-07", "C")
def test_a_receipt_that_was_changed_in_the_table_is_shown_as_not_genuine(
    api: Api, dynamodb: Any
) -> None:
    _, accepted = api("POST", "/invoke", body=STORY)
    api("POST", "/invocation/{id}/cancel", accepted["invocation_id"])
    key = {"pk": {"S": f"INVOCATION#{accepted['invocation_id']}"}, "sk": {"S": "RECORD"}}
    item = dynamodb.get_item(TableName="state", Key=key)["Item"]
    note = item["receipt"]["S"].replace("no agent ran", "one agent ran")
    dynamodb.put_item(TableName="state", Item={**item, "receipt": {"S": note}})

    _, shown = api("GET", "/invocation/{id}/receipt", accepted["invocation_id"])

    assert (shown["receipt"]["note"], shown["genuine"]) == ("one agent ran", False)


def test_there_is_no_receipt_before_the_end(api: Api) -> None:
    _, accepted = api("POST", "/invoke", body=STORY)

    status, shown = api("GET", "/invocation/{id}/receipt", accepted["invocation_id"])

    assert (status, shown["error"]["code"]) == (404, "NO_RECEIPT")


@pytest.mark.requirement("DAT-01", "C")
def test_the_answer_has_exactly_the_fields_of_the_record_beside_its_details(api: Api) -> None:
    _, accepted = api("POST", "/invoke", body=STORY)

    _, shown = api("GET", "/invocation/{id}", accepted["invocation_id"])

    assert set(shown) - {"details"} == set(InvocationRecord.model_fields)
    assert shown["cost_usd"] == "0"
    assert shown["token_usage"] == {"input_tokens": 0, "output_tokens": 0, "total_tokens": 0}


def test_an_api_invocation_runs_to_its_end(
    api: Api, orchestrator: Orchestrator, make: Any, agentcore: Any
) -> None:
    _, accepted = api("POST", "/invoke", body=STORY | {"requested_by": ["user-7"]})
    invocation_id = accepted["invocation_id"]
    orchestrator.stop_overdue(invocation_id)  # drives a queued record as the queue's event would
    assert agentcore.invocations[0]["user"] == "user-7"
    completed = make.completed(invocation_id)
    orchestrator.inbox(_NoVisibility())({"Records": [_record(completed)]})

    _, shown = api("GET", "/invocation/{id}", invocation_id)
    _, costs = api("GET", "/project/{id}/cost-summary", "proj-demo")

    assert shown["status"] == "completed"
    assert shown["details"]["receipt"]["total_usd"] == shown["cost_usd"]
    assert costs == {
        "project_id": "proj-demo",
        "month": "2026-02",
        "limit_usd": "50.00",
        "spent_usd": shown["cost_usd"],
        "reserved_usd": "0.00",
        "use_percent": 0.05,
        "invocations": 1,
        "by_agent_type": [{"agent_type": "code", "spent_usd": shown["cost_usd"], "invocations": 1}],
    }


class _NoVisibility:
    def hide(self, receipt_handle: str, seconds: int) -> None:
        raise NotImplementedError

    def bury(self, body: str, reason: str) -> None:
        raise NotImplementedError


def _record(event: Any) -> dict[str, Any]:
    body = json.dumps({"detail-type": event.detail_type, "detail": event.detail()})
    return {"messageId": "m", "receiptHandle": "r", "body": body, "attributes": {}}


def test_the_same_key_gives_the_same_invocation_and_another_request_is_refused(
    api: Api, dynamodb: Any
) -> None:
    keyed = STORY | {"idempotency_key": "k-1"}
    _, first = api("POST", "/invoke", body=keyed)
    _, second = api("POST", "/invoke", body=keyed)
    _, other_key = api("POST", "/invoke", body=STORY | {"idempotency_key": "k-2"})

    assert second == first
    assert other_key != first
    assert len(outbox(dynamodb)) == 2
    status, refused = api("POST", "/invoke", body=keyed | {"title": "Something else"})
    assert (status, refused["error"]["code"]) == (409, "IDEMPOTENCY_CONFLICT")


@pytest.mark.requirement("ING-20", "C")
@pytest.mark.requirement("ERR-01", "C")
@pytest.mark.parametrize(
    ("changes", "status", "code", "words"),
    [
        ({"trigger_value": "Make Coffee"}, 400, "UNKNOWN_TRIGGER", "Generate Code"),
        ({"trigger_value": None, "agent_type": "cook"}, 400, "UNKNOWN_AGENT_TYPE", "a_b_test"),
        ({"trigger_value": None}, 400, "INVALID_REQUEST", "openapi.json"),
        ({"agent_type": "mock"}, 400, "INVALID_REQUEST", "Leave one of the two out"),
        ({"project_id": "proj-nowhere"}, 404, "UNKNOWN_PROJECT", "Projects data source"),
        ({"title": "  "}, 400, "INVALID_REQUEST", "openapi.json"),
        ({"surprise": 1}, 400, "INVALID_REQUEST", "openapi.json"),
        ({"content_markdown": "  "}, 400, "STORY_EMPTY", "Describe what is wanted"),
        ({"content_markdown": "x" * 100_001}, 400, "STORY_TOO_LARGE", "Shorten"),
        ({"properties": {"Notes": "x" * 200_000}}, 400, "STORY_TOO_LARGE", "Shorten"),
    ],
)
def test_a_request_that_cannot_be_served_says_why_and_what_to_do(
    api: Api, dynamodb: Any, changes: dict[str, Any], status: int, code: str, words: str
) -> None:
    answered, body = api("POST", "/invoke", body=STORY | changes)

    assert (answered, body["error"]["code"]) == (status, code)
    assert words in body["error"]["remediation"]
    assert outbox(dynamodb) == []


@pytest.mark.parametrize("body", [None, "", "{", "[]", '"x"', '{"title": "\\ud800"}'])
def test_a_body_that_is_no_request_is_refused_in_the_common_format(
    api: Api, body: str | None
) -> None:
    status, answer = api("POST", "/invoke", body=body)

    assert (status, answer["error"]["code"]) == (400, "INVALID_REQUEST")


def test_a_base64_body_is_decoded_and_a_broken_one_refused(orchestrator: Orchestrator) -> None:
    event = {"httpMethod": "POST", "resource": "/invoke", "isBase64Encoded": True}
    good = base64.b64encode(json.dumps(STORY).encode()).decode()

    assert orchestrator.api()(event | {"body": good})["statusCode"] == 202
    assert orchestrator.api()(event | {"body": "a"})["statusCode"] == 400


@pytest.mark.parametrize(
    ("method", "resource"),
    [
        ("GET", "/invocation/{id}"),
        ("GET", "/invocation/{id}/tree"),
        ("POST", "/invocation/{id}/cancel"),
    ],
)
def test_an_unknown_invocation_is_404_and_names_the_id(
    api: Api, method: str, resource: str
) -> None:
    status, answer = api(method, resource, "01NOWHERE")

    assert (status, answer["error"]["code"]) == (404, "UNKNOWN_INVOCATION")
    assert answer["error"]["invocation_id"] == "01NOWHERE"


def test_a_queued_invocation_is_cancelled_at_once_and_a_second_cancel_says_so(api: Api) -> None:
    _, accepted = api("POST", "/invoke", body=STORY)

    assert api("POST", "/invocation/{id}/cancel", accepted["invocation_id"]) == (
        202,
        {**accepted, "status": "cancelled", "cancel_requested": False},
    )
    status, _ = api("POST", "/invocation/{id}/cancel", accepted["invocation_id"])
    assert status == 200


def test_a_running_invocation_is_asked_to_cancel(
    api: Api, orchestrator: Orchestrator, agentcore: Any
) -> None:
    _, accepted = api("POST", "/invoke", body=STORY)
    orchestrator.stop_overdue(accepted["invocation_id"])

    status, answer = api("POST", "/invocation/{id}/cancel", accepted["invocation_id"])

    assert (status, answer["status"], answer["cancel_requested"]) == (202, "running", True)
    assert agentcore.invocations[-1]["payload"]["action"] == "cancel"


def test_a_chain_is_shown_as_one_tree_with_its_cost(
    api: Api, orchestrator: Orchestrator, make: Any, agentcore: Any
) -> None:
    first = make.request()
    second = make.request(parent_invocation_id=first.data.invocation_id, origin="chain")
    inbox = orchestrator.inbox(_NoVisibility())
    for event in (first, make.completed(first.data.invocation_id), second):
        inbox({"Records": [_record(event)]})

    status, tree = api("GET", "/invocation/{id}/tree", second.data.invocation_id)

    assert (status, tree["invocations"], tree["complete"]) == (200, 2, True)
    assert tree["invocation_id"] == second.data.invocation_id
    assert tree["root"]["invocation_id"] == first.data.invocation_id
    (child,) = tree["root"]["children"]
    assert (child["invocation_id"], child["status"]) == (second.data.invocation_id, "running")
    assert child["parent_invocation_id"] == first.data.invocation_id
    assert tree["cost_usd"] == tree["root"]["cost_usd"] != "0"
    assert tree["root"]["output_artifacts"][0]["type"] == "pull_request"
    assert tree["duration_seconds"] == tree["root"]["duration_seconds"] == 36.0


def test_a_projects_invocations_are_listed_newest_first_in_pages(api: Api, clock: Any) -> None:
    ids = []
    for _ in range(3):
        clock.tick(1)
        ids.append(api("POST", "/invoke", body=STORY)[1]["invocation_id"])

    _, first = api("GET", "/project/{id}/invocations", "proj-demo", limit="2")
    _, second = api(
        "GET", "/project/{id}/invocations", "proj-demo", limit="2", cursor=first["next_cursor"]
    )

    listed = [row["invocation_id"] for row in first["invocations"] + second["invocations"]]
    assert listed == ids[::-1]
    assert second["next_cursor"] is None


@pytest.mark.parametrize(
    ("resource", "query"),
    [
        ("/project/{id}/invocations", {"limit": "many"}),
        ("/project/{id}/invocations", {"limit": "-1"}),
        ("/project/{id}/invocations", {"cursor": "%%"}),
        ("/project/{id}/cost-summary", {"month": "2026-13"}),
        ("/project/{id}/cost-summary", {"month": "February"}),
    ],
)
def test_a_query_that_makes_no_sense_is_refused(
    api: Api, resource: str, query: dict[str, str]
) -> None:
    status, _ = api("GET", resource, "proj-demo", **query)

    assert status == 400


@pytest.mark.parametrize("what", ["invocations", "cost-summary"])
def test_an_unknown_project_is_404(api: Api, what: str) -> None:
    status, answer = api("GET", f"/project/{{id}}/{what}", "proj-nowhere")

    assert (status, answer["error"]["code"]) == (404, "UNKNOWN_PROJECT")


def test_another_month_is_shown_on_request(api: Api) -> None:
    status, costs = api("GET", "/project/{id}/cost-summary", "proj-demo", month="2025-12")

    assert (status, costs["month"], costs["spent_usd"]) == (200, "2025-12", "0")


def test_a_fault_of_ours_is_a_500_in_the_common_format(
    orchestrator: Orchestrator, dynamodb: Any
) -> None:
    api = Api(orchestrator.api())
    dynamodb.delete_table(TableName="state")

    status, answer = api("GET", "/invocation/{id}", "01X")

    assert (status, answer["error"]["code"]) == (500, "INTERNAL_ERROR")


def test_openapi_describes_the_request_model_and_the_served_routes(
    orchestrator: Orchestrator,
) -> None:
    schema = InvocationRequest.model_json_schema(ref_template="#/components/schemas/{model}")
    served = {(method.lower(), path) for method, path in orchestrator.api()._routes}

    assert OPENAPI["components"]["schemas"]["InvocationRequest"] == schema
    assert served == {
        (method, path) for path, methods in OPENAPI["paths"].items() for method in methods
    }
