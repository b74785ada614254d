"""HTTP APIs over httpx."""

import httpx

from switchboard.local.gateway.http_targets import HttpAnswer, HttpFailedError, HttpRequest

MAX_ANSWER_BYTES = 6 * 1024 * 1024
"""AgentCore Gateway's payload limit."""


class HttpxTargets:
    """Sends with one pooled client, which is shared by threads."""

    def __init__(self, client: httpx.Client) -> None:
        """Send with `client`."""
        self._client = client

    def send(self, request: HttpRequest) -> HttpAnswer:
        """Send it."""
        try:
            answer = self._client.request(
                request.method,
                httpx.URL(request.url, params=request.query) if request.query else request.url,
                headers=dict(request.headers),
                content=request.body,
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            reason = f"{type(error).__name__}: {error}".rstrip(": ")
            raise HttpFailedError(f"{request.method} {request.url}: {reason}") from error
        if len(answer.content) > MAX_ANSWER_BYTES:
            raise HttpFailedError(f"{request.method} {request.url}: the answer is over 6 MB")
        return HttpAnswer(answer.status_code, answer.text)

    def close(self) -> None:
        """Close the pool's connections."""
        self._client.close()
