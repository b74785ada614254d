"""What IAM would ask of the caller of a request: every permission it needs."""

from switchboard.local.engine.need import Need, Request
from switchboard.local.engine.needs_of_engine import ENGINE
from switchboard.local.engine.needs_of_stand_ins import STAND_INS

SERVICES = {**ENGINE, **STAND_INS}


def needs(request: Request) -> list[Need]:
    """What this request needs; its own operation on an unknown resource when it is not known."""
    of_service = SERVICES.get(request.service)
    try:
        found = list(of_service(request)) if of_service else []
    except (AttributeError, KeyError, TypeError):
        found = []  # not the shape the service asks for: it will say so itself
    return list(dict.fromkeys(found)) or [Need(f"{request.service}:{request.operation}")]


def missing_object(request: Request) -> list[Need]:
    """What S3 asks of who asked for an object that is not there, and wants to be told so.

    Without s3:ListBucket it answers 403 in place of 404 (API reference of GetObject).
    """
    if request.service != "s3" or request.operation not in {"GetObject", "HeadObject"}:
        return []
    return [Need("s3:ListBucket", f"arn:aws:s3:::{request.part(1)}")]
