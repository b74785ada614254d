"""Custom resources that are Python functions: what the engine does with one that fails.

The engine calls the function with a ResponseURL of its own and waits for the answer. A function
that died answers nothing: AWS waits for an hour then; here the stack fails at once and says why.
"""

from collections.abc import Callable, Mapping
from typing import Any

from switchboard.local.engine.vendor import Vendor

LOOPBACK = "127.0.0.1"
ANSWER_PATH = "/_ministack/cfn-response/"
LOG_CHARACTERS = 2000
TAKEN = "EntityAlreadyExists"

Execute = Callable[[dict[str, Any], Any], dict[str, Any]]
Deliver = Callable[[str, dict[str, Any]], bool]


def apply(engine: Vendor) -> None:
    """Make custom resources fail fast, and answer them at the address that is listened on."""
    engine.custom_resource._HOST = LOOPBACK  # noqa: SLF001
    engine.lambda_svc._execute_function_with_config_scope = failing_fast(  # noqa: SLF001
        engine.lambda_svc._execute_function_with_config_scope,  # noqa: SLF001
        engine.custom_resource.deliver_response,
    )
    roles = engine.iam._IAM_HANDLERS  # noqa: SLF001
    roles["CreateServiceLinkedRole"] = refused_as_on_aws(
        roles["CreateServiceLinkedRole"],
        engine.iam._error,  # noqa: SLF001
    )


def failing_fast(execute: Execute, deliver: Deliver) -> Execute:
    """Answer for a function that ended with an error before it could."""

    def call(function: dict[str, Any], event: Any) -> dict[str, Any]:
        result = execute(function, event)
        url = event.get("ResponseURL", "") if isinstance(event, Mapping) else ""
        if result.get("error") and ANSWER_PATH in url:
            deliver(url.rpartition("/")[2], {"Status": "FAILED", "Reason": _reason(result)})
        return result

    return call


def refused_as_on_aws(
    create: Callable[[Any], Any], error: Callable[[int, str, str], Any]
) -> Callable[[Any], Any]:
    """IAM says InvalidInput of a service-linked role that is there already."""

    def call(parameters: Any) -> Any:
        answer = create(parameters)
        if TAKEN.encode() not in answer[2]:
            return answer
        message = "Service role name has been taken in this account, please try a different suffix."
        return error(400, "InvalidInput", message)

    return call


def _reason(result: Mapping[str, Any]) -> str:
    body = result.get("body")
    said = body.get("errorMessage") if isinstance(body, Mapping) else body
    return f"the function failed: {said}\n{result.get('log', '')[-LOG_CHARACTERS:]}".strip()
