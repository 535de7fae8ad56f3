"""From groups of days and times to the windows of a reading: hours get their half of the day, unwanted ones go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from handlers.domain.reading.groups import Group, gather
from handlers.domain.reading.narrow import without
from handlers.domain.reading.parts import DAY_PARTS, Span
from handlers.domain.reading.pieces import Piece, pieces
from handlers.domain.reading.scan import Days, Scan, add_days, monday
from handlers.domain.reading.tokens import Tokens
from handlers.domain.slot import Window

_MOST = 12
_LONGEST_QUOTE = 160


@dataclass(frozen=True, slots=True)
class When:
    """The windows, the tokens that spoke of time, and what a human should know about them."""

    windows: tuple[Window, ...]
    used: frozenset[int]
    past: bool = False
    doubtful: bool = False


def read_windows(
    tokens: Tokens,
    now: datetime,
    *,
    day_first: bool,
    day_parts: Mapping[str, tuple[int, int]],
    opens: int | None = None,
    closes: int | None = None,
) -> When:
    """`now` is the business's wall time (naive)."""
    scan = Scan(tokens, now, day_first, {**DAY_PARTS, **day_parts}, opens, closes)
    found = pieces(scan)
    used = frozenset(index for piece in found for index in range(piece.start, piece.end))
    wanted = [piece for piece in found if not piece.negative]
    if any(p.days and not p.days.past for p in wanted):
        found = [p for p in found if not (p.days and p.days.past)]
    found = _sure_ones(found)
    past = any(p.days and p.days.past for p in found)
    found = [_flipped(tokens, piece) for piece in found]
    refused = [piece for piece in found if piece.negative]
    groups = _allowed(scan, _repeated(gather(scan, found)), refused)
    windows = tuple(_window(scan, group) for group in groups[:_MOST])
    return When(_distinct(windows), used, past, doubtful=bool(refused) and not windows)


def _sure_ones(found: list[Piece]) -> list[Piece]:
    """Dates of the customer's own affairs go when another day is asked for; alone, a person looks."""
    if not any(piece.doubted for piece in found):
        return found
    sure = [piece for piece in found if not piece.doubted and not piece.negative]
    if any(piece.days for piece in sure) or (sure and not any(p.days for p in found if p.doubted)):
        return [piece for piece in found if not piece.doubted]
    for piece in found:
        if piece.doubted and piece.days:
            piece.days = replace(piece.days, sure=piece.days.sure * 0.6)
        elif piece.doubted and piece.span:
            piece.span = replace(piece.span, sure=piece.span.sure * 0.6)
    return found


def _repeated(groups: list[Group]) -> list[Group]:
    """`weekdays` means next week's as well."""
    out: list[Group] = []
    for group in groups:
        days = group.days
        if days and days.loose[0] in ("weekdays of", "weekend of", "each"):
            out.extend(replace(group, days=part) for part in _parts_of_weeks(days))
            continue
        out.append(group)
        if days and days.loose[0] == "weekdays" and days.last:
            monday = add_days(days.last, 3)
            out.append(replace(group, days=Days(monday, add_days(monday, 4), sure=days.sure)))
    return out


def _parts_of_weeks(days: Days) -> list[Days]:
    """The working days, or the weekends, of each week of a stretch; at most five."""
    first, last = days.first, days.last
    if not first or not last:
        return [days]
    low, high = {"weekdays of": (0, 4), "weekend of": (5, 6)}.get(
        days.loose[0], (days.loose[1], days.loose[1])
    )
    week = monday(first)
    found: list[Days] = []
    while week <= last and len(found) < 5:
        start, end = max(first, add_days(week, low)), min(last, add_days(week, high))
        if start <= end:
            found.append(Days(start, end, sure=days.sure))
        week = add_days(week, 7)
    return found or [days]


def _flipped(tokens: Tokens, piece: Piece) -> Piece:
    """`not free until 3` asks for after 3; `can't do after 5` for before 5; `not until Thursday` for Thursday on."""
    if not piece.negative:
        return piece
    span, days = piece.span, piece.days
    if span and not span.vague and (span.lo is None) != (span.hi is None):
        turned = Span(span.hi, span.lo, known=span.known, bare=span.bare)
        return Piece(days, turned, piece.start, piece.end)
    if days and not span and (days.first is None) != (days.last is None):
        until = tokens.word(piece.start) in ("until", "till", "til")
        first = add_days(days.last, 0 if until else 1) if days.last else None
        last = add_days(days.first, -1) if days.first else None
        return Piece(Days(first, last), None, piece.start, piece.end)
    return piece


def _allowed(scan: Scan, groups: list[Group], refused: list[Piece]) -> list[Group]:
    """The groups without the refused days and parts of the day."""
    if not refused:
        return groups
    whole_days: list[Days] = []
    partial: list[tuple[Days, Span]] = []
    spans: list[Span] = []
    refused = [_timed(scan, piece) for piece in refused]
    index = 0
    while index < len(refused):
        piece, following = refused[index], refused[index + 1] if index + 1 < len(refused) else None
        if (
            piece.days
            and following
            and following.span
            and not following.days
            and following.start - piece.end <= 2
        ):
            if following.span.vague:
                partial.append((piece.days, following.span))
            index += 2
            continue
        if piece.days and piece.span and piece.span.vague:
            partial.append((piece.days, piece.span))
        elif piece.days and piece.days.past:
            pass
        elif piece.days:
            whole_days.append(piece.days)
        elif piece.span and piece.span.vague:
            spans.append(piece.span)
        index += 1
    if not groups and (whole_days or partial or spans):
        first, last = refused[0], refused[-1]
        start = first.start - 1 if scan.tokens.kind(first.start - 1) == "word" else first.start
        groups = [Group(None, None, start, last.end, sure=0.9)]
    return _less(scan, groups, whole_days, partial, spans)


def _timed(scan: Scan, piece: Piece) -> Piece:
    """`not between 12 and 2` is left out like a part of the day."""
    span = piece.span
    if not span or span.vague or span.lo is None or span.hi is None or span.lo == span.hi:
        return piece
    low, high, _ = settled(scan, span, piece.days)
    return replace(piece, span=Span(low, high, vague=True, name="refused"))


def _less(
    scan: Scan, groups: list[Group], banned: list[Days], partial: list[tuple[Days, Span]], spans: list[Span]
) -> list[Group]:
    found: list[Group] = []
    for group in groups:
        universe = group.days or (Days(scan.today, None) if banned or partial else None)
        pieces_ = (
            without(universe, banned + [d for d, _ in partial], scan.today, most=_MOST)
            if universe and (banned or partial)
            else [group.days]
        )
        kept = [Group(days, group.span, group.start, group.end, sure=group.sure) for days in pieces_]
        for days, span in partial:
            if _within(days, group.days) and (not group.span or group.span.vague):
                kept.extend(
                    Group(days, rest, group.start, group.end, sure=group.sure)
                    for rest in _rest(group.span, span)
                )
        for span in spans:
            kept = [
                Group(g.days, rest, g.start, g.end, sure=g.sure)
                for g in kept
                for rest in (_rest(g.span, span) if g.span is None or g.span.vague else [g.span])
            ]
        found.extend(kept)
    return found


def _within(days: Days, whole: Days | None) -> bool:
    if whole is None or days.first is None or days.last is None:
        return True
    return (whole.first is None or whole.first <= days.first) and (
        whole.last is None or days.last <= whole.last
    )


def _rest(span: Span | None, banned: Span) -> list[Span]:
    """What is left of a part of the day (None = the whole day) without another part."""
    low, high = (span.lo, span.hi) if span else (None, None)
    found = []
    if banned.lo is not None and (low or 540) < banned.lo:
        found.append(Span(low, min(banned.lo, high or 1440), vague=True))
    if banned.hi is not None and banned.hi < (high or 1260):
        found.append(Span(max(banned.hi, low or 0), high, vague=True))
    return found


def _window(scan: Scan, group: Group) -> Window:
    days, span = group.days, group.span
    sure = group.sure * (days.sure if days else 1.0) * (span.sure if span else 1.0)
    low = high = None
    if span:
        low, high, certainty = settled(scan, span, days)
        sure *= certainty
    if days and days.past:
        sure *= 0.4
    return Window(
        date_from=_iso(days.first if days else None),
        date_to=_iso(days.last if days else None),
        time_from=_hhmm(low),
        time_to=_hhmm(high),
        exact=span is not None and low is not None and low == high,
        confidence=round(sure * (0.98 if not days or not span else 0.99), 2),
        quote=_quote(scan.tokens, group.start, group.end),
    )


def settled(scan: Scan, span: Span, days: Days | None) -> tuple[int | None, int | None, float]:
    """The minutes meant, and how sure that is. An hour without am or pm is one when such businesses are open."""
    if span.known:
        return span.lo, span.hi, 1.0
    today = days is not None and days.single and days.first == scan.today
    if span.lo is not None and span.hi is not None and span.lo != span.hi:
        low, certainty = _likely(scan, span.lo, bare=span.bare, today=today)
        high = next((t for t in (span.hi % 720, span.hi % 720 + 720) if t > low), span.hi)
        if span.hi % 720 == 0 and low >= 720:
            high = 1440
        return low, high, certainty
    point = span.lo if span.lo is not None else span.hi
    if point is None:
        return None, None, 1.0
    minutes, certainty = _likely(scan, point, bare=span.bare, today=today)
    if span.lo is None:
        return None, minutes, certainty
    return minutes, minutes if span.hi is not None else None, certainty


def _likely(scan: Scan, minutes: int, *, bare: bool, today: bool) -> tuple[int, float]:  # noqa: PLR0911 - one return for each form it may take
    """Which half of the day: 1 to 6:59 is the afternoon; 7 to 9:59 too where the doors open later."""
    if minutes >= 780:
        return minutes, 1.0
    twelve = minutes % 720
    later = twelve + 720
    gone = today and twelve <= scan.now.hour * 60 + scan.now.minute < later
    if twelve < 60:
        return later, 0.95
    if twelve < 420:
        return later, 0.93 if not today or not gone else 0.97
    if gone:
        return later, 0.9
    evening = scan.opens is not None and twelve < scan.opens - 30 and later < (scan.closes or 0)
    if twelve < 600 and scan.opens is not None and (bare or evening):
        if twelve >= scan.opens - 30:
            return twelve, 0.93
        return later, 0.95 if twelve < scan.opens - 120 else 0.86
    return twelve, 0.75 if bare and twelve < 540 else 0.9


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _hhmm(minutes: int | None) -> str | None:
    if minutes is None:
        return None
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _quote(tokens: Tokens, start: int, end: int) -> str:
    quote = tokens.quote(start, end)
    if len(quote) <= _LONGEST_QUOTE:
        return quote
    return quote[:_LONGEST_QUOTE]


def _distinct(windows: tuple[Window, ...]) -> tuple[Window, ...]:
    seen: dict[tuple[str | None, ...], Window] = {}
    for window in windows:
        key = (window.date_from, window.date_to, window.time_from, window.time_to)
        if key not in seen and any(key):
            seen[key] = window
    return tuple(seen.values())
