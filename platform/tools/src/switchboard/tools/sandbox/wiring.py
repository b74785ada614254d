"""The only place where the sandbox target's settings, clients and use cases meet."""

import boto3
from botocore.config import Config

from switchboard.runtime.log import service_logger
from switchboard.tools.sandbox.adapters.code_interpreter import CodeInterpreter
from switchboard.tools.sandbox.adapters.session_table import DynamoSessionRecords
from switchboard.tools.sandbox.definition import SANDBOX
from switchboard.tools.sandbox.run_code import ExecuteCode, InstallPackage
from switchboard.tools.sandbox.sessions import Sessions
from switchboard.tools.sandbox.settings import Settings
from switchboard.tools.tool_target import ToolTarget, UseCase
from switchboard.tools.wiring import once, utc_now, with_emf

READ_TIMEOUT_SECONDS = 270
"""A little less than the function may run."""


def sessions(interpreter_id: str, table_name: str) -> Sessions:
    """The sandbox sessions of invocations on the real interpreter."""
    config = Config(read_timeout=READ_TIMEOUT_SECONDS, retries={"max_attempts": 0})
    client = boto3.client("bedrock-agentcore", config=config)
    table = boto3.resource("dynamodb").Table(table_name)
    return Sessions(CodeInterpreter(client, interpreter_id), DynamoSessionRecords(table, utc_now))


def use_cases(of_invocations: Sessions) -> dict[str, UseCase]:
    """The target's tools."""
    return {
        "execute_code": ExecuteCode(of_invocations),
        "install_package": InstallPackage(of_invocations),
    }


def target(settings: Settings) -> ToolTarget:
    """Build the target on real services."""
    return ToolTarget(
        SANDBOX,
        use_cases(sessions(settings.CODE_INTERPRETER_ID, settings.LEDGER_TABLE)),
        once(settings.LEDGER_TABLE),
        with_emf(),
        service_logger("tools-sandbox"),
    )
