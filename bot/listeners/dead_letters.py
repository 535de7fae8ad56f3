"""Clicks on the card of work that failed every attempt."""

from __future__ import annotations

from blocks.payloads import Ref
from bot.turn import Turn


def retry(turn: Turn) -> None:
    turn.show_dead_letter(turn.desk.dead_letters.retry(turn.payload(Ref).id, turn.user))


def handled(turn: Turn) -> None:
    turn.show_dead_letter(turn.desk.dead_letters.handled(turn.payload(Ref).id, turn.user))
