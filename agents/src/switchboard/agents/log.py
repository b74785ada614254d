"""JSON lines on standard error, with the ids of the run as fields (S001-FR-021)."""

import json
import logging
from datetime import UTC, datetime

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """One JSON object per record; what was given as `extra` becomes its fields."""

    def format(self, record: logging.LogRecord) -> str:
        """Format a record; a value JSON does not know is written as text."""
        line = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "message": record.getMessage(),
            "logger": record.name,
            **{key: value for key, value in vars(record).items() if key not in _STANDARD},
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def set_up_logging(level: str) -> None:
    """Send our logs to standard error as JSON; AgentCore stores them in CloudWatch."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logger = logging.getLogger("switchboard.agents")
    logger.handlers = [handler]
    logger.setLevel(level)
    logger.propagate = False
