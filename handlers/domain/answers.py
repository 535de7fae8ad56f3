"""A text that answers a question of ours in a word: yes, no, another time, or the number of a choice.

Only texts that say nothing else count; whatever says more is read like any other message. Opt-outs (`texts.py`) come
first and always.
"""

from __future__ import annotations

import re
from typing import Literal

Answer = Literal["yes", "no", "move"] | int

_SAID: dict[str, Answer] = {
    **dict.fromkeys(
        (
            "c", "y", "yes", "yes please", "yep", "yeah", "yup", "ok", "okay", "sure", "confirm", "confirmed", "i confirm",
            "yes confirm", "yes i confirm", "see you", "see you then", "see you there", "ill be there", "i will be there",
            "yes ill be there", "will be there", "perfect", "great", "thats fine", "yes thank you", "yes thanks", "\U0001f44d",
        ),
        "yes",
    ),
    **dict.fromkeys(
        (
            "n", "no", "nope", "no thanks", "no thank you", "not me", "pass", "cant make it", "i cant make it",
            "sorry cant make it", "cannot make it", "i cannot make it", "\U0001f44e",
        ),
        "no",
    ),
    **dict.fromkeys(
        ("r", "reschedule", "another time", "change", "move", "change it", "move it", "please reschedule"), "move"
    ),
}  # fmt: skip

NUMBERS = 5
"""The highest number that is a choice: as many times as are ever offered at once."""


def answer_of(text: str) -> Answer | None:
    """What a whole text says; None when it is more, or something else."""
    bare = re.sub(r"[^\w\s\U0001f44d\U0001f44e]", "", text.casefold())
    bare = " ".join(bare.split())
    if re.fullmatch(r"\d", bare) and 1 <= int(bare) <= NUMBERS:
        return int(bare)
    return _SAID.get(bare)
