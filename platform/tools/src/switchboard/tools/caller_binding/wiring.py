"""The only place where the interceptor's settings, client and use case meet."""

import boto3
from botocore.config import Config

from switchboard.runtime.log import service_logger
from switchboard.tools.caller_binding.adapters.connect import ConnectCallers
from switchboard.tools.caller_binding.bind_caller import BindCaller
from switchboard.tools.caller_binding.callers import RememberedCallers
from switchboard.tools.caller_binding.settings import Settings

PATIENCE = Config(
    connect_timeout=1, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 2}
)
"""A caller is waiting, and the function ends after eight seconds."""


def bind_caller(settings: Settings) -> BindCaller:
    """Build the use case on Amazon Connect (or on what its endpoint variable names)."""
    callers = ConnectCallers(boto3.client("connect", config=PATIENCE), settings.CONNECT_INSTANCE_ID)
    return BindCaller(
        RememberedCallers(callers),
        settings.CONTACT_CLAIM,
        service_logger("tools-caller-binding"),
    )
