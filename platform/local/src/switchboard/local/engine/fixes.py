"""Where the engine answers differently from AWS, and a few waits that are long for one machine.

Each entry is a known lie of ministack 1.5.33, with a test in `tests/engine`.
"""

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from switchboard.local.engine import deployed_alarms
from switchboard.local.engine.bundles import Bundles
from switchboard.local.engine.vendor import Vendor

TICK_SECONDS = 1
"""How often due schedules are looked for (10 s as shipped: one-time deadlines fired late)."""
IDLE_WAKE_GAP_SECONDS = 0.005
"""Pause of the event source poller after a wake that found nothing (50 ms as shipped)."""


def apply(engine: Vendor, bundles: Bundles) -> None:
    """Apply every fix; nothing is served yet."""
    engine.lambda_svc._ESM_IDLE_WAKE_GAP_SECONDS = IDLE_WAKE_GAP_SECONDS  # noqa: SLF001
    engine.scheduler._SCHEDULE_TICK_INTERVAL = TICK_SECONDS  # noqa: SLF001
    engine.eventbridge._SCHEDULER_TICK_INTERVAL = TICK_SECONDS  # noqa: SLF001
    handlers = engine.provisioners._RESOURCE_HANDLERS  # noqa: SLF001
    handlers["AWS::SecretsManager::Secret"] = secret_ref_is_its_arn(
        handlers["AWS::SecretsManager::Secret"], engine.secretsmanager
    )
    handlers["AWS::Lambda::Function"] = code_must_exist(
        handlers["AWS::Lambda::Function"], engine.s3
    )
    handlers["AWS::CloudWatch::Alarm"] = deployed_alarms.computed(
        handlers["AWS::CloudWatch::Alarm"], engine.cloudwatch
    )
    handlers.setdefault("AWS::Events::Archive", archive(engine.eventbridge))
    keep_errors_inside(engine.apigateway_v1)
    generate_secrets_as_asked(engine.provisioners, engine.secretsmanager)
    _answer_provider_url(engine)
    _refer_to_bundles(engine.lambda_svc, bundles)


def secret_ref_is_its_arn(handler: dict[str, Any], secretsmanager: Any) -> dict[str, Any]:
    """On AWS `Ref` of a secret is its ARN; the engine answers its name."""

    def name_of(arn: str) -> str:
        names = (
            name
            for name, secret in secretsmanager._secrets.items()  # noqa: SLF001
            if secret["ARN"] == arn
        )
        return next(names, arn)

    def create(logical_id: str, properties: Any, stack: str) -> tuple[str, Any]:
        _name, attributes = handler["create"](logical_id, properties, stack)
        return attributes["Arn"], attributes

    def update(arn: str, old: Any, new: Any, stack: str, logical_id: str) -> tuple[str, Any]:
        _name, attributes = handler["update"](name_of(arn), old, new, stack, logical_id)
        return attributes["Arn"], attributes

    def delete(arn: str, properties: Any) -> None:
        handler["delete"](name_of(arn), properties)

    return {**handler, "create": create, "update": update, "delete": delete}


def generate_secrets_as_asked(provisioners: Any, secretsmanager: Any) -> None:
    """AWS heeds every option of GenerateSecretString; the engine, punctuation wanted or not."""

    def secret_string(properties: Any) -> str:
        asked = properties.get("GenerateSecretString")
        if asked is None or properties.get("SecretString"):
            return str(properties.get("SecretString", ""))
        status, _headers, body = secretsmanager._get_random_password(asked)  # noqa: SLF001
        if status != HTTPStatus.OK:
            raise ValueError(f"GenerateSecretString: {body!r}")
        generated = str(json.loads(body)["RandomPassword"])
        if "GenerateStringKey" not in asked:
            return generated
        template = json.loads(asked["SecretStringTemplate"])
        return json.dumps({**template, asked["GenerateStringKey"]: generated})

    provisioners._sm_secret_string = secret_string  # noqa: SLF001


def code_must_exist(handler: dict[str, Any], s3: Any) -> dict[str, Any]:
    """On AWS a function without its code is not created; the engine makes one that answers 200."""

    def checked(name: str, properties_at: int) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            code = arguments[properties_at].get("Code", {})
            bucket, key = code.get("S3Bucket"), code.get("S3Key")
            if key and s3._get_object_data(bucket, key) is None:  # noqa: SLF001
                raise ValueError(f"the code is not there: s3://{bucket}/{key}")
            return handler[name](*arguments)

        return call

    # create(logical id, properties, stack); update(physical id, old, new, stack...)
    return {**handler, "create": checked("create", 1), "update": checked("update", 2)}


def keep_errors_inside(apigateway: Any) -> None:
    """AWS says `Internal server error` of a function that raised; the engine tells its error."""
    shipped: Callable[[Any], tuple[Any, str | None]] = apigateway._lambda_proxy_response  # noqa: SLF001

    def answer(result: Any) -> tuple[Any, str | None]:
        response, error = shipped(result)
        return response, "Internal server error" if error else None

    apigateway._lambda_proxy_response = answer  # noqa: SLF001


def archive(eventbridge: Any) -> dict[str, Any]:
    """`AWS::Events::Archive` over the engine's own archives, which its templates do not reach."""

    def create(logical_id: str, properties: Any, stack: str) -> tuple[str, Any]:
        name = properties.get("ArchiveName") or f"{stack}-{logical_id}"[:48]
        return _stored(eventbridge, name, properties)

    def update(name: str, _old: Any, new: Any, _stack: str, _logical_id: str) -> tuple[str, Any]:
        wanted = new.get("ArchiveName") or name
        if wanted != name:
            eventbridge._delete_archive({"ArchiveName": name})  # noqa: SLF001
        return _stored(eventbridge, wanted, new)

    def delete(name: str, _properties: Any) -> None:
        eventbridge._delete_archive({"ArchiveName": name})  # noqa: SLF001

    return {"create": create, "update": update, "update_with_logical_id": True, "delete": delete}


def _stored(eventbridge: Any, name: str, properties: Any) -> tuple[str, Any]:
    pattern = properties.get("EventPattern")
    wanted = {
        "EventPattern": json.dumps(pattern) if isinstance(pattern, dict) else pattern or "",
        "Description": properties.get("Description", ""),
        "RetentionDays": int(properties.get("RetentionDays", 0)),
    }
    archives = eventbridge._archives  # noqa: SLF001
    if name in archives:
        archives[name].update(wanted)
    else:
        eventbridge._create_archive(  # noqa: SLF001
            {"ArchiveName": name, "EventSourceArn": properties["SourceArn"], **wanted}
        )
    return name, {"Arn": archives[name]["ArchiveArn"]}


def _refer_to_bundles(lambda_svc: Any, bundles: Bundles) -> None:
    shipped: Callable[..., bytes | None] = lambda_svc._fetch_code_from_s3  # noqa: SLF001

    def fetch(bucket: str, key: str, version_id: str | None = None) -> bytes | None:
        code = shipped(bucket, key, version_id)
        return None if code is None else bundles.reference(code)

    lambda_svc._fetch_code_from_s3 = fetch  # noqa: SLF001


def _answer_provider_url(engine: Vendor) -> None:
    shipped: Callable[[str], dict[str, str]] = engine.provisioners._cognito_user_pool_attributes  # noqa: SLF001

    def attributes(pool_id: str) -> dict[str, str]:
        region = engine.responses.get_region()
        url = f"https://cognito-idp.{region}.amazonaws.com/{pool_id}"
        return {**shipped(pool_id), "ProviderURL": url}

    engine.provisioners._cognito_user_pool_attributes = attributes  # noqa: SLF001
