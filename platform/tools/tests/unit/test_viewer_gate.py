"""What people may open, and until when."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from switchboard.tools.viewer_gate import handler

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


def _request(uri: str, tls: str = "TLSv1.3:TLS_AES_128_GCM_SHA256:sessionResumed") -> Any:
    headers = {"cloudfront-viewer-tls": [{"key": "CloudFront-Viewer-TLS", "value": tls}]}
    request = {"uri": uri, "method": "GET", "headers": headers}
    cf = {"config": {"eventType": "origin-request"}, "request": request}
    return handler({"Records": [{"cf": cf}]}, None, NOW)


def _response(expires_at: datetime | None) -> Any:
    value = [{"key": "x", "value": expires_at.isoformat()}] if expires_at else []
    headers = {"x-amz-meta-expires-at": value} if value else {}
    response = {"status": "200", "headers": headers}
    cf = {"config": {"eventType": "origin-response"}, "request": {}, "response": response}
    return handler({"Records": [{"cf": cf}]}, None, NOW)


def test_a_file_is_served_as_it_is() -> None:
    assert _request("/01J9/page/index.html")["uri"] == "/01J9/page/index.html"


def test_a_folder_opens_its_index() -> None:
    assert _request("/01J9/")["uri"] == "/01J9/index.html"


@pytest.mark.parametrize(
    "uri", ["/", "/01J9", "/01J9/.expires.json", "/.hidden/x", "/01J9/%2e%2e/01J8/index.html"]
)
def test_hidden_files_and_what_lies_outside_a_prototype_do_not_exist(uri: str) -> None:
    assert _request(uri)["status"] == "404"


@pytest.mark.parametrize("tls", ["TLSv1:ECDHE-RSA-AES128-SHA:", "TLSv1.1:ECDHE", "SSLv3:RC4"])
def test_old_tls_is_refused(tls: str) -> None:
    assert _request("/01J9/index.html", tls)["status"] == "426"


def test_a_living_prototype_is_passed_on() -> None:
    assert _response(NOW + timedelta(seconds=1))["status"] == "200"


def test_an_expired_prototype_is_gone_at_once() -> None:
    answer = _response(NOW)

    assert answer["status"] == "410"
    assert "expired" in answer["body"]


def test_an_answer_without_expiry_such_as_not_found_is_passed_on() -> None:
    assert _response(None)["status"] == "200"
