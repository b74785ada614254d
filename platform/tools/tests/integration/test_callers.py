"""The port `Callers`: memory and Amazon Connect answer alike."""

import importlib
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.stub import Stubber

from switchboard.tools.caller_binding.adapters.connect import ConnectCallers
from switchboard.tools.caller_binding.adapters.memory import MemoryCallers
from switchboard.tools.caller_binding.callers import (
    CallerAnonymousError,
    Callers,
    CallersDownError,
    ContactUnknownError,
)

CALLER = "+15555550100"
INSTANCE = "11111111-2222-4333-8444-555555555555"
Build = Callable[..., Callers]


def _memory(address: str | None = None, *, error: str | None = None) -> Callers:
    callers = MemoryCallers({} if error == "ResourceNotFoundException" else {"c-1": address})
    callers.down = error == "ThrottlingException"
    return callers


@pytest.fixture
def connect(aws: boto3.Session) -> Build:
    def build(address: str | None = None, *, error: str | None = None) -> Callers:
        client = aws.client("connect")
        stub = Stubber(client)
        asked = {"InstanceId": INSTANCE, "ContactId": "c-1"}
        if error:
            stub.add_client_error("describe_contact", error, expected_params=asked)
        else:
            endpoint = {"Type": "TELEPHONE_NUMBER", "Address": address} if address else {}
            contact: dict[str, Any] = {"Id": "c-1", "CustomerEndpoint": endpoint}
            stub.add_response("describe_contact", {"Contact": contact}, asked)
        stub.activate()
        return ConnectCallers(client, INSTANCE)

    return build


@pytest.fixture(params=["memory", "connect"])
def build(request: pytest.FixtureRequest, connect: Build) -> Build:
    return _memory if request.param == "memory" else connect


def test_the_caller_is_the_customers_end_of_the_contact(build: Build) -> None:
    assert build(CALLER).caller_of("c-1") == CALLER


@pytest.mark.parametrize("address", [None, "anonymous", "+Anonymous", "Restricted"])
def test_a_number_that_is_not_shown_is_nobodys(build: Build, address: str | None) -> None:
    with pytest.raises(CallerAnonymousError):
        build(address).caller_of("c-1")


def test_an_unknown_contact_is_told_from_a_service_that_is_down(build: Build) -> None:
    with pytest.raises(ContactUnknownError):
        build(error="ResourceNotFoundException").caller_of("c-1")
    with pytest.raises(CallersDownError):
        build(error="ThrottlingException").caller_of("c-1")


def test_a_service_that_cannot_be_reached_is_down(aws: boto3.Session) -> None:
    class Unreachable:
        def describe_contact(self, **_asked: str) -> Any:
            raise EndpointConnectionError(endpoint_url="https://connect.example")

    with pytest.raises(CallersDownError):
        ConnectCallers(Unreachable(), INSTANCE).caller_of("c-1")


def test_the_function_is_built_from_its_environment(
    aws: boto3.Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONNECT_INSTANCE_ID", INSTANCE)
    module = importlib.import_module("switchboard.tools.caller_binding.handler")
    module._warm.cache_clear()
    listing = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}

    answer = module.handler({"mcp": {"gatewayRequest": {"headers": {}, "body": listing}}}, None)

    assert answer["mcp"]["transformedGatewayRequest"]["body"] == listing
