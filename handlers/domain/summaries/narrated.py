"""What a narrator wrote is said only if every number and name in it is among the facts; else the plain words are.

It reads English. A number under another label than its own, or a wrong "more", is beyond it: the numbers themselves stand
beside the words, on the card and in the mail.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from handlers.domain.summaries.numbers import MONEY, Said, numbers
from handlers.domain.summaries.told import Fact, Told

LONGEST = 900
"""Characters of one paragraph."""
MARK = "\ue000"
"""Stands where a name or a date stood that may be said."""
PUNCTUATION = frozenset(" .,;:!?'’‘\"“”()%-\u2010\u2011\u2013\u2014/&$€£¥…")
WEEKDAYS = frozenset(f"{date(2026, 6, n):{f}}" for n in range(1, 8) for f in ("%A", "%a"))
MONTHS = [date(2026, n, 1).strftime("%B") for n in range(1, 13)]
KNOWN = frozenset({"I", "Slack", "Frontdesk"})
NEAR = Decimal("0.03")
"""How far from the truth a sum may be that is said to be rounded."""

_DAY = r"(\d{1,2})(?:st|nd|rd|th)?"
_MONTH = f"({'|'.join(MONTHS)})"
_YEAR = r"(?:,?\s+(\d{4})\b)?"
_TO = r"(?:\s*(?:to|and|until|through|[-\u2010\u2013])\s*(?:the\s+)?)"
DAY_FIRST = re.compile(rf"\b(?:{_DAY}{_TO})?{_DAY}(?:\s+of)?\s+{_MONTH}\b{_YEAR}")
MONTH_FIRST = re.compile(rf"\b{_MONTH}\s+{_DAY}(?:{_TO}{_DAY})?\b(?!\s*%|[.,]\d|\s+[a-z]){_YEAR}")
MONTH_YEAR = re.compile(rf"\b{_MONTH}\s+(\d{{4}})\b")
NAME = re.compile(r"[^\W\d_]\w*(?:['’]\w+)*")
SENTENCE = re.compile(r"(?:^|[.!?:…][\"”’)]*\s+)[\"“‘(]*$")
QUOTED = re.compile(r"[\"“]([^\"”]*)[\"”]|(?<!\w)['‘]([^'’]+)['’](?!\w)")
ADDRESS = re.compile(r"[^\W\d_]\.[^\W\d_]|//")
ROMAN = re.compile(r"[IVXLCDM]{2,}")


def tidy(text: str) -> str:
    """One paragraph."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def doubts(text: str, told: Told) -> list[str]:
    """What the text says and the facts don't, piece by piece; nothing when all of it may be said."""
    if not text.strip() or len(text) > LONGEST or MARK in text:
        return ["not a short paragraph"]
    rest, dates = _without_dates(_without_names(text, told), told)
    strange = [c for c in rest if not _usual(c)] or ADDRESS.findall(rest)
    return [*dates, *strange, *_unknown_names(rest, told), *_unknown_numbers(rest, told)]


def _usual(char: str) -> bool:
    """Latin letters, digits and the punctuation of a plain sentence; nothing that Slack or a browser acts on."""
    if char in PUNCTUATION or char == MARK or char in "0123456789":
        return True
    return char.isalpha() and unicodedata.name(char, "").startswith("LATIN ")


# --- what may be said as it is -----------------------------------------------------------------------------------


def _without_names(text: str, told: Told) -> str:
    """A name that is nothing but numbers ("Two") stays, so that nobody can count with it."""
    for name in sorted(told.names, key=len, reverse=True):
        if any(next(numbers(word), None) is None for word in NAME.findall(name)):
            text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", MARK, text)
    return text


def _without_dates(text: str, told: Told) -> tuple[str, list[str]]:
    """The text without the first and last days of the two periods and without their months; and every other date."""
    others: list[str] = []

    def marked(found: re.Match[str], days: tuple[str | None, ...], month: str, year: str | None) -> str:
        ours = [d for d in told.dates if year is None or d.year == int(year)]
        *rest, last = [int(d) for d in days if d]
        if any((d.day, d.month) == (last, MONTHS.index(month) + 1) for d in ours) and all(
            any(d.day == day for d in ours) for day in rest
        ):
            return MARK
        others.append(found[0])
        return MARK

    def month_year(found: re.Match[str]) -> str:
        ours = {(d.month, d.year) for d in told.dates}
        return MARK if (MONTHS.index(found[1]) + 1, int(found[2])) in ours else found[0]

    text = DAY_FIRST.sub(lambda m: marked(m, (m[1], m[2]), m[3], m[4]), text)
    text = MONTH_FIRST.sub(lambda m: marked(m, (m[2], m[3]), m[1], m[4]), text)
    return MONTH_YEAR.sub(month_year, text), others


# --- names -------------------------------------------------------------------------------------------------------


def _unknown_names(text: str, told: Told) -> Iterator[str]:
    known = WEEKDAYS | KNOWN | {MONTHS[d.month - 1] for d in told.dates} | {told.currency}
    for found in QUOTED.finditer(text):
        inside = found[1] if found[1] is not None else found[2]
        if inside.strip(" .,") != MARK:
            yield inside
    for word in NAME.finditer(text):
        said = word[0].removesuffix("'s").removesuffix("’s")
        if said not in known and _is_name(said, begins=SENTENCE.search(text[: word.start()]) is not None):
            yield said


def _is_name(word: str, *, begins: bool) -> bool:
    """Any capital that no sentence begins with."""
    if word in MONTHS or ROMAN.fullmatch(word) or (word.isupper() and len(word) > 1):
        return True
    return word[0].isupper() and not begins


# --- numbers -----------------------------------------------------------------------------------------------------


def _unknown_numbers(text: str, told: Told) -> Iterator[str]:
    for said in numbers(text):
        if isinstance(said, str):
            yield said
        elif not any(_allows(fact, said, told.currency) for fact in told.facts):
            yield said.text


def _allows(fact: Fact, said: Said, currency: str) -> bool:
    match said.unit:
        case "nothing":
            return fact.unit == "count" and fact.value == 0
        case "everything":
            return fact.unit == "percent" and fact.value == 100
        case "money":
            return fact.unit == "money" and _is_ours(said.money, currency) and _worth(said, fact)
        case unit:
            exactly = said.rounding in {"", "about"} and said.value == fact.value
            return fact.unit == unit and exactly


def _worth(said: Said, fact: Fact) -> bool:
    """The sum itself, rounded to what is said (`1.2k`), or near it where a word says so (`about 1,200` for 1,187);
    "nearly" is never less than the truth, nor "over" more."""
    exact = Decimal(fact.value) / 100
    off = said.value - exact
    if (said.rounding == "under" and off <= 0) or (said.rounding == "over" and off >= 0):
        return False
    if said.rounding:
        return abs(off) <= exact * NEAR
    return abs(off) * 2 <= said.rough and exact >= said.rough * (5 if said.rough > 1 else 0)


def _is_ours(said: str, currency: str) -> bool:
    means = MONEY.get(said, said)
    return currency.endswith("D") if means == "D" else currency in means.split()
