"""What IAM asks of the caller of a request: actions, each on a resource.

Sources: the Service Authorization Reference (actions, resource types, dependent actions) and, for
transactions, the DynamoDB Developer Guide ("IAM and transactions"). Only names are kept, never
content. A resource that the request does not name stays empty; a part of its ARN that it does not
tell is `*` or `?`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

ANY = ""
"""A resource that nobody knows."""


@dataclass(frozen=True)
class Need:
    """One permission; `context` holds condition keys that IAM would see, as pairs."""

    action: str
    resource: str = ANY
    context: tuple[tuple[str, str], ...] = ()

    def as_list(self) -> list[Any]:
        """For a journal line."""
        return [self.action, self.resource, *([dict(self.context)] if self.context else [])]


VIA_SERVICE = (("aws:ViaAWSService", "true"),)
"""A service asks with the caller's own permissions (forward access session)."""


@dataclass(frozen=True)
class Request:
    """A request to an AWS service, without its content."""

    service: str
    operation: str
    region: str
    account: str
    path: str = "/"
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, bytes] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)

    def arn(self, resource: str, service: str = "") -> str:
        """An ARN in the caller's account and region."""
        name = service or self.service
        return f"arn:aws:{name}:{self.region}:{self.account}:{resource}"

    def part(self, number: int) -> str:
        """A part of the path, decoded; the first one is 1."""
        parts = self.path.split("/")
        return unquote(parts[number]) if len(parts) > number else ""


Needs = Iterator[Need]


def named(request: Request, value: str, prefix: str) -> str:
    """The ARN of something named by ARN or by name."""
    return value if value.startswith("arn:") else request.arn(prefix + value)


def pass_role(role_arn: str, service: str) -> Need:
    """iam:PassRole of whoever gives a service a role."""
    return Need("iam:PassRole", role_arn, (("iam:PassedToService", service),))
