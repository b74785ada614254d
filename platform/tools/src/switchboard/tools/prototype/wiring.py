"""The only place where the uploader's settings, clients and use cases meet."""

import time

import boto3
from botocore.config import Config

from switchboard.runtime.log import service_logger
from switchboard.tools.metrics import ToolMetrics
from switchboard.tools.prototype.adapters.s3 import S3PrototypeStore
from switchboard.tools.prototype.definition import PROTOTYPE
from switchboard.tools.prototype.settings import Settings
from switchboard.tools.prototype.store import PrototypeStore
from switchboard.tools.prototype.upload import Expiries, GenerateUrl, UploadPrototype
from switchboard.tools.sandbox.sessions import Sessions
from switchboard.tools.sandbox.wiring import sessions
from switchboard.tools.tool_target import ToolTarget, UseCase
from switchboard.tools.wiring import once, utc_now, with_emf


def use_cases(
    store: PrototypeStore, of_invocations: Sessions, metrics: ToolMetrics, base_url: str
) -> dict[str, UseCase]:
    """The target's tools."""
    expiries = Expiries(store)
    return {
        "s3_upload_prototype": UploadPrototype(store, expiries, of_invocations, metrics, utc_now),
        "s3_generate_url": GenerateUrl(store, expiries, base_url),
    }


def target(settings: Settings) -> ToolTarget:
    """Build the target on real services."""
    # one layer retries: the store, with the waits the requirement names
    client = boto3.client("s3", config=Config(retries={"max_attempts": 0}))
    store = S3PrototypeStore(client, settings.PROTOTYPES_BUCKET, time.sleep)
    metrics = with_emf()
    of_invocations = sessions(settings.CODE_INTERPRETER_ID, settings.LEDGER_TABLE)
    return ToolTarget(
        PROTOTYPE,
        use_cases(store, of_invocations, metrics, settings.PROTOTYPES_URL),
        once(settings.LEDGER_TABLE),
        metrics,
        service_logger("tools-prototype"),
    )
