"""Named days. Fixed ones, ones that follow a rule, and those that hang on Easter (computed)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from handlers.domain.reading.tokens import Tokens

Rule = Callable[[int], date]


def nth_weekday(year: int, month: int, weekday: int, nth: int) -> date:
    """`nth` 1..5 from the start (a fifth that does not exist rolls into the next month), -1 = the last."""
    if nth > 0:
        first = date(year, month, 1)
        return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))
    last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    return last - timedelta(days=(last.weekday() - weekday) % 7 + 7 * (-nth - 1))


def easter(year: int) -> date:
    """Western Easter Sunday (the anonymous Gregorian computus)."""
    golden = year % 19
    century, rest = divmod(year, 100)
    leaps, left = divmod(century, 4)
    lunar = (19 * golden + century - leaps - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * left + 2 * (rest // 4) - lunar - rest % 4) % 7
    shift = (golden + 11 * lunar + 22 * weekday) // 451
    month, day = divmod(lunar + weekday - 7 * shift + 114, 31)
    return date(year, month, day + 1)


def orthodox_easter(year: int) -> date:
    """Julian computus, 13 days on (right from 1900 to 2099)."""
    lunar = (19 * (year % 19) + 15) % 30
    weekday = (2 * (year % 4) + 4 * (year % 7) - lunar + 34) % 7
    month, day = divmod(lunar + weekday + 114, 31)
    return date(year, month, day + 1) + timedelta(days=13)


def _fixed(month: int, day: int) -> Rule:
    return lambda year: date(year, month, day)


def _nth(month: int, weekday: int, nth: int, plus: int = 0) -> Rule:
    return lambda year: nth_weekday(year, month, weekday, nth) + timedelta(days=plus)


def _easter(offset: int) -> Rule:
    return lambda year: easter(year) + timedelta(days=offset)


def _orthodox(offset: int) -> Rule:
    return lambda year: orthodox_easter(year) + timedelta(days=offset)


_NAMED: dict[str, Rule] = {
    "new year": _fixed(1, 1),
    "new years": _fixed(1, 1),
    "new year day": _fixed(1, 1),
    "new years day": _fixed(1, 1),
    "new year eve": _fixed(12, 31),
    "new years eve": _fixed(12, 31),
    "nye": _fixed(12, 31),
    "epiphany": _fixed(1, 6),
    "groundhog day": _fixed(2, 2),
    "ground hog day": _fixed(2, 2),
    "valentine": _fixed(2, 14),
    "valentines": _fixed(2, 14),
    "valentine day": _fixed(2, 14),
    "valentines day": _fixed(2, 14),
    "st patrick day": _fixed(3, 17),
    "st patricks day": _fixed(3, 17),
    "saint patrick day": _fixed(3, 17),
    "saint patricks day": _fixed(3, 17),
    "st paddy day": _fixed(3, 17),
    "st david day": _fixed(3, 1),
    "st george day": _fixed(4, 23),
    "st andrew day": _fixed(11, 30),
    "april fools": _fixed(4, 1),
    "april fool day": _fixed(4, 1),
    "april fools day": _fixed(4, 1),
    "all fool day": _fixed(4, 1),
    "earth day": _fixed(4, 22),
    "anzac day": _fixed(4, 25),
    "may day": _fixed(5, 1),
    "workers day": _fixed(5, 1),
    "international workers day": _fixed(5, 1),
    "cinco de mayo": _fixed(5, 5),
    "canada day": _fixed(7, 1),
    "independence day": _fixed(7, 4),
    "us independence day": _fixed(7, 4),
    "fourth of july": _fixed(7, 4),
    "bastille day": _fixed(7, 14),
    "halloween": _fixed(10, 31),
    "hallowe'en": _fixed(10, 31),
    "halloween day": _fixed(10, 31),
    "all saints day": _fixed(11, 1),
    "all souls day": _fixed(11, 2),
    "guy fawkes": _fixed(11, 5),
    "bonfire night": _fixed(11, 5),
    "veterans day": _fixed(11, 11),
    "veteran day": _fixed(11, 11),
    "remembrance day": _fixed(11, 11),
    "christmas eve": _fixed(12, 24),
    "xmas eve": _fixed(12, 24),
    "christmas": _fixed(12, 25),
    "christmas day": _fixed(12, 25),
    "xmas": _fixed(12, 25),
    "xmas day": _fixed(12, 25),
    "boxing day": _fixed(12, 26),
    "juneteenth": _fixed(6, 19),
    "womens day": _fixed(3, 8),
    "women day": _fixed(3, 8),
    "australia day": _fixed(1, 26),
    "waitangi day": _fixed(2, 6),
    "national day": _fixed(8, 9),
    "singapore national day": _fixed(8, 9),
    "pi day": _fixed(3, 14),
    "world vegan day": _fixed(11, 1),
    "martin luther king day": _nth(1, 0, 3),
    "martin luther king jr day": _nth(1, 0, 3),
    "mlk day": _nth(1, 0, 3),
    "civil rights day": _nth(1, 0, 3),
    "presidents day": _nth(2, 0, 3),
    "president day": _nth(2, 0, 3),
    "washington birthday": _nth(2, 0, 3),
    "family day": _nth(2, 0, 3),
    "mother day": _nth(5, 6, 2),
    "mothers day": _nth(5, 6, 2),
    "memorial day": _nth(5, 0, -1),
    "victoria day": _nth(5, 0, -1),
    "father day": _nth(6, 6, 3),
    "fathers day": _nth(6, 6, 3),
    "labor day": _nth(9, 0, 1),
    "labour day": _nth(9, 0, 1),
    "columbus day": _nth(10, 0, 2),
    "thanksgiving": _nth(11, 3, 4),
    "thanksgiving day": _nth(11, 3, 4),
    "black friday": _nth(11, 3, 4, 1),
    "cyber monday": _nth(11, 3, 4, 4),
    "giving tuesday": _nth(11, 3, 4, 5),
    "boss day": _fixed(10, 16),
    "super bowl": _nth(2, 6, 1),
    "super bowl sunday": _nth(2, 6, 1),
    "shrove tuesday": _easter(-47),
    "pancake day": _easter(-47),
    "mardi gras": _easter(-47),
    "ash wednesday": _easter(-46),
    "palm sunday": _easter(-7),
    "maundy thursday": _easter(-3),
    "good friday": _easter(-2),
    "holy saturday": _easter(-1),
    "easter saturday": _easter(-1),
    "easter": _easter(0),
    "easter sunday": _easter(0),
    "easter monday": _easter(1),
    "ascension day": _easter(39),
    "pentecost": _easter(49),
    "whit sunday": _easter(49),
    "whit monday": _easter(50),
    "trinity sunday": _easter(56),
    "corpus christi": _easter(60),
    "orthodox easter": _orthodox(0),
    "orthodox easter sunday": _orthodox(0),
    "orthodox easter monday": _orthodox(1),
    "orthodox good friday": _orthodox(-2),
}
_BY_WORDS = {tuple(name.split()): rule for name, rule in _NAMED.items()}
_LONGEST = max(map(len, _BY_WORDS))
FIRST_WORDS = frozenset(words[0] for words in _BY_WORDS)


def named_day(tokens: Tokens, at: int) -> tuple[Rule, int] | None:
    """The longest named day that starts here: `(rule by year, after)`. Possessives and full stops don't matter."""
    words: list[str] = []
    ends: list[int] = []
    index = at
    while len(words) < _LONGEST and index < tokens.size:
        token = tokens[index]
        if token.text in (".", "'", "’") and words:
            index += 1
            continue
        words.append(_plain(token.text))
        index += 1
        ends.append(index)
    for size in range(len(words), 0, -1):
        rule = _BY_WORDS.get(tuple(words[:size]))
        if rule:
            return rule, ends[size - 1]
    return None


def _plain(word: str) -> str:
    return word.removesuffix("'s").removesuffix("'")


def next_occurrence(rule: Rule, today: date) -> date:
    day = rule(today.year)
    return day if day >= today else rule(today.year + 1)
