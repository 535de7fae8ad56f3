"""One JSON object per line, for CloudWatch to search. Nothing personal is logged: ids, kinds, counts, error names."""

from __future__ import annotations

import json
import logging
import traceback
from typing import Any


class JsonLines(logging.Formatter):
    """`log.info("tick", extra={"fields": {...}})` -> `{"level": "INFO", "message": "tick", ...}`."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
            # Where, not what: the text of an error may quote a customer.
            frames = traceback.extract_tb(record.exc_info[2])[-6:]
            line["at"] = [f"{f.filename}:{f.lineno} {f.name}" for f in frames]
        return json.dumps(line, default=str)


def set_up(level: int = logging.INFO) -> None:
    """Our own loggers write JSON lines; Lambda's root handler is left to others. Harmless to repeat."""
    ours = logging.getLogger("frontdesk")
    if any(isinstance(h.formatter, JsonLines) for h in ours.handlers):
        return
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    ours.addHandler(handler)
    ours.setLevel(level)
    ours.propagate = False
