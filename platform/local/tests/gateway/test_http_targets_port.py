"""The port `HttpTargets`: memory and httpx answer alike."""

import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from switchboard.local.gateway import wiring
from switchboard.local.gateway.adapters.httpx_targets import HttpxTargets
from switchboard.local.gateway.adapters.memory import MemoryHttpTargets
from switchboard.local.gateway.http_targets import (
    HttpAnswer,
    HttpFailedError,
    HttpRequest,
    HttpTargets,
)

Api = Callable[[HttpRequest], HttpAnswer]
Build = Callable[[Api], tuple[HttpTargets, str]]


def _served(api: Api) -> Starlette:
    async def answer(request: Request) -> Response:
        raw = request.scope["raw_path"].decode()
        given = HttpRequest(
            request.method,
            f"{request.url.scheme}://{request.url.netloc}{raw.split('?')[0]}",
            tuple(request.query_params.multi_items()),
            dict(request.headers),
            await request.body() or None,
        )
        try:
            answered = api(given)
        except TimeoutError:
            await request.receive()  # until the caller hangs up
            return Response()
        location = {"location": "/elsewhere"} if 300 <= answered.status < 400 else {}
        return Response(answered.text, answered.status, headers=location)

    methods = ["GET", "POST", "PATCH", "PUT", "DELETE"]
    return Starlette(routes=[Route("/{path:path}", answer, methods=methods)])


@pytest.fixture(params=["memory", "httpx"])
def build(request: pytest.FixtureRequest, serve: Any) -> Iterator[Build]:
    built: list[HttpTargets] = []

    def memory(api: Api) -> tuple[HttpTargets, str]:
        targets = MemoryHttpTargets()
        targets.register("http://desk.test", api)
        built.append(targets)
        return targets, "http://desk.test"

    def over_http(api: Api) -> tuple[HttpTargets, str]:
        built.append(wiring.http_targets())
        return built[-1], serve(_served(api))

    yield memory if request.param == "memory" else over_http
    for targets in built:
        targets.close()


def test_a_request_arrives_as_it_was_made(build: Build) -> None:
    seen: list[HttpRequest] = []

    def api(request: HttpRequest) -> HttpAnswer:
        seen.append(request)
        return HttpAnswer(201, '{"ticket_id": "ä"}')

    targets, url = build(api)
    query = (("state", "new"), ("state", "on hold"), ("caller", "+1&2"))
    headers = {"x-api-key": "the-key", "content-type": "application/json"}
    sent = HttpRequest("POST", f"{url}/tickets/a%2Fb%20c", query, headers, b'{"a": 1}')

    assert targets.send(sent) == HttpAnswer(201, '{"ticket_id": "ä"}')

    [arrived] = seen
    assert (arrived.method, arrived.url) == ("POST", f"{url}/tickets/a%2Fb%20c")
    assert arrived.query == query
    assert headers.items() <= dict(arrived.headers).items()
    assert arrived.body == b'{"a": 1}'


@pytest.mark.parametrize("status", [204, 302, 404, 429, 500])
def test_every_status_is_an_answer(build: Build, status: int) -> None:
    targets, url = build(lambda _request: HttpAnswer(status, ""))

    assert targets.send(HttpRequest("GET", f"{url}/tickets")).status == status


def test_an_address_where_nobody_listens_is_named(build: Build) -> None:
    targets, _url = build(lambda _request: HttpAnswer(200, ""))
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]

    with pytest.raises(HttpFailedError, match=rf"GET http://127.0.0.1:{port}/x: ConnectError"):
        targets.send(HttpRequest("GET", f"http://127.0.0.1:{port}/x"))


def test_an_api_that_takes_too_long_is_named(serve: Any) -> None:
    def slow(_request: HttpRequest) -> HttpAnswer:
        raise TimeoutError

    memory = MemoryHttpTargets()
    memory.register("http://desk.test", slow)
    client = httpx.Client(timeout=0.05, trust_env=False)

    with closing(HttpxTargets(client)) as hurried:
        for targets, url in ((memory, "http://desk.test"), (hurried, serve(_served(slow)))):
            with pytest.raises(HttpFailedError, match=rf"GET {url}/tickets: ReadTimeout"):
                targets.send(HttpRequest("GET", f"{url}/tickets"))


def test_an_answer_beyond_the_payload_limit_is_refused(serve: Any) -> None:
    url = serve(_served(lambda _request: HttpAnswer(200, "x" * (6 * 1024 * 1024 + 1))))

    with (
        closing(wiring.http_targets()) as targets,
        pytest.raises(HttpFailedError, match="over 6 MB"),
    ):
        targets.send(HttpRequest("GET", f"{url}/tickets"))
