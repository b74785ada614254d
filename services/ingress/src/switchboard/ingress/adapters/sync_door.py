"""The doors of knowledge syncs: POST /sync/page, POST /sync/database, GET /sync/status/{job_id}."""

from collections.abc import Callable
from typing import Any

from aws_lambda_powertools import Logger
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from switchboard.ingress.adapters.api_gateway import NO_INVOCATION
from switchboard.ingress.domain.model import is_notion_id, notion_id
from switchboard.ingress.domain.report_sync import ReportSync
from switchboard.ingress.domain.start_sync import StartSync, SyncRefusedError, SyncRequest
from switchboard.ingress.domain.sync_model import (
    CHANGED,
    DATABASE,
    FAILED,
    PAGE,
    REMOVED,
    UNCHANGED,
    Progress,
    Root,
    Target,
)
from switchboard.runtime.http import error_response, json_response

KEY_HEADER = "idempotency-key"
MAX_KEY = 200
SHOWN = ("found", CHANGED, UNCHANGED, REMOVED, FAILED)
_STATUS = {"UNKNOWN_PROJECT": 404}
"""What is refused is a conflict with how things are (409), unless it is not there."""
_HOW = "Send the body described in the service's openapi.json"

Response = dict[str, Any]


class InvalidRequestError(ValueError):
    """The request cannot be understood."""


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    project_id: str = Field(min_length=1, max_length=64)


class _PageBody(_Body):
    page_id: str = Field(max_length=2_000)

    def root(self) -> Root:
        return Root(self.project_id, Target(PAGE, _id(self.page_id)))


class _DatabaseBody(_Body):
    database_id: str | None = Field(default=None, max_length=2_000)
    data_source_id: str | None = Field(default=None, max_length=2_000)

    @model_validator(mode="after")
    def _one(self) -> "_DatabaseBody":
        if (self.database_id is None) == (self.data_source_id is None):
            raise ValueError("give either database_id or data_source_id")
        return self

    def root(self) -> Root:
        given = self.database_id or self.data_source_id or ""
        return Root(self.project_id, Target(DATABASE, _id(given)))


def _id(given: str) -> str:
    found = notion_id(given)
    if not is_notion_id(found):
        raise InvalidRequestError(f"{given[:100]!r} holds no Notion id")
    return found


class SyncDoor:
    """One function for the three routes; IAM has let the caller in."""

    def __init__(self, start: StartSync, report: ReportSync, logger: Logger) -> None:
        """Serve `start` and `report`."""
        self._start = start
        self._report = report
        self._logger = logger
        self._routes: dict[str, Callable[[dict[str, Any]], Response]] = {
            "/sync/page": lambda event: self._begin(_PageBody, event),
            "/sync/database": lambda event: self._begin(_DatabaseBody, event),
            "/sync/status/{job_id}": self._status,
        }

    def __call__(self, event: dict[str, Any]) -> Response:
        """Answer 200, 202, 400, 404, 409 or 500."""
        try:
            return self._routes[event["resource"]](event)
        except SyncRefusedError as error:
            status = _STATUS.get(error.code, 409)
            return self._refused(status, error.code, str(error), error.remediation)
        except InvalidRequestError as error:
            return self._refused(400, "INVALID_ARGUMENTS", str(error), _HOW)
        except Exception:
            self._logger.exception("sync request failed", invocation_id=NO_INVOCATION)
            return error_response(
                500,
                "INTERNAL_ERROR",
                "The request could not be served",
                "Send it again, with the same Idempotency-Key",
            )

    def _begin(self, shape: type[_PageBody | _DatabaseBody], event: dict[str, Any]) -> Response:
        root = _read(shape, event.get("body") or "").root()
        job = self._start(SyncRequest(root, _key(event)))
        self._logger.info(
            "sync begun",
            invocation_id=NO_INVOCATION,
            job_id=job.job_id,
            project_id=job.project_id,
            kind=job.target.kind,
            target=job.target.id,
        )
        return json_response(202, {"job_id": job.job_id})

    def _status(self, event: dict[str, Any]) -> Response:
        job_id = (event.get("pathParameters") or {}).get("job_id", "")
        progress = self._report(job_id)
        if progress is None:
            return error_response(
                404,
                "JOB_NOT_FOUND",
                f"There is no sync job {job_id[:100]!r}",
                "Use the job_id of an answer to POST /sync/...; jobs are kept for 30 days",
            )
        return json_response(200, _shown(progress))

    def _refused(self, status: int, code: str, message: str, remediation: str) -> Response:
        self._logger.warning(
            "sync refused", code=code, reason=message, status=status, invocation_id=NO_INVOCATION
        )
        return error_response(status, code, message, remediation)


def _read(shape: type[_PageBody | _DatabaseBody], body: str) -> "_PageBody | _DatabaseBody":
    try:
        return shape.model_validate_json(body)
    except ValidationError as error:
        where = "; ".join(
            f"{'.'.join(str(part) for part in item['loc']) or 'body'}: {item['msg']}"
            for item in error.errors()
        )
        raise InvalidRequestError(where) from error


def _key(event: dict[str, Any]) -> str | None:
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    key = headers.get(KEY_HEADER) or None
    if key is not None and len(key) > MAX_KEY:
        raise InvalidRequestError(f"Idempotency-Key has more than {MAX_KEY} characters")
    return key


def _shown(progress: Progress) -> dict[str, Any]:
    job = progress.job
    return {
        "job_id": job.job_id,
        "project_id": job.project_id,
        "target": {"type": job.target.kind, "id": job.target.id},
        "started_by": job.started_by,
        "status": progress.status,
        "requested_at": job.requested_at.isoformat(),
        "completed_at": progress.completed_at.isoformat() if progress.completed_at else None,
        "progress": {name: progress.counts[name] for name in SHOWN},
        "failures": [
            {
                "type": item.kind,
                "id": item.id,
                "code": item.ending.code,
                "reason": item.ending.reason,
            }
            for item in progress.failures
        ],
    }
