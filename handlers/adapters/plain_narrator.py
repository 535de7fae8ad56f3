"""The narrator that needs no model: the plain template as it is."""

from __future__ import annotations

from handlers.domain.summaries.told import Told


class PlainNarrator:
    def narrate(self, told: Told) -> str:
        return told.plain
