"""Templates of `handlers/web/templates`: customer pages and the HTML of mails."""

from __future__ import annotations

from functools import cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment


class JinjaPages:
    """Escapes every value in HTML; a name that a template uses and nobody gave is an error, not a blank."""

    def __init__(self, folder: str | None = None) -> None:
        self._folder = folder

    @cached_property
    def _environment(self) -> Environment:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

        folder = self._folder or str(files("handlers.web").joinpath("templates"))
        return Environment(
            loader=FileSystemLoader(folder),
            autoescape=select_autoescape(disabled_extensions=("txt",), default=True, default_for_string=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )

    def render(self, template: str, **values: Any) -> str:
        return self._environment.get_template(template).render(**values)
