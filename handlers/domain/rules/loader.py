"""YAML text -> Rules: read the tree by the layout, check what belongs together, then build the model."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from handlers.domain.errors import RulesError
from handlers.domain.rules import source
from handlers.domain.rules.checks import check
from handlers.domain.rules.layout import FILE
from handlers.domain.rules.model import Rules
from handlers.domain.rules.shape import Report


def load(text: str) -> Rules:
    """Raises RulesError with every fault."""
    root, duplicates = source.parse(text)
    report = Report(faults=duplicates, values={(): root.mark})
    values = FILE.read(root, (), report)
    check(values, report)
    if report.faults:
        raise RulesError(sorted(set(report.faults)))
    try:
        return Rules.model_validate(_model(values))
    except ValidationError as e:
        for error in e.errors():
            report.fault(report.at(*error["loc"]), error["msg"])
        raise RulesError(report.faults) from None


def _model(values: dict[str, Any]) -> dict[str, Any]:
    """The few places where the file is shorter than the model."""
    closures = [
        {
            "first": c.get("date") or c["from"],
            "last": c.get("date") or c["to"],
            "hours": c.get("hours", ()),
            "reason": c.get("reason", ""),
        }
        for c in values.get("closures", ())
    ]
    return {**values, "closures": closures}
