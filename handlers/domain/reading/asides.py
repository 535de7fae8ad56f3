"""Days and times that ask for nothing: past visits, birth dates, weddings and flights, greetings, opening hours, habits."""

from __future__ import annotations

from typing import Literal

from handlers.domain.reading.lexicon import words
from handlers.domain.reading.parts import Span
from handlers.domain.reading.scan import Days, Scan
from handlers.domain.reading.tokens import Tokens

Aside = Literal["", "drop", "doubt"]
"""drop: it is no request. doubt: it is none if another day is asked for; else a person should look."""

_STOPS = frozenset(".!?;")
_FAR = 12
_ASKS = words(
    "so but then can could may please need needs want wants like love book booking hoping hope looking fancy prefer would "
    "reserve schedule make try until again move change reschedule about regarding re"
)
_PAST = words(
    "came visited moved tried called rang phoned emailed texted messaged saw went ate bought received left spoke attended "
    "dined stayed waited cancelled canceled"
)
_CALLED_SO = words("called texted saw")
_SUBJECTS = words("i we he she they have i've we've just and who")
_HAD = words("a an my our some it them")
_LETTERS = words("email mail message call text reply voicemail note chat conversation letter")
_CHEERS = words("happy merry")
_GOOD = words("good great nice lovely wonderful fab fantastic super blessed relaxing")
_CALLED = words("all everyone everybody team folks guys both ladies mate")
_PAPERS = words("times telegraph post papers observer herald express")
_ACHES = words(
    "hurts hurt hurting aches ache aching sleep wakes waking grind grinding clench throbs throbbing sore pain painful"
)
_ENDINGS = words("finish land wake knock")
_WISHES = words("shall can could may will should do would if")
_EVENTS = words(
    "wedding flight train plane bus ferry interview exam ceremony graduation prom gala funeral race marathon concert gig "
    "conference photoshoot shoot babysitter sitter taxi cab"
)
_FEASTS = words("birthday anniversary party show match game trip holiday vacation movie film play")
_HAPPENS = words("is starts leaves begins 's at departs lands arrives comes are was finishes ends")
_OWNED = words("have has having got attending")
_TRAVELS = words("flying travelling traveling fly leaving leave travel")
_LINKS = words("at on in from around about this next the of is , @ coming")
_MUST = words("need must have got gotta")


def aside(scan: Scan, days: Days | None, span: Span | None, start: int, end: int) -> Aside:
    """What the words around tokens `start`..`end` say about a day or a time that was found there."""
    tokens = scan.tokens
    if _pleasantry(scan, start, end) or _label(scan, start, end, days):
        return "drop"
    clock_time = span is not None and not span.vague
    if clock_time and _own_business(tokens, start, end):
        beside_a_day = scan.dated == start or tokens.kind(end + (tokens.word(end) == "on")) in (
            "weekday",
            "relative",
        )
        return "doubt" if beside_a_day else "drop"
    if span and not days and span.vague and _aching(tokens, start):
        return "drop"
    return _told(scan, start, dated=days is not None)


def goes_on(tokens: Tokens, left: int, right: int) -> bool:
    """What stands right behind an aside belongs to it: `my wedding is on 20 June at 2pm`."""
    return right - left <= 2 and all(
        tokens.word(index) in ("at", "on", "from", "@") for index in range(left, right)
    )


def _pleasantry(scan: Scan, start: int, end: int) -> bool:  # noqa: PLR0911 - one return for each form it may take
    """`thanks for your help today`, `have a lovely evening`, `how are you today`, `Happy Friday!`, `Evening all`."""
    tokens = scan.tokens
    if tokens.word(start - 1) in _CHEERS:
        return True
    kind = tokens.kind(start)
    if kind == "part" and tokens.word(end) in _CALLED and tokens.kind(start - 1) in ("end", "line"):
        return True
    if kind not in ("relative", "tonight", "part", "unit", "weekday", "this") and tokens.word(start) not in (
        "the",
        "rest",
    ):
        return False
    letters = kind != "this"
    for index in range(start - 1, max(-1, start - 8), -1):
        word = tokens.word(index)
        if word in (".", "!", "?", ",", "-") or tokens.kind(index) == "line":
            return False
        letters = letters or word in _LETTERS
        if word in ("thank", "thanks", "enjoy", "hope") or (
            word == "how" and tokens.word(index + 1) in ("are", "is", "was")
        ):
            return letters
        if (
            word in ("have", "had", "having")
            and tokens.word(index + 1) in ("a", "an")
            and tokens.word(index + 2) in _GOOD
        ):
            return True
    return False


def _label(scan: Scan, start: int, end: int, days: Days | None) -> bool:
    """`the Sunday Times`, `a 10/10 cut`, `birthday (30th)`, `Work hours: Tue-Thu`."""
    tokens = scan.tokens
    before = tokens.word(start - 1)
    if tokens.kind(start) == "weekday" and tokens.word(end) in _PAPERS:
        return True
    if tokens.kind(start) == "pair" and before in ("a", "an", "rated", "solid") and days:
        left, _, right = tokens.word(start).partition("/")
        return left == right
    if before == "(" and tokens.word(start - 2) in ("birthday", "anniversary"):
        return True
    for index in range(start - 1, max(-1, start - 10), -1):
        if tokens.kind(index) == "line" or tokens.word(index) in _STOPS:
            return False
        if tokens.word(index) == "hours" and tokens.word(index + 1) == ":":
            return True
    return False


def _aching(tokens: Tokens, start: int) -> bool:
    return any(tokens.word(index) in _ACHES for index in range(max(0, start - 4), start))


def _own_business(tokens: Tokens, start: int, end: int) -> bool:  # noqa: PLR0911 - one return for each form it may take
    """`I finish work at 5`, `my wedding is at 2pm`, `we need to leave by 9.30`, `you're open until 8`, `at 8am every day`."""
    if tokens.word(start - 1) in ("open", "close", "closes", "closing") and tokens.word(start - 2) in (
        "you", "you're", "youre", "are", "your", "is",
    ) and tokens.word(start) in ("until", "till", "to", "at", "from"):  # fmt: skip
        return True
    habit = tokens.word(end) == "daily" or (
        tokens.word(end) in ("every", "each") and tokens.word(end + 1) in ("day", "morning", "night")
    )
    for index in range(start - 1, max(-1, start - 7), -1):
        word = tokens.word(index)
        if word in _STOPS or word in _ASKS or tokens.kind(index) in ("line", "weekday", "relative"):
            return False
        if word in _ENDINGS and tokens.word(index - 1) in ("i", "we"):
            return tokens.word(index - 2) not in _WISHES
        if (
            habit
            and word in ("take", "work", "start", "train", "swim", "run")
            and tokens.word(index - 1) in ("i", "we")
        ):
            return tokens.word(index - 2) not in _WISHES
        if word in ("leave", "go", "home", "away") and tokens.word(index - 1) in ("to", "be", "leave", "get"):
            return bool(_MUST & {tokens.word(index - back) for back in (2, 3, 4)})
        if (
            word in _EVENTS
            and tokens.word(index + 1) in _HAPPENS
            and (tokens.word(index + 1) != "at" or tokens.word(index - 1) in ("my", "our", "the", "a"))
        ):
            return True
    return False


def _told(scan: Scan, start: int, *, dated: bool) -> Aside:  # noqa: C901, PLR0911 - one return for each form it may take
    """Walks back through the clause to the nearest word that says what the day is for."""
    tokens = scan.tokens
    linked = True
    for index in range(start - 1, max(-1, start - _FAR), -1):
        word, before, after = tokens.word(index), tokens.word(index - 1), tokens.word(index + 1)
        if word in _STOPS and not (word == "." and tokens.touching(index + 1)):
            return ""
        if (
            tokens.kind(index) in ("line", "weekday", "relative", "iso", "dmy")
            or word in _ASKS
            or (word == "," and tokens.kind(index - 1) not in ("weekday", "end"))
        ):
            return ""
        if word in _PAST or (word == "had" and after in _HAD) or (word == "got" and after == "your"):
            if (
                word in _CALLED_SO
                and before not in _SUBJECTS
                and tokens.kind(index - 1) not in ("end", "line", "mark")
            ):
                continue
            return "" if before in ("be", "get", "being", "if", "to") else "doubt"
        if word in ("was", "were") and after in ("in", "here", "there", "with", "seen"):
            return "doubt"
        if word == "per" or (
            word in ("voicemail", "email", "message") and before in ("your", "the") and linked
        ):
            return "drop"
        if dated and (
            word in ("dob", "born", "birth", "birthdate")
            or (word in ("turns", "turning", "turned") and tokens.kind(index + 1) in ("num", "cardinal"))
        ):
            return "drop"
        if linked and word in _TRAVELS and before in ("i'm", "im", "we're", "i", "we", "am", "are"):
            return "doubt"
        happening = after in _HAPPENS and after != "at"
        owned = bool(_OWNED & {before, tokens.word(index - 2), tokens.word(index - 3)})
        if (linked or happening) and (
            (word in _EVENTS and (happening or owned or before in ("my", "our")))
            or (word in _FEASTS and (happening or owned))
        ):
            return "doubt"
        linked = linked and (word in _LINKS or word in _HAPPENS)
    return ""
