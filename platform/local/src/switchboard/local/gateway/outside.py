"""Everything the gateway calls: functions, APIs, documents and secrets."""

from dataclasses import dataclass

from switchboard.local.gateway.api_keys import ReadSecret
from switchboard.local.gateway.documents import Documents
from switchboard.local.gateway.functions import Functions
from switchboard.local.gateway.http_targets import HttpTargets


@dataclass(frozen=True)
class Outside:
    """The ports of the gateway."""

    functions: Functions
    http_targets: HttpTargets
    documents: Documents
    read_secret: ReadSecret
