"""The only place that builds adapters: settings in, a `Desk` out.

Every part of a desk is built, and its modules imported, on first use: a cold start pays only for what it uses.
"""

from __future__ import annotations

from functools import cache, cached_property
from typing import Any

from handlers import logs
from handlers.bootstrap.reporting import Reporting
from handlers.settings import Settings


class Desk(Reporting):
    """Everything an entry can ask for. `overrides` stand in for parts by name (a test's clock, a local bus)."""

    def __init__(self, settings: Settings, **overrides: Any) -> None:
        self.settings = settings
        unknown = [n for n in overrides if not isinstance(getattr(Desk, n, None), cached_property)]
        if unknown:
            raise TypeError(f"a desk has no part {', '.join(unknown)}")
        vars(self).update(overrides)  # found before the cached property of the same name


def build_desk(settings: Settings, **overrides: Any) -> Desk:
    """A desk as `settings` say, with the parts named in `overrides` in place of its own. Raises TypeError for
    a part that does not exist."""
    return Desk(settings, **overrides)


@cache
def desk() -> Desk:
    """The desk of this process, from its environment."""
    logs.set_up()
    return build_desk(Settings.from_env())
