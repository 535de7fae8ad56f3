"""One walk over the tokens that collects every day and every time, each with whether it is wanted."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.domain.reading import holidays
from handlers.domain.reading.asides import Aside, aside, goes_on
from handlers.domain.reading.lexicon import words
from handlers.domain.reading.parts import Span, day_part, own_part
from handlers.domain.reading.polarity import unwanted
from handlers.domain.reading.scan import Days, Scan, add_days, one
from handlers.domain.reading.spans import days
from handlers.domain.reading.times import moment, time
from handlers.domain.reading.tokens import Tokens
from handlers.domain.reading.weekdays import next_weekday

_OPENERS = words(
    "at in within for from between after before by until till til since no not later earlier any some anytime "
    "sometime the day week rest remainder mid middle end beginning start starting late early first half quarter a an "
    "couple few several over around about approx approximately circa less roughly past post pre sometime midweek "
    "during w last like say exactly @ ~ earliest latest nothing up q"
)
_IDLE = words("word mark line opaque end")
_REACH, _FAR = 7, 99
_MOST = 400
"""Pieces read from one message; more than that is not a request."""


@dataclass(slots=True)
class Piece:
    """Something said about when: days, a time of day, or both. `start`/`end` are token indexes, half open."""

    days: Days | None
    span: Span | None
    start: int
    end: int
    negative: bool = False
    doubted: bool = False
    """Perhaps a date of the customer's own affairs, not the one asked for."""


def pieces(scan: Scan) -> list[Piece]:
    found: list[Piece] = []
    tokens = scan.tokens
    ahead = _nearest_timely(tokens)
    at = 0
    told: tuple[Aside, int] = "", 0
    while at < tokens.size and len(found) < _MOST:
        token = tokens[at]
        if token.kind in _IDLE and not (
            (token.text in _OPENERS and ahead[at] <= _REACH)
            or _plain(token.text) in holidays.FIRST_WORDS
            or own_part(scan, at)
        ):
            at += 1
            continue
        piece = _piece(scan, at)
        if piece is None:
            at += 1
            continue
        how = aside(scan, piece.days, piece.span, piece.start, piece.end)
        if not how and told[0] and goes_on(tokens, told[1], piece.start):
            how = told[0]
        told = how, piece.end
        if how != "drop":
            piece.doubted = how == "doubt"
            before = found[-1] if found else None
            refused = before is not None and before.negative
            piece.negative = unwanted(
                tokens, piece.start, piece.end, before.end if before and refused else -1
            ) or (before is not None and refused and piece.start == before.end and not piece.days)
            found.append(piece)
            _remember(scan, piece)
        at = piece.end
    return found


def _nearest_timely(tokens: Tokens) -> list[int]:
    """For each token, how far ahead the next word of the time vocabulary or number stands."""
    ahead = [_FAR] * tokens.size
    distance = _FAR
    for index in range(tokens.size - 1, -1, -1):
        distance = 0 if tokens.kind(index) not in _IDLE else min(distance + 1, _FAR)
        ahead[index] = distance
    return ahead


def _plain(word: str) -> str:
    return word.removesuffix("'s").removesuffix("'")


def _remember(scan: Scan, piece: Piece) -> None:
    scan.seen.clear()
    if piece.span:
        scan.timed = piece.end
    days_ = piece.days
    if not days_:
        return
    scan.dated = piece.end
    scan.named = days_.first if days_.single else days_.last if days_.first is None else None
    relative = scan.tokens.kind(piece.start) in ("relative", "tonight")
    scan.absolute = not relative and days_.loose[0] != "weekday"


def _piece(scan: Scan, at: int) -> Piece | None:  # noqa: PLR0911 - one return for each form it may take
    tokens = scan.tokens
    if tokens.word(at - 1) == "with" and tokens.kind(at) == "month" and tokens[at].weak:
        return None  # "with June" is a person
    counted = moment(scan, at)
    if counted:
        return Piece(counted[0], counted[1], at, counted[2])
    dated_part = _part_of_a_day(scan, at)
    if dated_part:
        return dated_part
    dated = days(scan, at)
    if dated:
        return Piece(dated[0], None, at, dated[1])
    if (
        tokens.word(at) in ("early", "late")
        and scan.dated == at
        and tokens.kind(at + 1) in ("end", "mark", "line")
    ):
        low, high = scan.parts["morning" if tokens.word(at) == "early" else "evening"]
        return Piece(None, Span(low, high, vague=True, name=tokens.word(at)), at, at + 1)
    timed = time(scan, at)
    if timed:
        day = one(scan.today) if timed[0].name == "now" else None
        return Piece(day, timed[0], at, timed[1])
    return None


def _just_dated(scan: Scan, at: int) -> bool:
    return scan.dated == at or (scan.dated == at - 1 and scan.tokens.word(at - 1) in (".", ","))


def _part_of_a_day(scan: Scan, at: int) -> Piece | None:  # noqa: PLR0911 - one return for each form it may take
    """`tonight`, `this morning`, `late this evening`, `next evening`, `Friday night`'s neighbours stay apart."""
    tokens = scan.tokens
    hedge, index = "", at
    if tokens.word(index) in ("early", "late", "later"):
        hedge, index = tokens.word(index).removesuffix("r"), index + 1
    if tokens.kind(index) == "tonight":
        low, high = scan.parts.get(f"{hedge} night") or scan.parts["night"]
        return Piece(one(scan.today), Span(low, high, vague=True, name="night"), at, index + 1)
    kind = tokens.kind(index)
    if kind not in ("this", "next", "coming", "weekday"):
        return None
    if kind == "weekday":
        if not hedge:
            return None
        day, after = one(next_weekday(scan, tokens[index].value)), index + 1
    else:
        day, after = one(add_days(scan.today, 0 if kind == "this" else 1)), index + 1
    if tokens.kind(after) not in ("part", "meal") or tokens.word(after + 1) in ("meeting", "meetings"):
        return None
    if tokens.kind(after) == "meal" and kind != "this":
        return None
    part = day_part(scan, after, qualified=True)
    if not part or tokens.kind(after) == "meal":
        return None
    hedged = scan.parts.get(f"{hedge} {tokens[after].value}") if hedge else None
    span = Span(*hedged, vague=True, name=f"{hedge} {tokens[after].value}") if hedged else part[0]
    return Piece(day, span, at, part[1])


__all__ = ["Days", "Piece", "pieces"]
