"""Opening hours in a rules file: lists of wall-time ranges, and the week made of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from handlers.domain.rules import words
from handlers.domain.rules.shape import BAD, Kind, List, Path, Report, Schema, Word, did_you_mean, quoted
from handlers.domain.rules.source import Mapping, Node
from handlers.domain.zone import hhmm

Interval = tuple[int, int]
DAY = 1440
OVERNIGHT = 12 * 60
"""Opening hours that pass midnight are at most this long (minutes); a longer one was written the wrong way round."""

RANGE_HINT = 'write a list of ranges, like ["10:00-13:00", "14:00-20:00"]'
RANGE_JSON = {"pattern": r"^\s*[0-9]{1,2}:[0-5][0-9]\s*-\s*[0-9]{1,2}:[0-5][0-9]\s*$"}
WEEK_HINT = 'write days and hours, like {tue-fri: ["10:00-20:00"]}'
DAY_PATTERN = "^(mon|tue|wed|thu|fri|sat|sun)(-(mon|tue|wed|thu|fri|sat|sun))?$"


def say(interval: Interval) -> str:
    start, end = interval
    return f"{hhmm(start)}-{hhmm(end if end <= DAY else end - DAY)}"


def any_range(text: str) -> Interval:
    """A range that may pass midnight, however long (quiet hours)."""
    start, end = words.interval(text)
    if end - start == DAY and not (start == 0 and text.rstrip().endswith("24:00")):
        raise ValueError(f'{quoted(text)} starts and ends at the same time; a whole day is "00:00-24:00"')
    if start == DAY:
        raise ValueError('a range can\'t start at 24:00; write "00:00" for the start of a day')
    return start, end


def open_range(text: str) -> Interval:
    start, end = any_range(text)
    if end - DAY > 0 and end - start > OVERNIGHT:
        right = f"{hhmm(end - DAY)}-{hhmm(start)}"
        raise ValueError(f'{quoted(text)} ends before it starts; write the earlier time first: "{right}"')
    return start, end


def _day_range(text: str) -> Interval:
    start, end = any_range(text)
    if end > DAY:
        right = f"{hhmm(end - DAY)}-{hhmm(start)}"
        raise ValueError(f'{quoted(text)} ends before it starts; write the earlier time first: "{right}"')
    return start, end


QUIET = Word(any_range, 'write a range of times in quotes, like "21:00-08:00"', RANGE_JSON)
DAY_PART = Word(_day_range, 'write a range of times in quotes, like "09:00-12:00"', RANGE_JSON)
_OPEN = Word(open_range, 'write a range of times in quotes, like "10:00-20:00"', RANGE_JSON)


@dataclass(frozen=True)
class Hours:
    """Ranges of one day; they must not overlap. Reads as sorted intervals."""

    hint: str = RANGE_HINT + "; [] means closed"

    def _list(self) -> Kind:
        return List(_OPEN, self.hint)

    def read(self, node: Node, path: Path, report: Report) -> Any:
        found = self._list().read(node, path, report)
        if found is BAD or BAD in found:
            return BAD
        for n, mine in enumerate(found):
            for other in found[:n]:
                if mine != other and mine[0] < other[1] and other[0] < mine[1]:
                    message = f'"{say(mine)}" overlaps "{say(other)}"; join them, or leave a gap'
                    report.fault(report.at(*path, n), message)
        return tuple(sorted(found))

    def schema(self) -> Schema:
        return self._list().schema()


@dataclass(frozen=True)
class Week:
    """Day ranges to hours, as a dict by weekday number; a day not named is closed."""

    def read(self, node: Node, path: Path, report: Report) -> Any:
        if not isinstance(node, Mapping) or not node.pairs:
            return report.fault(node.mark, WEEK_HINT)
        found: dict[int, tuple[Interval, ...]] = dict.fromkeys(range(7), ())
        named: dict[int, str] = {}
        before = len(report.faults)
        for key, value in node.pairs:
            here = (*path, key.text)
            report.keys[here], report.values[here] = key.mark, value.mark
            hours = Hours().read(value, here, report)
            try:
                days = words.day_range(key.text)
            except ValueError as e:
                known = did_you_mean(key.text[:3], words.DAYS)
                tail = f" ({known})" if known.startswith("did") else ""
                report.fault(key.mark, f"{quoted(key.text)} is not a day; {e}{tail}")
                continue
            if twice := [d for d in days if d in named]:
                message = (
                    f'{words.DAYS[twice[0]]} is named already in "{named[twice[0]]}"; name each day once'
                )
                report.fault(key.mark, message)
            for day in days:
                named.setdefault(day, key.text)
                found[day] = () if hours is BAD else hours
        if len(report.faults) == before:
            self._nights(found, named, path, report)
        return found if len(report.faults) == before else BAD

    @staticmethod
    def _nights(
        week: dict[int, tuple[Interval, ...]], named: dict[int, str], path: Path, report: Report
    ) -> None:
        """A night that runs into the next morning must end before that day opens."""
        for day, hours in week.items():
            tomorrow = (day + 1) % 7
            late = max((end - DAY for _, end in hours), default=0)
            if week[tomorrow] and week[tomorrow][0][0] < late:
                message = (
                    f"{words.DAYS[day]} is open until {hhmm(late)} at night, but {words.DAYS[tomorrow]} "
                    f"opens at {hhmm(week[tomorrow][0][0])}; they overlap: close earlier or open later"
                )
                report.fault(report.key(*path, named[day]), message)

    def schema(self) -> Schema:
        return {
            "type": "object",
            "propertyNames": {"pattern": DAY_PATTERN},
            "additionalProperties": Hours().schema(),
            "minProperties": 1,
        }
