"""The gateway as the agent's tool box: MCP over streamable HTTP, AgentCore Identity's tokens.

The token names the agent, the invocation and what it may touch; the gateway's policies decide by it
(`aws_client_metadata` reaches Cognito's token hook, AWS: Amazon Cognito pre-token generation V3).
The agent type follows from the provider's client; the hook refuses a token when we name another.
"""

import json
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol

import httpx
from bedrock_agentcore.identity.auth import requires_access_token
from strands.tools.mcp import MCPClient

from switchboard.agents.payload import RunRequest

UNAUTHORIZED = 401


class ToolBox(Protocol):
    """Where an agent's tools come from."""

    def open(self, request: RunRequest) -> AbstractContextManager[list[Any]]:
        """The tools this run may use, as Strands tools, for as long as the context lasts."""
        ...


class GatewayTools:
    """The tools of the AgentCore gateway."""

    def __init__(self, endpoint: str, token_for: "TokenSource") -> None:
        """Connect to `endpoint` with the tokens `token_for` gives."""
        self._endpoint = endpoint
        self._token_for = token_for

    @contextmanager
    def open(self, request: RunRequest) -> Iterator[list[Any]]:
        """List the tools of all pages; the gateway shows only what its policies could permit."""
        auth = _BearerAuth(lambda *, fresh: self._token_for(request, fresh=fresh))
        with MCPClient(url=self._endpoint, auth_provider=auth, startup_timeout=60) as client:
            yield _all_tools(client)


class TokenSource(Protocol):
    """Where a run's gateway token comes from."""

    def __call__(self, request: RunRequest, *, fresh: bool) -> str:
        """A token for this run; `fresh` when the one at hand was refused."""
        ...


class IdentityTokens:
    """Tokens of AgentCore Identity for the workload that is running (machine to machine)."""

    def __init__(self, provider: str, scope: str) -> None:
        """Use the OAuth2 credential provider `provider`."""
        self._provider = provider
        self._scope = scope

    def __call__(self, request: RunRequest, *, fresh: bool) -> str:
        """Exchange the workload token of the request (a context variable) for a gateway token."""

        @requires_access_token(
            provider_name=self._provider,
            scopes=[self._scope],
            auth_flow="M2M",
            force_authentication=fresh,
            custom_parameters={"aws_client_metadata": json.dumps(claims(request))},
        )
        def token(*, access_token: str) -> str:
            return access_token

        value: str = token()
        return value


def claims(request: RunRequest) -> dict[str, str]:
    """What the token says about this run: strings, as Cedar's tags are; nothing is said by ""."""
    repository = request.project.github_repo or ""
    owner, _, name = repository.partition("/")
    named = {
        "agent_type": request.agent_type,
        "invocation_id": request.invocation_id,
        "correlation_id": request.correlation_id,
        "project_id": request.project_id,
        "page_id": request.notion_page_id,
        "acting_user": request.acting_user or "",
        "repo": repository,
        "repo_owner": owner,
        "repo_name": name,
        "work_branch": request.work_branch,
    }
    return {name: value for name, value in named.items() if value}


class _BearerAuth(httpx.Auth):
    """Puts the token on each request and asks for a new one once when it is refused."""

    def __init__(self, token: Callable[..., str]) -> None:
        self._token = token
        self._value: str | None = None

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if self._value is None:
            self._value = self._token(fresh=False)
        request.headers["Authorization"] = f"Bearer {self._value}"
        response = yield request
        if response.status_code == UNAUTHORIZED:
            self._value = self._token(fresh=True)
            request.headers["Authorization"] = f"Bearer {self._value}"
            yield request


def _all_tools(client: MCPClient) -> list[Any]:
    tools: list[Any] = []
    page_token: str | None = None
    while True:
        page = client.list_tools_sync(pagination_token=page_token)
        tools.extend(page)
        page_token = page.pagination_token
        if not page_token:
            return tools
