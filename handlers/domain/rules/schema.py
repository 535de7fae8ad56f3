"""The JSON Schema of a rules file as owners write it, for editors that complete and check while typing."""

from __future__ import annotations

from typing import Any

from handlers.domain.rules.layout import FILE

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema() -> dict[str, Any]:
    """Draft 2020-12. It checks the shape; `load` also checks what belongs together."""
    whole = FILE.schema()
    whole["properties"]["version"] = {"const": 1, "description": FILE.fields["version"].doc}
    closure = whole["properties"]["closures"]["items"]
    closure["oneOf"] = [{"required": ["date"]}, {"required": ["from", "to"]}]
    return {"$schema": DIALECT, "title": "Frontdesk rules", **whole}
