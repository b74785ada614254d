"""API Gateway on the engine: keys, usage plans, signed routes."""

import httpx
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from switchboard.local.embedded import api_url


@pytest.fixture
def url(engine):
    return api_url(engine.settings, engine.outputs["DeskApi"])


def _get(url, key):
    return httpx.get(f"{url}/tickets", headers={"x-api-key": key})


@pytest.mark.parametrize("headers", [{}, {"x-api-key": "guessed"}, {"x-api-key": ""}])
def test_a_request_without_a_known_key_is_403(url, headers):
    answer = httpx.get(f"{url}/tickets", headers=headers)

    assert (answer.status_code, answer.json()) == (403, {"message": "Forbidden"})


def test_a_key_whose_value_a_template_reads_from_a_secret_opens_the_api(engine, url):
    answer = httpx.get(
        f"{url}/tickets/INC0000013",
        params={"caller": "one"},
        headers={"x-api-key": engine.secret("Roomy")},
    )

    assert answer.status_code == 200
    assert answer.json() == {
        "httpMethod": "GET",
        "resource": "/tickets/{ticket_id}",
        "pathParameters": {"ticket_id": "INC0000013"},
        "body": None,
        "query": {"caller": "one"},
    }


def test_requests_past_the_burst_of_the_plan_are_429(engine, url):
    answers = [_get(url, engine.secret("Tight")) for _ in range(8)]

    assert {answer.status_code for answer in answers} == {200, 429}
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert refused.json() == {"message": "Too Many Requests"}


def test_requests_past_the_months_quota_are_429(engine, url):
    answers = [_get(url, engine.secret("Scarce")) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[-1].json() == {"message": "Limit Exceeded"}


def test_a_signed_route_refuses_what_is_not_signed(url):
    unsigned = httpx.get(f"{url}/internal")
    request = AWSRequest("GET", f"{url}/internal")
    SigV4Auth(Credentials("111122223333", "local"), "execute-api", "us-east-1").add_auth(request)
    signed = httpx.get(f"{url}/internal", headers=dict(request.headers))

    assert (unsigned.status_code, signed.status_code) == (403, 200)


def test_a_path_that_is_not_there_is_403_as_on_aws(engine, url):
    answer = httpx.get(f"{url}/nowhere", headers={"x-api-key": engine.secret("Roomy")})

    assert (answer.status_code, answer.json()) == (403, {"message": "Missing Authentication Token"})
