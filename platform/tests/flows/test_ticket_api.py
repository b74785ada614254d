"""The ticket API on the deployed platform: key, plan, operations, and the loop with delivery."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from switchboard.events.envelope import new_id
from switchboard.itsm_mock.adapters import openapi
from switchboard.local.access import Access
from switchboard.local.embedded import api_url
from switchboard.local.settings import LocalSettings

Eventually = Callable[..., None]
REPORT = "The code SAVE10 at checkout should take 10 % off the order total, but nothing happens."
BEYOND = "Paying with a voucher shows an error message in the web shop."
"""More than the offline playbook can mend: its pull request is only a draft."""


@pytest.fixture(scope="module")
def url(access: Access, settings: LocalSettings) -> str:
    return api_url(settings, access.parameter("itsm-mock/api/url"))


@pytest.fixture(scope="module")
def key(access: Access) -> str:
    arn = access.parameter("itsm-mock/api/key-secret-arn")
    secret = access.client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"]
    return str(json.loads(secret)["api_key"])


@pytest.fixture(scope="module")
def desk(url: str, key: str) -> Iterator[httpx.Client]:
    limits = httpx.Limits(max_connections=50)
    with httpx.Client(
        base_url=url, headers={"x-api-key": key}, timeout=30, limits=limits
    ) as client:
        yield client


@pytest.fixture
def caller() -> str:
    """Somebody who has no tickets yet."""
    return f"caller-{new_id()}"


def opened(desk: httpx.Client, caller: str, **fields: Any) -> dict[str, Any]:
    body = {"caller_id": caller, "issue_description": "My laptop does not start."} | fields
    answer = desk.post("/tickets", json=body)
    assert answer.status_code == 201, answer.text
    ticket: dict[str, Any] = answer.json()
    return ticket


@pytest.mark.requirement("ITS-01", "E")
@pytest.mark.requirement("ITS-02", "E")
@pytest.mark.requirement("ITS-03", "E")
def test_a_ticket_is_opened_read_and_commented_on(
    desk: httpx.Client, url: str, caller: str
) -> None:
    ticket = opened(desk, caller)
    number = ticket["ticket_id"]

    read = desk.get(f"/tickets/{number}", params={"caller": caller})
    said = desk.post(
        f"/tickets/{number}/comments", params={"caller": caller}, json={"comment": "Still dark."}
    )

    assert url.endswith("/poc")
    assert (read.status_code, read.json()) == (200, ticket)
    assert (said.status_code, said.json()["success"]) == (200, True)
    assert desk.get(f"/tickets/{number}").json()["latest_comment"]["text"] == "Still dark."


@pytest.mark.requirement("ITS-04", "E")
def test_a_list_is_a_bare_array_newest_first_with_the_next_page_in_its_headers(
    desk: httpx.Client, caller: str
) -> None:
    numbers = [opened(desk, caller)["ticket_id"] for _ in range(3)]

    first = desk.get("/tickets", params={"caller": caller, "limit": 2})
    following = parse_qs(first.links["next"]["url"].removeprefix("?"))
    second = desk.get("/tickets", params=following)

    assert following["cursor"] == [first.headers["X-Next-Cursor"]]
    shown = [ticket["ticket_id"] for ticket in first.json() + second.json()]
    assert shown == numbers[::-1]
    assert "X-Next-Cursor" not in second.headers


@pytest.mark.requirement("ITS-05", "E")
@pytest.mark.parametrize("headers", [{}, {"x-api-key": "guessed"}])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/tickets"),
        ("GET", "/tickets?caller=x"),
        ("GET", "/tickets/INC0000013"),
        ("POST", "/tickets/INC0000013/comments"),
    ],
)
def test_without_the_key_every_operation_is_forbidden(
    url: str, method: str, path: str, headers: dict[str, str]
) -> None:
    answer = httpx.request(method, url + path, headers=headers, timeout=30)

    assert (answer.status_code, answer.json()) == (403, {"message": "Forbidden"})


def test_the_key_opens_no_door_for_people_inside(desk: httpx.Client, caller: str) -> None:
    number = opened(desk, caller)["ticket_id"]

    assert desk.get(f"/internal/tickets/{number}").status_code == 403


@pytest.mark.requirement("ITS-09", "E")
def test_the_handler_answers_with_the_statuses_of_the_seed_only(
    desk: httpx.Client, caller: str
) -> None:
    number = opened(desk, caller)["ticket_id"]
    answers = {
        200: desk.get(f"/tickets/{number}"),
        201: desk.post("/tickets", json={"caller_id": caller, "issue_description": "It broke."}),
        400: desk.post("/tickets", content="{"),
        404: desk.get(f"/tickets/{number}", params={"caller": "somebody-else"}),
    }
    wrong_digit = number[:-1] + str((int(number[-1]) + 1) % 10)

    assert {status: answer.status_code for status, answer in answers.items()} == {
        status: status for status in answers
    }
    assert desk.get(f"/tickets/{wrong_digit}").json()["error"]["code"] == "INVALID_TICKET_NUMBER"
    for answer in (answers[400], answers[404]):
        assert {"code", "message", "remediation"} <= set(answer.json()["error"])


def test_two_containers_at_once_open_tickets_with_different_numbers(
    desk: httpx.Client, caller: str
) -> None:
    with ThreadPoolExecutor(8) as pool:
        tickets = list(pool.map(lambda _: opened(desk, caller), range(40)))

    assert len({ticket["ticket_id"] for ticket in tickets}) == 40


@pytest.mark.requirement("ITS-12", "C")
def test_the_stored_openapi_file_is_the_committed_one(access: Access) -> None:
    bucket = access.parameter("itsm-mock/openapi/bucket")
    found = access.client("s3").get_object(Bucket=bucket, Key="mock-itsm-api-openapi.yaml")

    assert found["Body"].read().decode() == openapi.text()
    assert access.parameter("itsm-mock/openapi/sha256") == openapi.sha256(openapi.text())


def test_a_software_defect_comes_back_to_its_ticket_as_a_fix_in_review(
    desk: httpx.Client, access: Access, caller: str, eventually: Eventually
) -> None:
    ticket = opened(desk, caller, issue_description=REPORT, contact_id=new_id())
    assert ticket["category"] == "software_defect"
    path = f"/tickets/{ticket['ticket_id']}"

    eventually(lambda: desk.get(path).json().get("hold_reason") == "fix_in_review", 90)

    now = desk.get(path, params={"caller": caller}).json()
    assert now["spoken_status"] == "A fix is ready and in review."
    assert "/pull/" in now["latest_comment"]["text"]
    inside = access.call("itsm-mock", "GET", f"/internal{path}")
    assert inside["correlation_id"] == ticket["contact_id"]
    assert [note["author"] for note in inside["work_notes"]][:1] == ["delivery"]


def test_a_draft_that_leaves_something_open_is_told_and_called_no_fix(
    desk: httpx.Client, caller: str, eventually: Eventually
) -> None:
    ticket = opened(desk, caller, issue_description=BEYOND, contact_id=new_id())
    path = f"/tickets/{ticket['ticket_id']}"

    def told() -> str:
        return str((desk.get(path).json().get("latest_comment") or {}).get("text"))

    eventually(lambda: "It is no fix yet: " in told(), 90)

    now = desk.get(path).json()
    assert (now["state"], now["spoken_status"]) == ("in_progress", "Somebody is working on it.")


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/tickets/INC9999990", None, 404, "UNKNOWN_TICKET"),
        ("GET", "/tickets/INC0000014", None, 400, "INVALID_TICKET_NUMBER"),
        ("POST", "/tickets", {"caller_id": "x"}, 400, "INVALID_REQUEST"),
        ("POST", "/tickets", {"caller_id": "x", "issue_description": ""}, 400, "INVALID_REQUEST"),
        ("GET", "/tickets?caller=x&limit=many", None, 400, "INVALID_REQUEST"),
        ("GET", "/tickets?caller=x&cursor=forged", None, 400, "INVALID_CURSOR"),
    ],
)
def test_bad_input_has_a_code_a_message_and_a_remedy(
    desk: httpx.Client, method: str, path: str, body: Any, status: int, code: str
) -> None:
    answer = desk.request(method, path, **({"json": body} if body is not None else {}))

    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (status, code)
    assert error["message"]
    assert error["remediation"]


def test_ten_kilobytes_with_control_characters_make_one_readable_ticket(
    desk: httpx.Client, caller: str
) -> None:
    words = "the screen \x00\x1b[31mflickers " * 400

    ticket = opened(desk, caller, issue_description=words[:10_000])

    assert "\x00" not in ticket["issue_description"]
    assert "\n" not in ticket["short_description"]


@pytest.mark.requirement("ITS-06", "E")
def test_more_than_the_plan_allows_at_once_is_refused_with_429(desk: httpx.Client) -> None:
    # Last in this file: it leaves nothing of the second's allowance to others.
    # A number that is refused before anything is looked up: the quickest request there is.
    with ThreadPoolExecutor(16) as pool:
        asked = [pool.submit(desk.get, "/tickets/none") for _ in range(600)]
        answers = [answer.result() for answer in asked]

    statuses = [answer.status_code for answer in answers]
    assert set(statuses) == {400, 429}
    assert statuses.count(400) >= 100
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert refused.json() == {"message": "Too Many Requests"}
