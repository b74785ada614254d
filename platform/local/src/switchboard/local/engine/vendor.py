"""The one place that knows ministack's private names; they are checked before anything starts."""

import importlib
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

PINNED = "1.5.33"
USED = {
    "ministack.app": ("app", "_build_persistence_save_dict", "_load_persisted_state"),
    "ministack.core.concurrency": ("esm_wake",),
    "ministack.core.lambda_runtime": (
        "_worker_class_for",
        "_worker_key",
        "_workers",
        "acquire_worker",
        "execution_credentials",
        "release_worker",
        "reset",
    ),
    "ministack.core.persistence": ("load_state", "save_state"),
    "ministack.core.responses": (
        "AccountRegionScopedDict",
        "_request_account_id",
        "_request_region",
        "get_account_id",
        "get_region",
        "request_scope",
    ),
    "ministack.services.apigateway_v1": (
        "_lambda_proxy_response",
        "_rest_apis",
        "find_api_scope",
        "handle_execute",
    ),
    "ministack.services.cloudformation": ("_stacks",),
    "ministack.services.cloudformation.custom_resource": ("_HOST", "deliver_response"),
    "ministack.services.cloudformation.provisioners": (
        "_RESOURCE_HANDLERS",
        "_cognito_user_pool_attributes",
        "_sm_secret_string",
    ),
    "ministack.services.cloudwatch": (
        "_alarm_history",
        "_alarms",
        "_dims_key",
        "_dispatch_alarm_actions",
        "_evaluate_alarm",
        "_evaluate_all_alarms",
        "_evaluate_parent_alarms",
        "_metric_bucket",
        "_metrics",
        "_record_history",
    ),
    "ministack.services.cloudwatch_logs": ("_append_log_events", "_log_groups"),
    "ministack.services.dynamodb": (
        "_stream_records",
        "_stream_trimmed",
        "_tables",
        "stream_end_position",
        "stream_records_since",
        "stream_start_position",
    ),
    "ministack.services.eventbridge": (
        "_SCHEDULER_TICK_INTERVAL",
        "_archives",
        "_create_archive",
        "_delete_archive",
        "_invoke_target",
        "_put_events",
    ),
    "ministack.services.iam": ("_IAM_HANDLERS", "_error"),
    "ministack.services.lambda_svc": (
        "_ESM_BACKOFF_SECONDS",
        "_ESM_IDLE_WAKE_GAP_SECONDS",
        "_apply_filter_criteria",
        "_dispatch_esm_batch",
        "_dynamodb_stream_positions",
        "_dynamodb_stream_positions_lock",
        "_emit_lambda_logs",
        "_emit_lambda_metrics",
        "_esm_backoff_until",
        "_esm_inflight",
        "_execute_function",
        "_execute_function_with_config_scope",
        "_fetch_code_from_s3",
        "_functions",
        "_get_func_record_for_qualifier",
        "_iter_all_esms",
        "_poll_dynamodb_streams",
        "_send_ddb_stream_failure_record",
        "acquire_worker",
        "release_worker",
    ),
    "ministack.services.s3": ("_get_object_data",),
    "ministack.services.scheduler": ("_SCHEDULE_TICK_INTERVAL",),
    "ministack.services.secretsmanager": ("_get_random_password", "_secrets"),
    "ministack.services.sqs": ("_queue_name_to_url", "_queues"),
    "hypercorn.asyncio": ("serve",),
    "hypercorn.config": ("Config",),
}


class EngineMismatchError(RuntimeError):
    """The installed ministack is not the one this engine was written for."""


@dataclass(frozen=True)
class Vendor:
    """The modules of ministack, checked to hold every name that is used."""

    app: Any
    concurrency: Any
    lambda_runtime: Any
    persistence: Any
    responses: Any
    apigateway_v1: Any
    cloudformation: Any
    custom_resource: Any
    cloudwatch: Any
    cloudwatch_logs: Any
    provisioners: Any
    dynamodb: Any
    eventbridge: Any
    iam: Any
    lambda_svc: Any
    s3: Any
    scheduler: Any
    secretsmanager: Any
    sqs: Any
    serve: Any
    config: Any


def load() -> Vendor:
    """Import ministack and check it.

    Raises:
        EngineMismatchError: naming the pinned version and every name that is missing.
    """
    missing = [
        f"{module}.{name}"
        for module, names in USED.items()
        for name in names
        if not hasattr(_module(module), name)
    ]
    if missing:
        raise EngineMismatchError(
            f"the engine needs ministack {PINNED} and found {_installed()}, which lacks: "
            + ", ".join(missing)
        )
    modules = {
        name.rsplit(".", 1)[-1]: _module(name) for name in USED if name.startswith("ministack.")
    }
    return Vendor(
        **modules,
        serve=_module("hypercorn.asyncio").serve,
        config=_module("hypercorn.config").Config,
    )


def _module(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        raise EngineMismatchError(
            f"the engine needs ministack {PINNED} and found {_installed()}: {error}"
        ) from error


def _installed() -> str:
    try:
        return version("ministack")
    except PackageNotFoundError:
        return "none"
