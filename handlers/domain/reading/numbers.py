"""Numbers as people write them. Each rule is `rule(tokens, at) -> (value, after) | None`."""

from __future__ import annotations

from handlers.domain.reading.lexicon import words
from handlers.domain.reading.tokens import Tokens

Found = tuple[int, int] | None


def cardinal(tokens: Tokens, at: int) -> Found:
    """`7`, `seven`, `twenty two`, `twenty-two`."""
    token = tokens[at]
    if token.kind == "num":
        return (token.value, at + 1) if 0 <= token.value < 10_000 else None
    if token.kind == "cardinal":
        return token.value, at + 1
    if token.kind == "tens":
        skip = at + 2 if tokens.word(at + 1) == "-" else at + 1
        unit = tokens[skip]
        if unit.kind == "cardinal" and 0 < unit.value < 10:
            return token.value + unit.value, skip + 1
        return token.value, at + 1
    return None


def ordinal(tokens: Tokens, at: int) -> Found:
    """`22nd`, `second`, `twenty second`, `twenty-second`: a day of the month, so 1 to 31."""
    token = tokens[at]
    found: Found = None
    if token.kind in ("ord", "ordinal"):
        found = token.value, at + 1
    elif token.kind == "tens":
        skip = at + 2 if tokens.word(at + 1) == "-" else at + 1
        unit = tokens[skip]
        if unit.kind == "ordinal" and unit.value < 10:
            found = token.value + unit.value, skip + 1
    if token.text == "first" and tokens.word(at + 1) == "thing":
        return None
    if found and 1 <= found[0] <= 31 and not _names_a_street(tokens, found[1]):
        return found
    return None


def amount(tokens: Tokens, at: int) -> Found:
    """How many units: a number, or `a`, `a couple of`, `a few`, `several`."""
    word = tokens.word(at)
    if word in ("a", "an", "one"):
        following = tokens.word(at + 1)
        if following in ("couple", "few"):
            return _several(tokens, at + 1)
        return 1, at + 1
    if word in ("couple", "few", "several"):
        return _several(tokens, at)
    if word == "the" and tokens.word(at + 1) in ("couple", "few"):
        return _several(tokens, at + 1)
    return cardinal(tokens, at)


def duration(tokens: Tokens, at: int) -> tuple[int, str, int] | None:  # noqa: PLR0911 - one return for each form it may take
    """`(count, unit, after)` of `3 days`, `a week`, `half an hour`, `an hour and a half`, `2h`, `90 min`.

    Units smaller than a day come back as minutes, a fortnight as weeks.
    """
    word = tokens.word(at)
    if word == "half":
        skip = at + 2 if tokens.word(at + 1) in ("a", "an") else at + 1
        if tokens[skip].kind == "unit" and tokens[skip].value == "hour":
            return 30, "minute", skip + 1
        return None
    if tokens.kind(at) == "hclock":
        hours, _, minutes = word.lower().partition("h")
        return int(hours) * 60 + int(minutes or 0), "minute", at + 1
    part = _part_of_an_hour(tokens, at)
    if part:
        return part
    counted = amount(tokens, at)
    if not counted:
        return None
    count, after = counted
    halved = [tokens.word(after + n) for n in range(3)] in (["and", "a", "half"], ["and", "an", "half"])
    if halved and tokens[after + 3].value == "hour":
        return count * 60 + 30, "minute", after + 4
    if tokens.word(after) in ("-", "more", "full", "whole", "business", "working", "short"):
        after += 1
    unit = tokens[after]
    name = "second" if unit.text in ("second", "sec", "secs") else unit.value if unit.kind == "unit" else None
    if name is None or name in ("weekend", "weekday"):
        return None
    return _in_base_units(tokens, count, name, after + 1)


def _part_of_an_hour(tokens: Tokens, at: int) -> tuple[int, str, int] | None:
    """`2.5 hours`, `1/4 hour`, `1/2h`, `a quarter of an hour`, `three quarters of an hour`."""
    if tokens.kind(at) == "pair":
        left, _, right = tokens.word(at).replace("/", ".").partition(".")
        unit = tokens[at + 1]
        if unit.value != "hour" and unit.text != "h":
            return None
        if "/" in tokens.word(at):
            return (int(left) * 60 // int(right), "minute", at + 2) if int(right) else None
        return round(float(f"{left}.{right}") * 60), "minute", at + 2
    index = at + 1 if tokens.word(at) in ("a", "three", "3") else at
    index += tokens.word(index) == "-"
    if tokens.word(index) in ("quarter", "quarters") and tokens.word(index + 1) == "of":
        index += 2 + (tokens.word(index + 2) in ("a", "an"))
        if tokens[index].value == "hour":
            return 45 if tokens.word(at) in ("three", "3") else 15, "minute", index + 1
    return None


def _in_base_units(tokens: Tokens, count: int, name: str, after: int) -> tuple[int, str, int]:
    if name == "second":
        return count // 60, "minute", after
    if name == "hour":
        if tokens.word(after) == "and" and tokens.word(after + 1) in ("a", "half"):
            half = after + 2 if tokens.word(after + 1) == "a" else after + 1
            if tokens.word(half) == "half":
                return count * 60 + 30, "minute", half + 1
        return count * 60, "minute", after
    if name == "fortnight":
        return count * 2, "week", after
    if name == "quarter":
        return count * 3, "month", after
    return count, name, after


def _several(tokens: Tokens, at: int) -> tuple[int, int]:
    value = 2 if tokens.word(at) == "couple" else 3
    return value, at + 2 if tokens.word(at + 1) == "of" else at + 1


_STREET = words("street st ave avenue av road rd floor flr level lane blvd grade anniversary birthday")


def _names_a_street(tokens: Tokens, at: int) -> bool:
    return tokens.word(at) in _STREET
