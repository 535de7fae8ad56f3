"""The App Home, and cards for work that failed."""

from __future__ import annotations

from blocks.payloads import CardPlace, Wish
from bot.asking import open_times
from bot.turn import Turn


def opened(turn: Turn) -> None:
    """Somebody looks at the App Home: a worker publishes it."""
    if turn.body.get("event", {}).get("tab", "home") == "home":
        turn.refresh_home()


def refresh(turn: Turn) -> None:
    turn.refresh_home()


def new_booking(turn: Turn) -> None:
    open_times(turn, Wish(), CardPlace(home=True))
