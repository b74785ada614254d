"""The gateway's targets and its interceptor: one function and one least-privilege role each."""

from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from constructs import Construct
from platform_code_interpreter import Sandbox
from platform_credentials import Credentials
from platform_knowledge import KnowledgeBase
from platform_parameters import Endpoints
from platform_prototypes import PrototypeHosting
from platform_storage import Storage

from switchboard.constructs.explained import explain_wildcard
from switchboard.constructs.service_function import ServiceFunction

TIMEOUT_SECONDS = {
    "interceptor": 5,
    "notion": 120,
    "github": 60,
    "prototype": 120,
    "sandbox": 300,
}
"""Targets with tools under the effect ledger end before its lease does."""


@dataclass(frozen=True)
class ToolResources:
    """What the targets use."""

    endpoints: Endpoints
    storage: Storage
    credentials: Credentials
    prototypes: PrototypeHosting
    sandbox: Sandbox
    knowledge: KnowledgeBase


class ToolFunctions(Construct):
    """Functions by target name in `targets`, and the request interceptor."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        code: lambda_.Code,
        resources: ToolResources,
    ) -> None:
        """Build all functions."""
        super().__init__(scope, construct_id)
        self._code = code
        self._use = resources
        self.interceptor = self._function("Interceptor", "interceptor", {})
        self.targets = {
            "notion": self._notion(),
            "github": self._github(),
            "prototype": self._prototype(),
            "sandbox": self._sandbox(),
        }

    def _function(
        self,
        construct_id: str,
        name: str,
        environment: dict[str, str],
    ) -> ServiceFunction:
        return ServiceFunction(
            self,
            construct_id,
            service=f"tools-{name}",
            code=self._code,
            handler=f"switchboard.tools.{name}.handler.handler",
            environment=environment,
            timeout=cdk.Duration.seconds(TIMEOUT_SECONDS[name]),
        )

    def _target(self, construct_id: str, name: str, environment: dict[str, str]) -> ServiceFunction:
        ledger = self._use.storage.ledger
        function = self._function(
            construct_id, name, {**environment, "LEDGER_TABLE": ledger.table_name}
        )
        function.allow("dynamodb:GetItem", "dynamodb:PutItem", on=[ledger.table_arn])
        function.send_spans()
        return function

    def _may_claim_effects(self, function: ServiceFunction) -> None:
        """A claimed effect is marked as done; sandbox and prototypes only keep their session."""
        function.allow("dynamodb:UpdateItem", on=[self._use.storage.ledger.table_arn])

    def _notion(self) -> ServiceFunction:
        credentials = self._use.credentials
        workload = credentials.workload("notion")
        function = self._target(
            "Notion",
            "notion",
            {
                "NOTION_API_URL": self._use.endpoints.notion,
                "WORKLOAD_NAME": workload.name,
                "NOTION_PROVIDER": credentials.notion_token.name,
                "KNOWLEDGE_BASE_ID": self._use.knowledge.base_id,
            },
        )
        credentials.hand_out(function, workload, credentials.notion, [credentials.notion_token])
        function.allow("bedrock:Retrieve", on=[self._use.knowledge.base_arn])
        self._may_claim_effects(function)
        return function

    def _github(self) -> ServiceFunction:
        credentials = self._use.credentials
        workload = credentials.workload("github")
        app = [credentials.github_app_id, credentials.github_app_key]
        function = self._target(
            "Github",
            "github",
            {
                "GITHUB_API_URL": self._use.endpoints.github,
                "WORKLOAD_NAME": workload.name,
                "GITHUB_APP_ID_PROVIDER": credentials.github_app_id.name,
                "GITHUB_APP_KEY_PROVIDER": credentials.github_app_key.name,
            },
        )
        credentials.hand_out(function, workload, credentials.github, app)
        self._may_claim_effects(function)
        # a pending review is forgotten when it is submitted
        function.allow("dynamodb:DeleteItem", on=[self._use.storage.ledger.table_arn])
        return function

    def _prototype(self) -> ServiceFunction:
        hosting = self._use.prototypes
        function = self._target(
            "Prototype",
            "prototype",
            {
                "PROTOTYPES_BUCKET": hosting.bucket.bucket_name,
                "PROTOTYPES_URL": hosting.url,
                "CODE_INTERPRETER_ID": self._use.sandbox.interpreter_id,
            },
        )
        function.allow(
            "s3:GetObject",
            "s3:PutObject",
            "s3:PutObjectTagging",
            on=[hosting.bucket.arn_for_objects("*")],
        )
        explain_wildcard(function.role, ".Arn>/*", reason="One folder per invocation")
        # without it S3 answers 403 instead of 404 for a file that is not there yet
        function.allow("s3:ListBucket", on=[hosting.bucket.bucket_arn])
        if hosting.bucket.encryption_key:
            function.allow(
                "kms:GenerateDataKey", "kms:Decrypt", on=[hosting.bucket.encryption_key.key_arn]
            )
        self._may_use_sandbox(function)
        return function

    def _sandbox(self) -> ServiceFunction:
        function = self._target(
            "Sandbox", "sandbox", {"CODE_INTERPRETER_ID": self._use.sandbox.interpreter_id}
        )
        self._may_use_sandbox(function)
        return function

    def _may_use_sandbox(self, function: ServiceFunction) -> None:
        function.allow(
            "bedrock-agentcore:StartCodeInterpreterSession",
            "bedrock-agentcore:InvokeCodeInterpreter",
            on=[self._use.sandbox.interpreter.attr_code_interpreter_arn],
        )
