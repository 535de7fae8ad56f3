"""Every number that an English text says, however it says it: `12`, `1,200`, `$1.2k`, `75%`, `twenty-two`, `none`.

What can't be read as one plain number (an ordinal, a fraction, a time of day, `a dozen`, `12x`) is told as a doubt.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Unit = Literal["count", "percent", "minutes", "money", "nothing", "everything"]
Rounding = Literal["", "about", "under", "over"]


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_TEENS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
ONES = {word: n for n, word in enumerate(_TEENS.split())}
TENS = {word: 10 * n for n, word in enumerate(_TENS.split(), 2)}
LARGE = {"thousand": 1000, "million": 1_000_000, "k": 1000, "m": 1_000_000}
OTHER = {"once": 1, "single": 1, "both": 2}
NOTHING = _set("no none nobody nothing neither nil nought")
EVERYTHING = _set("all every everyone everybody everything each always")
UNCLEAR = _set(
    "half halves halved third thirds quarter quarters twice thrice double doubled doubles doubling triple tripled "
    "tripling treble quadruple quadrupled dozen dozens couple pair pairs score scores tens hundreds thousands millions "
    "billion billions majority minority most mostly first firstly second secondly fourth fifth sixth seventh eighth "
    "ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth "
    "thirtieth fortieth fiftieth hundredth percentage points"
)
MINUTES = {
    "minute": 1,
    "minutes": 1,
    "min": 1,
    "mins": 1,
    "hour": 60,
    "hours": 60,
    "hr": 60,
    "hrs": 60,
    "h": 60,
}
SPANS = _set(
    "second seconds sec secs day days week weeks fortnight fortnights month months year years am pm times fold x"
)
"""A number of these is no fact of ours."""
MONEY = {
    "$": "D", "dollar": "D", "dollars": "D", "€": "EUR", "euro": "EUR", "euros": "EUR", "£": "GBP", "pound": "GBP",
    "pounds": "GBP", "¥": "JPY CNY", "yen": "JPY", "yuan": "CNY",
}  # fmt: skip
"""Which currency each may mean; `D` is any that ends in it (USD, SGD ...)."""
ROUNDING: dict[str, Rounding] = {
    **dict.fromkeys(("about", "around", "roughly", "approximately"), "about"),
    **dict.fromkeys(("nearly", "almost", "under", "below", "less than", "fewer than", "up to", "at most"), "under"),
    **dict.fromkeys(("over", "above", "beyond", "more than", "at least"), "over"),
}  # fmt: skip

NO_SHOW = re.compile(r"\bno[- ]shows?\b", re.IGNORECASE)
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
DIGITS = re.compile(r"\S*\d\S*(?:\s+(?:thousand|million)\b)?")
FIGURE = re.compile(
    r"(?P<money>[$€£¥]|[A-Z]{3})?(?P<whole>\d{1,3}(?:,\d{3})+|0|[1-9]\d*)(?P<part>\.\d+)?"
    r"(?:\s*(?P<large>thousand|million|[kKmM])\b)?(?P<glued>%|-?[a-z]+)?"
)
RANGE = re.compile(r"(?<=\d)\s*[-\u2010\u2013]\s*(?=\d)")
"""Two numbers: `10-15`."""
DURATION = re.compile(r"\b(\d{1,4}) ?h(?:ours?|rs?)? (?:and )?(\d{1,2}) ?min(?:ute)?s?\b")
"""`2 hours 30 minutes`"""
SPACED = re.compile(r"\d+ \d+")
"""One number or two: `1 250`."""
DASH = re.compile(r"[\u2014\u2015]")
CODE = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True)
class Said:
    """`rough` is the place of its last digit (1 for `12`, 100 for `1.2k`), `money` the sign, code or word of its
    currency."""

    text: str
    value: Decimal = Decimal(0)
    unit: Unit = "count"
    money: str = ""
    rough: Decimal = Decimal(1)
    rounding: Rounding = ""


def numbers(text: str) -> Iterator[Said | str]:
    """Each number the text says, or what in it is no plain number."""
    text = NO_SHOW.sub("absence", text)
    text = DASH.sub(" ", RANGE.sub(" to ", text))
    text = DURATION.sub(lambda m: f"{int(m[1]) * 60 + int(m[2])} minutes", text)
    yield from SPACED.findall(text)
    for match in DIGITS.finditer(text):
        yield _figure(match[0], text[: match.start()], text[match.end() :])
    yield from _spelled(DIGITS.sub(" # ", text))


def _figure(token: str, before: str, after: str) -> Said | str:
    bare = token.lstrip("(\"'“‘").rstrip(".,;:!?)\"'”’…")
    found = FIGURE.fullmatch(bare)
    if found is None:
        return bare
    times = LARGE.get((found["large"] or "").lower(), 1)
    part = found["part"] or ""
    said = Said(
        bare,
        Decimal(found["whole"].replace(",", "") + part) * times,
        money=found["money"] or "",
        rough=Decimal(10) ** -max(0, len(part) - 1) * times,
    )
    ends = not token.endswith(bare)
    return _with_unit(said, found["glued"] or "", before, "" if ends else after)


def _with_unit(said: Said, glued: str, before: str, after: str) -> Said | str:
    """What it is a number of, by what stands around it; `glued` is what hangs on it (`%`, `-minute`, `th`)."""
    code, rounding = _led_by(before)
    money = said.money or code
    word = glued.lstrip("-") or _next_word(after)
    if word in SPANS or (glued and glued[0] != "-" and glued != "%" and glued not in MINUTES):
        return f"{said.text} {word}"
    if word in {"%", "percent"} or re.match(r"\s*%|\s+per[ -]cent\b", after):
        made = said.text if money else Said(said.text, said.value, "percent", "", said.rough, rounding)
    elif word in MINUTES:
        made = Said(said.text, said.value * MINUTES[word], "minutes", "", said.rough, rounding)
    else:
        money = money or (word if word in MONEY else "") or _code(after)
        unit: Unit = "money" if money else "count"
        made = Said(said.text, said.value, unit, money, said.rough, rounding)
    return made


def _led_by(before: str) -> tuple[str, Rounding]:
    """(currency code, rounding) of the words in front of a number: `about SGD`."""
    words = re.search(r"((?:[^\W\d_]+ +){0,3})$", before[-60:])
    led = words[1].split() if words else []
    code = led.pop() if led and CODE.fullmatch(led[-1]) else ""
    two, one = " ".join(led[-2:]).lower(), " ".join(led[-1:]).lower()
    return code, ROUNDING.get(two) or ROUNDING.get(one) or ""


def _code(after: str) -> str:
    found = re.match(r" +([A-Z]{3})\b", after)
    return found[1] if found else ""


def _next_word(after: str) -> str:
    found = re.match(r"[\s-]+([^\W\d_]+)", after)
    return found[1].lower() if found else ""


# --- in words ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Words:
    text: str
    found: list[re.Match[str]]

    def __getitem__(self, at: int) -> str:
        return self.found[at][0].lower() if at < len(self.found) else ""

    def joined(self, at: int) -> bool:
        """Whether this word stands right after the one before, with a space or a hyphen between."""
        return 0 < at < len(self.found) and self.gap(at) in {" ", "-"}

    def gap(self, at: int) -> str:
        return self.text[self.found[at - 1].end() : self.found[at].start()]


Number = tuple[int, int]
"""(value, index after)"""


def _spelled(text: str) -> Iterator[Said | str]:
    words, at = _Words(text, list(WORD.finditer(text))), 0
    while at < len(words.found):
        word, after = words[at], at + 1
        if word in UNCLEAR:
            yield word
        elif word in EVERYTHING:
            yield Said(word, unit="everything")
        elif word in NOTHING:
            yield Said(word, unit="nothing")
            after += (word, words[after]) == ("no", "one")
        elif word in OTHER:
            yield Said(word, Decimal(OTHER[word]))
        elif number := _cardinal(words, at):
            value, after = number
            start, end = words.found[at].start(), words.found[after - 1].end()
            said = Said(text[start:end], Decimal(value))
            yield _with_unit(said, _glued(words, after), text[:start], text[end:])
        at = after


def _glued(words: _Words, after: int) -> str:
    """`-minute` of `ten-minute`."""
    return f"-{words[after]}" if words.joined(after) and words.gap(after) == "-" else ""


def _cardinal(words: _Words, at: int) -> Number | None:
    """The number that begins at `at`: `twenty-two`, `a hundred and five`, `two thousand`."""
    found = (1, at) if words[at] in {"thousand", "million"} else _hundreds(words, at)
    if found is None:
        return None
    value, after = found
    if words[after] in {"thousand", "million"} and (after == at or words.joined(after)):
        rest = _more(words, after + 1, _hundreds)
        value = value * LARGE[words[after]] + (rest[0] if rest else 0)
        after = rest[1] if rest else after + 1
    return value, after


def _hundreds(words: _Words, at: int) -> Number | None:
    found = (1, at) if words[at] == "hundred" else _below_hundred(words, at)
    if found is None:
        return None
    value, after = found
    if words[after] == "hundred" and (after == at or words.joined(after)):
        rest = _more(words, after + 1, _below_hundred)
        value = value * 100 + (rest[0] if rest else 0)
        after = rest[1] if rest else after + 1
    return value, after


def _below_hundred(words: _Words, at: int) -> Number | None:
    if words[at] in ONES:
        return ONES[words[at]], at + 1
    if words[at] not in TENS:
        return None
    unit = ONES.get(words[at + 1], 0) if words.joined(at + 1) else 0
    return (TENS[words[at]] + unit, at + 2) if 0 < unit < 10 else (TENS[words[at]], at + 1)


def _more(words: _Words, at: int, rule: Callable[[_Words, int], Number | None]) -> Number | None:
    """What follows a hundred or a thousand, with or without `and`."""
    skip = at + 1 if words[at] == "and" and words.joined(at) else at
    return rule(words, skip) if words.joined(skip) else None
