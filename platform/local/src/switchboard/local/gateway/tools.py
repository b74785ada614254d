"""Tools of a gateway target: what callers see, and what is called for them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from switchboard.local.agentcore.registry import Registry, Resource
from switchboard.local.gateway.api_keys import KeySource, key_source
from switchboard.local.gateway.documents import Documents
from switchboard.local.gateway.openapi import OpenApiError, Operation, operations

SEPARATOR = "___"
API_KEY = "API_KEY"
HEADER = "HEADER"
DEFAULT_NAMES = {HEADER: "Authorization", "QUERY_PARAMETER": "api_key"}
LocalUrl = Callable[[str], str]
"""Where an API answers on this machine, by the URL its stack publishes."""


class TargetError(ValueError):
    """A target that offers no tools; the message says why."""


@dataclass(frozen=True)
class FunctionCall:
    """A Lambda function behind a tool."""

    function_arn: str


@dataclass(frozen=True)
class Credential:
    """The API key of a provider, and where it goes."""

    source: KeySource
    in_header: bool
    name: str
    prefix: str


@dataclass(frozen=True)
class ApiCall:
    """An operation of an HTTP API behind a tool."""

    operation: Operation
    server: str
    """Where it answers on this machine."""
    credential: Credential | None


@dataclass(frozen=True)
class Tool:
    """One tool of a target."""

    name: str
    """As callers see it: `<target>___<tool>`."""
    description: str
    input_schema: Mapping[str, Any]
    target_id: str
    call: FunctionCall | ApiCall
    allowed_headers: frozenset[str] = frozenset()
    """Lower-case names of the request headers that reach what is called."""


@dataclass(frozen=True)
class ReadTarget:
    """Reads the tools of a target."""

    registry: Registry
    documents: Documents
    local_url: LocalUrl

    def __call__(self, target: Resource) -> list[Tool]:
        """Its tools.

        Raises:
            TargetError: it is of a kind that is not served, or its document cannot be used.
            DocumentMissingError: its document cannot be read now.
        """
        kinds: Mapping[str, Any] = target.property("TargetConfiguration", "Mcp", default={})
        if "Lambda" in kinds:
            return _function_tools(target, kinds["Lambda"])
        if "OpenApiSchema" in kinds:
            try:
                return self._api_tools(target, kinds["OpenApiSchema"])
            except OpenApiError as error:
                raise TargetError(f"its OpenAPI document: {error}") from error
        kind = ", ".join(kinds) or "none"
        raise TargetError(f"its kind ({kind}) is not served here: use Lambda or OpenApiSchema")

    def _api_tools(self, target: Resource, schema: Mapping[str, Any]) -> list[Tool]:
        text = schema.get("InlinePayload")
        if text is None:
            text = self.documents.text(str((schema.get("S3") or {}).get("Uri", "")))
        credential = self._credential(target)
        return [
            _tool(
                target,
                operation.operation_id,
                operation.description,
                operation.input_schema,
                ApiCall(operation, self.local_url(operation.server), credential),
            )
            for operation in operations(text)
        ]

    def _credential(self, target: Resource) -> Credential | None:
        for entry in target.property("CredentialProviderConfigurations", default=[]):
            if entry.get("CredentialProviderType") != API_KEY:
                raise TargetError(
                    f"credentials of type {entry.get('CredentialProviderType')} are not served"
                    f" here: an OpenAPI target has {API_KEY}"
                )
            provider = entry["CredentialProvider"]["ApiKeyCredentialProvider"]
            location = provider.get("CredentialLocation", HEADER)
            return Credential(
                source=key_source(self.registry, str(provider["ProviderArn"])),
                in_header=location == HEADER,
                name=str(provider.get("CredentialParameterName") or DEFAULT_NAMES[location]),
                prefix=str(provider.get("CredentialPrefix") or "").strip(),
            )
        return None


def _function_tools(target: Resource, configuration: Mapping[str, Any]) -> list[Tool]:
    call = FunctionCall(str(configuration["LambdaArn"]))
    return [
        _tool(
            target,
            tool["Name"],
            str(tool.get("Description", "")),
            json_schema(tool.get("InputSchema") or {"Type": "object"}),
            call,
        )
        for tool in configuration.get("ToolSchema", {}).get("InlinePayload", [])
    ]


def _tool(
    target: Resource,
    name: str,
    description: str,
    input_schema: Mapping[str, Any],
    call: FunctionCall | ApiCall,
) -> Tool:
    headers = target.property("MetadataConfiguration", "AllowedRequestHeaders", default=[])
    return Tool(
        name=f"{target.property('Name', default=target.physical_id)}{SEPARATOR}{name}",
        description=description,
        input_schema=input_schema,
        target_id=str(target.attributes.get("TargetId") or target.physical_id),
        call=call,
        allowed_headers=frozenset(str(header).lower() for header in headers),
    )


def json_schema(definition: Mapping[str, Any]) -> dict[str, Any]:
    """A CloudFormation `SchemaDefinition` (Type, Properties, ...) as JSON Schema."""
    schema: dict[str, Any] = {}
    for key in ("Type", "Description", "Required"):
        if key in definition:
            schema[key.lower()] = definition[key]
    if "Properties" in definition:
        schema["properties"] = {
            name: json_schema(child) for name, child in definition["Properties"].items()
        }
    if "Items" in definition:
        schema["items"] = json_schema(definition["Items"])
    return schema
