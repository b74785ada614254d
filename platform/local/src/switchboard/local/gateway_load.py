"""The same tool, called past the gateway and through it, in turns: what the way through costs."""

import base64
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import boto3
import httpx

from switchboard.events.envelope import new_id, utc_now
from switchboard.local import wiring
from switchboard.local.agentcore.identity import IssueToken, SigningKey, Workload
from switchboard.local.agentcore.identity_door import OAUTH2_PROVIDER
from switchboard.local.agentcore.registry import Registry
from switchboard.local.gateway.deployed import TARGET
from switchboard.local.settings import ACCOUNT, REGION, LocalSettings
from switchboard.tools.adapters.dynamodb import DynamoLedger
from switchboard.tools.invocation import HEADER_OF_CLAIM
from switchboard.tools.ledger import EffectKey, Once
from switchboard.tools.tool import SEPARATOR

AGENT = "spec"
"""Reads and writes Notion."""
Milliseconds = list[float]
Arguments = dict[str, Any]
Clock = Callable[[], float]


class CallFailedError(RuntimeError):
    """A call that should have worked did not; the message is its answer."""


@dataclass
class Pair:
    """One tool's calls, past the gateway and through it, and the effect ledger between them."""

    direct: Milliseconds = field(default_factory=list)
    through: Milliseconds = field(default_factory=list)
    ledger: Milliseconds = field(default_factory=list)


@dataclass(frozen=True)
class Bench:
    """One agent of one invocation, and the function its tools are served by."""

    settings: LocalSettings
    functions: Any
    """Lambda, as anybody calls it: the SDK's client."""
    workload: Workload
    function_arn: str
    http: httpx.Client
    clock: Clock = time.perf_counter

    @classmethod
    def of(cls, settings: LocalSettings, page_id: str) -> "Bench":
        """An agent on a story, with a token as the platform issues it."""
        payload = {
            "invocation_id": new_id(),
            "project_id": "bench",
            "notion_page_id": page_id,
            "project": {"github_repo": "acme/storefront"},
        }
        workload = Workload.of_invocation(AGENT, "bench", payload)
        token = _token(settings, workload)
        http = httpx.Client(
            headers={"Authorization": f"Bearer {token}"}, timeout=30, trust_env=False
        )
        arn = _function_arn(settings, "notion")
        return cls(settings, wiring.client("lambda", settings), workload, arn, http)

    def calls(self, tool: str, arguments: Callable[[], Arguments], number: int) -> Pair:
        """`number` rounds of ledger, direct call and gateway, so that all meet the same machine.

        Every other round begins with the gateway: what a call sets off in the background, such as
        a webhook, falls on both.
        """
        found = Pair()

        def direct() -> None:
            found.direct.append(self._timed(lambda: self._direct(tool, arguments())))

        def through() -> None:
            found.through.append(self._timed(lambda: self._through(tool, arguments())))

        for turn in range(number):
            found.ledger.append(self._timed(self._remember))
            for call in (direct, through) if turn % 2 else (through, direct):
                call()
        return found

    @cached_property
    def _once(self) -> Once:
        found = self.functions.get_function_configuration(FunctionName=self.function_arn)
        table = _table(self.settings, found["Environment"]["Variables"]["LEDGER_TABLE"])
        return Once(DynamoLedger(table), utc_now, _never, new_id)

    def _remember(self) -> None:
        """The effect ledger alone, around nothing: claim and record on the platform's table."""
        invocation = self.workload.claims["invocation_id"]
        key = EffectKey.of(invocation, "bench", {"number": new_id()})
        self._once(key, lambda _since: {"nothing": True})

    def _timed(self, act: Callable[[], object]) -> float:
        start = self.clock()
        act()
        return (self.clock() - start) * 1000

    def _direct(self, tool: str, arguments: Arguments) -> None:
        claims = self.workload.claims
        headers = {header: claims.get(claim, "") for claim, header in HEADER_OF_CLAIM.items()}
        custom = {
            "bedrockAgentCoreToolName": tool,
            "bedrockAgentCorePropagatedHeaders": headers,
        }
        answer = self.functions.invoke(
            FunctionName=self.function_arn,
            Payload=json.dumps(arguments).encode(),
            ClientContext=base64.b64encode(json.dumps({"custom": custom}).encode()).decode(),
        )
        payload = json.loads(answer["Payload"].read())
        if "FunctionError" in answer or "error" in payload:
            raise CallFailedError(f"{tool}, direct: {payload}")

    def _through(self, tool: str, arguments: Arguments) -> None:
        body = {
            "jsonrpc": "2.0",
            "id": 1,
            "method": "tools/call",
            "params": {"name": tool, "arguments": arguments},
        }
        answer = self.http.post(self.settings.mcp_url, json=body).json()
        result = answer.get("result") or {"isError": True}
        if result.get("isError"):
            raise CallFailedError(f"{tool}, through the gateway: {answer}")


def _never(_seconds: float) -> None:
    """Nobody else claims the keys of a measurement, so there is nothing to wait for."""


def _table(settings: LocalSettings, name: str) -> Any:
    session: Any = boto3.Session(ACCOUNT, "local", region_name=REGION)
    return session.resource("dynamodb", endpoint_url=settings.engine_url).Table(name)


def _token(settings: LocalSettings, workload: Workload) -> str:
    key = SigningKey.kept_in(settings.folder.root / "identity" / "key.pem")
    name = f"switchboard-gateway-{settings.environment}-{AGENT}"
    for provider in Registry(settings.folder.registry).of_type(OAUTH2_PROVIDER):
        if provider.property("Name") == name:
            config = provider.property("Oauth2ProviderConfigInput", "CustomOauth2ProviderConfig")
            issue = IssueToken(key, settings.agentcore_url, time.time)
            return issue(workload, str(config["ClientId"]), [f"gateway/{AGENT}"])
    raise CallFailedError(f"no credential provider {name}")


def _function_arn(settings: LocalSettings, target: str) -> str:
    for item in Registry(settings.folder.registry).of_type(TARGET):
        arn = item.property("TargetConfiguration", "Mcp", "Lambda", "LambdaArn")
        if arn and item.property("Name") == target:
            return str(arn)
    raise CallFailedError(f"no gateway target {target}{SEPARATOR}")
