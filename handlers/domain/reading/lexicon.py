"""The closed vocabulary of time: every word the grammar knows, with its kind and value, and how it may be misspelt."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from rapidfuzz.distance import OSA

Entry = tuple[str, Any]


def words(text: str) -> frozenset[str]:
    """A set of words, written as a line of prose."""
    return frozenset(text.split())


_WEEKDAYS = (
    "monday mondays mon",
    "tuesday tuesdays tue tues tusday teusday",
    "wednesday wednesdays wed weds wednes wensday wenesday wednsday wendsday",
    "thursday thursdays thu thur thurs thursd thirsday",
    "friday fridays fri frid fridy",
    "saturday saturdays sat satur saterday saterdy satday",
    "sunday sundays sun",
)
_MONTHS = (
    "january jan",
    "february feb",
    "march mar",
    "april apr",
    "may",
    "june jun",
    "july jul",
    "august aug",
    "september sep sept",
    "october oct",
    "november nov",
    "december dec",
)
_CARDINALS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60, "ninety": 90}
_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth"
)
_UNITS = {
    "second": "second seconds sec secs",
    "minute": "minute minutes min mins",
    "hour": "hour hours hr hrs",
    "day": "day days",
    "week": "week weeks wk wks wek",
    "fortnight": "fortnight fortnights",
    "month": "month months",
    "quarter": "quarters",
    "year": "year years yr yrs",
    "weekend": "weekend weekends",
    "weekday": "weekday weekdays workday workdays",
}
_PARTS = {
    "morning": "morning mornings morn mornin",
    "afternoon": "afternoon afternoons arvo avo aft",
    "evening": "evening evenings eve",
    "night": "night nights nite",
    "lunch": "lunchtime lunchtimes",
    "dinner": "dinnertime suppertime",
    "tea": "teatime",
    "breakfast": "breakfasttime",
}
_MEALS = {
    "lunch": "lunch",
    "dinner": "dinner",
    "supper": "dinner",
    "breakfast": "breakfast",
    "brunch": "brunch",
}
_RELATIVE = {
    0: "today todays tday 2day",
    1: "tomorrow tomorrows tmrw tmr tmw tmrrw tomoz tomo tomoro 2moro 2morro 2morow 2morrow 2mrw 2mro morrow",
    -1: "yesterday",
}


def _build() -> dict[str, Entry]:
    known: dict[str, Entry] = {}
    for table, kind in ((_WEEKDAYS, "weekday"), (_MONTHS, "month")):
        for value, names in enumerate(table, start=kind == "month"):
            known.update(dict.fromkeys(names.split(), (kind, value)))
    for value, name in enumerate(_CARDINALS.split()):
        known[name] = ("cardinal", value)
    known.update({name: ("tens", value) for name, value in _TENS.items()})
    for value, name in enumerate(_ORDINALS.split(), start=1):
        known[name] = ("ordinal", value)
    known.update({"twentieth": ("ordinal", 20), "thirtieth": ("ordinal", 30)})
    for table2, kind in ((_UNITS, "unit"), (_PARTS, "part")):
        for value2, names in table2.items():
            known.update(dict.fromkeys(names.split(), (kind, value2)))
    known["second"] = ("ordinal", 2)  # the unit too: `numbers` decides by what stands before it
    known.update({name: ("meal", value3) for name, value3 in _MEALS.items()})
    for offset, names in _RELATIVE.items():
        known.update(dict.fromkeys(names.split(), ("relative", offset)))
    known.update(dict.fromkeys(("tonight", "tonite", "tonights", "2nite", "2night"), ("tonight", 0)))
    known["noon"] = known["midday"] = known["noontime"] = ("hour12", 720)
    known["midnight"] = ("hour12", 0)
    known.update(dict.fromkeys(("am", "a.m"), ("ampm", 0)))
    known.update(dict.fromkeys(("pm", "p.m"), ("ampm", 12)))
    known.update(dict.fromkeys(("this", "current"), ("this", 0)))
    known.update(dict.fromkeys(("next", "following", "nxt", "nex"), ("next", 1)))
    known.update(dict.fromkeys(("coming", "upcoming"), ("coming", 1)))
    known.update(dict.fromkeys(("last", "previous", "past"), ("last", -1)))
    known.update(dict.fromkeys(("oclock", "o'clock", 'o"clock', "o’clock"), ("oclock", 0)))
    return known


WORDS = _build()

CORRECTING = words("actually sorry oops wait scratch correction meant rather instead apologies nope edit")
CORRECTING_PAIRS = {
    ("i", "mean"), ("make", "that"), ("make", "it"), ("change", "that"), ("change", "it"), ("no", "make"),
    ("second", "thought"), ("no", "i"), ("my", "mistake"), ("my", "bad"), ("let's", "say"), ("better", "make"),
    ("strike", "that"), ("no", ","), ("no", "it"),
}  # fmt: skip
"""Words that take back what was said just before."""

WEAK = words("sat sun wed mon may march mar jan april june eve min mins sec tea past last second")
"""Words with another everyday meaning: they count only beside something that is certainly about time."""

_SPELLABLE = (
    *(
        word
        for word, (kind, _) in WORDS.items()
        if len(word) >= 6 and kind in {"weekday", "month", "part", "relative", "tonight", "hour12"}
    ),
    "weekend",
    "april",
    "fortnight",
)
_NOT_TYPOS = words(
    "mourning morrow mornington nights mondale noonan sunny money tonic tonights juncture evenings weekender "
    "warning evens moaning manning meaning turning burning leaning learning earning mooring boring "
    "aprils augusta augustin augustus sundae sundaes ordinary decembers frisky friendly Julia tomorrows"
)


@lru_cache(maxsize=20_000)
def look_up(word: str) -> tuple[str, Any, int]:
    """(kind, value, edits) of a lower-case word; kind "" when the vocabulary has nothing close enough.

    One edit (a swap counts as one) is forgiven from 6 letters, two from 8; the first letter must be right.
    """
    found = WORDS.get(word)
    if found:
        return (*found, 0)
    if word.endswith(("'s", "’s")):
        found = WORDS.get(word[:-2])
        if found:
            return (*found, 0)
    if len(word) < 5 or len(word) > 12 or word in _NOT_TYPOS:
        return "", None, 0
    allowed = 1 if len(word) < 8 else 2
    best, distance = "", allowed + 1
    for known in _SPELLABLE:
        if known[0] != word[0] or abs(len(known) - len(word)) > allowed:
            continue
        edits = OSA.distance(known, word, score_cutoff=allowed)
        if edits < distance:
            best, distance = known, edits
    if not best:
        return "", None, 0
    kind, value = WORDS[best]
    return kind, value, distance
