"""Pieces put together: which time belongs to which day, what is an alternative, what corrects what was said before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from handlers.domain.reading.lexicon import CORRECTING, CORRECTING_PAIRS, words
from handlers.domain.reading.narrow import meet_days, meet_spans
from handlers.domain.reading.parts import Span
from handlers.domain.reading.pieces import Piece
from handlers.domain.reading.scan import Days, Scan
from handlers.domain.reading.tokens import Tokens

Joint = Literal["near", "list", "or", "correct", "far"]

_MOST = 12
"""Alternatives kept from one message."""
_FUNCTION = words(
    "at on in the of for a an around about , - – : ( ) @ is it's its be it would to so then time starting starts "
    "start date day preferably ideally please maybe perhaps possibly sometime anytime any and"
)
_OR = words("or otherwise alternatively failing else / either")
_LIST = words("and & , ; plus also")
_CHANGES = words("move change reschedule switch shift push swap rebook changing moving moved postpone bring")
_FAR = 14


@dataclass(slots=True)
class Group:
    """One alternative. `linked` when a list or an "or" ties it to the one before; `time_first` as written."""

    days: Days | None
    span: Span | None
    start: int
    end: int
    linked: bool = False
    time_first: bool = False
    own: bool = False
    """The time stands in brackets behind its day: it is not shared."""
    whole: Days | None = None
    """The stretch (next week) in which the day was found; the other days of the list lie there too."""
    inherited: bool = False
    """The time was kept from what a correction replaced; a time right behind the new day goes before it."""
    sure: float = 1.0


def joint(tokens: Tokens, left: int, right: int) -> Joint:
    """How two neighbouring pieces hang together, from the words between them."""
    if right - left > _FAR:
        gap = [tokens.word(index) for index in (*range(left, left + 4), *range(right - 6, right))]
        return "correct" if _corrects(gap) else "far"
    gap = [tokens.word(index) for index in range(left, right)]
    if _corrects(gap) or (gap == ["*"] and tokens.word(right + 1) != "*"):
        return "correct"
    alternative = any(word in _OR for word in gap) or ("if", "not") in pairwise(gap)
    if alternative and not any(word in (".", "?", "!") for word in gap[:-3]):
        return "or"
    if gap and all(word in _FUNCTION or word in _LIST for word in gap):
        return "list" if any(word in _LIST for word in gap) else "near"
    return "far" if gap else "near"


def _corrects(gap: list[str]) -> bool:
    if any(word in CORRECTING for word in gap):
        return True
    return any(pair in CORRECTING_PAIRS for pair in pairwise(gap))


def gather(scan: Scan, found: list[Piece]) -> list[Group]:
    """The alternatives, in the order written; only wanted pieces take part."""
    tokens = scan.tokens
    groups: list[Group] = []
    previous: Piece | None = None
    for piece in found:
        if piece.negative:
            previous = piece
            continue
        how: Joint = joint(tokens, previous.end, piece.start) if previous else "far"
        if previous and previous.negative and how in ("or", "list"):
            how = "far"
        previous = piece
        if how != "correct" and groups and _moves_to(tokens, piece):
            how = "correct"
        _add(scan, groups, piece, how)
    return _filled(groups)[:_MOST]


def _moves_to(tokens: Tokens, piece: Piece) -> bool:
    """`change my Friday appointment to Monday`."""
    if tokens.word(piece.start - 1) != "to" and tokens.word(piece.start) != "to":
        return False
    return any(tokens.word(index) in _CHANGES for index in range(max(0, piece.start - 14), piece.start))


def _add(scan: Scan, groups: list[Group], piece: Piece, how: Joint) -> None:
    fresh = Group(
        piece.days,
        piece.span,
        piece.start,
        piece.end,
        linked=how in ("or", "list"),
        time_first=not piece.days,
    )
    if not groups:
        groups.append(fresh)
        return
    current = groups[-1]
    if how == "correct" and _correct(groups, piece):
        return
    if current.whole and how in ("or", "list") and fresh.days and fresh.days.loose[0] == "weekday":
        inside = meet_days(scan, fresh.days, current.whole)
        if inside:
            fresh.days, fresh.whole = inside, current.whole
            piece = replace(piece, days=inside)
    if how == "or":
        if len(groups) < _MOST * 2:
            groups.append(fresh)
        return
    merged = _merge(scan, current, piece)
    if merged:
        groups[-1] = merged
        _spread_week(scan, groups, piece)
        return
    if how == "far" and piece.days and current.days:
        fresh.sure = 0.78
    if len(groups) < _MOST * 2:
        groups.append(fresh)


def _spread_week(scan: Scan, groups: list[Group], piece: Piece) -> None:
    """`Monday, Wednesday or Friday next week`: the week holds for each day of the list."""
    whole = piece.days
    if not whole or whole.loose[0] != "week":
        return
    for index in range(len(groups) - 1, 0, -1):
        before = groups[index - 1]
        if not groups[index].linked or not before.days or before.days.loose[0] != "weekday":
            return
        inside = meet_days(scan, before.days, whole)
        if inside:
            groups[index - 1] = replace(before, days=inside, end=before.end)


def _correct(groups: list[Group], piece: Piece) -> bool:
    """The new word replaces what it speaks of (the day, the time) and leaves the rest; False when there was none."""
    current = groups[-1]
    days_hit = piece.days is not None and any(group.days for group in groups)
    span_hit = piece.span is not None and any(group.span for group in groups)
    if not days_hit and not span_hit:
        return False
    day = piece.days or current.days or next((g.days for g in reversed(groups) if g.days), None)
    span = piece.span or current.span or next((g.span for g in reversed(groups) if g.span), None)
    kept = piece.span is None and span is not None
    groups[:] = [
        Group(day, span, piece.start, piece.end, time_first=current.time_first, inherited=kept, sure=0.95)
    ]
    return True


def _merge(scan: Scan, current: Group, piece: Piece) -> Group | None:
    """Both in one group when they complete or narrow each other, else None."""
    day, span, whole = current.days, current.span, current.whole
    if piece.days and current.days and current.days.loose[0] == "week" and piece.days.loose[0] == "weekday":
        whole = current.days
    if piece.days:
        day = meet_days(scan, current.days, piece.days) if current.days else piece.days
        if day is None:
            return None
    if piece.span and current.inherited and piece.start - current.end <= 3:
        span = piece.span
    elif piece.span:
        span = meet_spans(current.span, piece.span) if current.span else piece.span
        if span is None:
            return None
    return replace(
        current,
        days=day,
        span=span,
        whole=whole,
        own=current.own or (piece.span is not None and _bracketed(scan.tokens, piece.start)),
        time_first=current.time_first
        or (piece.days is not None and current.span is not None and piece.days.loose[0] != "week"),
        inherited=False,
        end=max(current.end, piece.end),
    )


def _bracketed(tokens: Tokens, at: int) -> bool:
    return "(" in (tokens.word(at - 1), tokens.word(at - 2))


def _filled(groups: list[Group]) -> list[Group]:
    """Shares a day or a time among alternatives that were said together: `Tue or Thu after 5`, `Mon at 3 or 4`."""
    for index in range(len(groups) - 2, -1, -1):
        group, after = groups[index], groups[index + 1]
        if (
            group.span is None
            and group.days
            and after.linked
            and after.span
            and not after.time_first
            and not after.own
        ):
            group.span = after.span
        if group.span and after.span and after.linked and not group.span.known and after.span.known:
            group.span = _same_half(group.span, after.span)
    out: list[Group] = []
    for index, group in enumerate(groups):
        before = out[-1] if out else None
        shared = before.span if before and before.time_first and before.days else None
        if group.days and group.span is None and group.linked:
            group.span, group.time_first = shared, shared is not None
        if group.days is None and before and before.days:
            same = [g for g in out if g.days and g.span is not None and g.span is before.span]
            out.extend(replace(group, days=g.days) for g in (same[-4:] or [before]))
            continue
        if group.days is None:
            later = next((g for g in groups[index + 1 :] if g.days), None)
            if later and (
                later.span or not later.linked
            ):  # "10am or 2pm on Saturday", not "evenings or weekends"
                group.days = later.days
        out.append(group)
    return out


def _same_half(span: Span, after: Span) -> Span:
    """`at 9 or 10pm`: the half named last holds for both."""
    if span.lo is None or after.lo is None or span.lo != span.hi or span.lo % 720 > after.lo % 720:
        return span
    point = span.lo % 720 + (720 if after.lo >= 720 else 0)
    return Span(point, point, bare=span.bare)
