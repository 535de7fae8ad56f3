"""How many people come: for two, party of 6, a table for 4, the two of us, 2 adults and 1 kid, me and my wife."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from handlers.domain.reading.companions import Count, told
from handlers.domain.reading.lexicon import words
from handlers.domain.reading.numbers import cardinal
from handlers.domain.reading.tokens import Tokens
from handlers.domain.request import FieldReading

_PEOPLE = words(
    "people persons person ppl peeps pax guests guest adults adult diners members heads folks humans ladies women men "
    "girls boys gents kids kid children child toddlers babies infants seniors covers patrons attendees participants customers "
    "ppls students parents sons daughters covers seats stools grownups grown-ups"
)
_GROUPS = words("party group family total team crowd table bunch")
_SEATED = words(
    "table tables reservation reservations seats seating seat room spot spots place booking space dinner lunch brunch"
)
_FOR = words("for fit seat seats accommodate host")
_NOT_PEOPLE = words(
    "haircut haircuts appointments appointment night hour minute am pm o'clock oclock dollars percent star stars course "
    "courses inch inches weeks th hundred thousand k pm- free sessions rooms tables"
)
_ENDING_IN_S = words("as this is us yes thanks cheers close across besides always times")
_CORRECTING = words("actually sorry no make change instead rather now not mean")
_REPLACING = words("sorry actually now make that no mean rather oops")
_TIMELY = words("at by before after from until till around about to")
_PREDICATES = words("is are has have can't cannot doesn't don't need needs eat eats will won't would")
_AMONG = words("including incl includes")
_ONE_MORE = words("adult child kid guest person")
_LABELS = words("size people guests guest pax party persons diners covers seats adults")


def read_party(
    tokens: Tokens, taken: Collection[int], *, seats: bool, services: Collection[str] = ()
) -> FieldReading:
    """`services` are the words of the services. `taken` are the tokens that tell a time. `seats`: the business takes parties, so a lone `for 5` counts people.

    Companions who are named but can't be counted surely (`me and my friends`) give a quote without a value.
    """
    counts = _counts(tokens, taken, services, seats=seats)
    sure = [count for count in counts if not count.companions]
    sure = [count for count in sure if not count.part] or sure
    sure = [
        replace(count, confidence=0.6) if _joins_companions(tokens, count, counts) else count
        for count in sure
    ]
    if not sure:
        if not counts:
            return FieldReading()
        return FieldReading(value=None, confidence=0.0, quote=tokens.quote(counts[0].start, counts[0].end))
    best = sure[-1] if sure[-1].confidence >= 0.85 else max(sure, key=lambda count: count.confidence)
    confidence = best.confidence
    if len({count.value for count in sure if count.confidence >= 0.85}) > 1 and not _corrected(tokens, sure):
        confidence *= 0.7
    return FieldReading(
        value=best.value, confidence=round(confidence, 2), quote=tokens.quote(best.start, best.end)
    )


def _joins_companions(tokens: Tokens, count: Count, counts: list[Count]) -> bool:
    """`me, my wife and 2 kids`: the number tells of some only."""
    return tokens.word(count.start - 1) in ("and", "&", "+", "plus") and any(
        other.companions and 0 < count.start - other.start <= 9 for other in counts
    )


def _corrected(tokens: Tokens, counts: list[Count]) -> bool:
    return (
        any(tokens.word(index) in _CORRECTING for index in range(counts[-2].end, counts[-1].start))
        if len(counts) > 1 and counts[-1].start - counts[-2].end < 30
        else False
    )


def _counts(tokens: Tokens, taken: Collection[int], services: Collection[str], *, seats: bool) -> list[Count]:
    found: list[Count] = []
    index = 0
    while index < tokens.size:
        kind = tokens.kind(index)
        count = None
        if kind in ("num", "cardinal", "tens"):
            count = _number(tokens, index, taken, seats=seats) or _instead(tokens, index, taken, found)
            if not count and seats:
                count = _shorthand(tokens, index, taken)
        elif kind == "word":
            count = told(tokens, index, services)
        if count:
            found.append(count)
            index = max(count.end, index + 1)
        else:
            index += 1
    return found[:50]


def _number(tokens: Tokens, at: int, taken: Collection[int], *, seats: bool) -> Count | None:  # noqa: C901, PLR0911, PLR0912 - one return for each form it may take
    number = cardinal(tokens, at)
    if not number or not 1 <= number[0] <= 200 or tokens.word(at - 1) in ("$", "£", "€", "#"):
        return None
    value, after = number
    following = tokens.word(after)
    rather = _rather_than(tokens, at, value, after, taken) or _range_of_people(
        tokens, at, after, taken, seats=seats
    )
    if rather:
        return rather
    if following in ("-", "to", "or") and tokens.kind(after + 1) in ("num", "cardinal"):
        wider = cardinal(tokens, after + 1)
        if wider and tokens.word(wider[1]) in _PEOPLE and wider[0] > value:
            return Count(wider[0], 0.6, at, wider[1] + 1)
    if following in ("more", "other", "extra", "additional", "hungry"):
        after += 1
        following = tokens.word(after)
    if following in _PEOPLE:
        return _summed(tokens, at, value, after + 1)
    if following == "of" and tokens.word(after + 1) in ("us", "you", "them"):
        if value == 1 and tokens.word(at - 1) not in ("for", "just", "only"):
            return None
        part = tokens.word(after + 2) in _PREDICATES and tokens.word(at - 1) not in (
            "for",
            "be",
            "are",
            "the",
        )
        return Count(value, 0.98, at, after + 2, part=part)
    if (
        tokens.word(at - 1) in (":", "-", "=")
        and tokens.word(at - 2) in _LABELS
        and not _not_people(tokens, after)
    ):
        return Count(value, 0.95, at, after)
    if _we_are(tokens, at) and not _not_people(tokens, after):
        return Count(value, 0.92, at, after)
    if tokens.word(at - 1) == "x" and tokens.touching(at) and value <= 20:
        return _unless_taken(value, 0.85, at, after, taken)
    if tokens.word(at - 1) in ("us", "we're", "of") and (
        tokens.word(at - 1) != "of" or tokens.word(at - 2) in _GROUPS
    ):
        return _unless_taken(value, 0.95, at, after, taken, group=tokens.word(at - 1) == "of")
    if tokens.word(at - 1) in ("party", "group") or (
        tokens.word(at - 1) in (":", "size", "is", "=")
        and tokens.word(at - 2) in ("party", "size", "people", "guests", "pax")
    ):
        return _unless_taken(value, 0.93, at, after, taken)
    if following in ("total", "altogether") or (
        following == "in" and tokens.word(after + 1) in ("total", "all")
    ):
        return _unless_taken(value, 0.93, at, after + (1 if following != "in" else 2), taken)
    if tokens.word(at - 1) == "all" and tokens.word(at - 2) in ("", ".", ",", "for"):
        return _unless_taken(value, 0.85, at, after, taken)
    if tokens.word(at - 1) in _FOR or (
        tokens.word(at - 1) in ("just", "only", "about", "around") and tokens.word(at - 2) == "for"
    ):
        return _for_number(tokens, at, value, after, taken, seats=seats)
    return None


def _summed(tokens: Tokens, at: int, value: int, after: int) -> Count:
    """`2 adults and 1 kid`, `5 kids + 2 adults`."""
    total = value
    for _ in range(4):
        index = after
        while tokens.word(index) in ("and", ",", "&", "+", "plus", "with") and index < after + 2:
            index += 1
        more = cardinal(tokens, index) if index > after else None
        if (
            index > after
            and tokens.word(index) in ("a", "an", "another")
            and tokens.word(index + 1) in _ONE_MORE
        ):
            more = 1, index + 1
        if not more or tokens.word(more[1]) not in _PEOPLE:
            break
        total, after = total + more[0], more[1] + 1
    among = tokens.word(at - 1) in _AMONG or (tokens.word(at - 1) == "." and tokens.word(at - 2) in _AMONG)
    return Count(total, 0.98, at, after, part=among)


def _unless_taken(
    value: int, confidence: float, at: int, after: int, taken: Collection[int], *, group: bool = False
) -> Count | None:
    if at in taken and not group:
        return None
    return Count(value, confidence, at, after)


def _for_number(
    tokens: Tokens, at: int, value: int, after: int, taken: Collection[int], *, seats: bool
) -> Count | None:
    """`for two`: people, unless a unit, a clock word or another noun follows the number."""
    if at in taken or _not_people(tokens, after) or tokens.word(at - 2) == "not":
        return None
    seated = any(tokens.word(index) in _SEATED for index in range(max(0, at - 8), at))
    if not seats and not seated and tokens.kind(at) == "num" and value <= 12:
        return Count(value, 0.6, at - 1, after)
    return Count(value, 0.95 if seated else 0.9, at - 1, after)


def _not_people(tokens: Tokens, after: int) -> bool:
    """A unit, a clock word or another noun follows the number."""
    following = tokens[after]
    if following.kind in ("unit", "ampm", "oclock", "part", "month", "clock", "num", "ord"):
        return True
    if following.text in _NOT_PEOPLE or following.text in (":", "%", "/", "ish", "hrs"):
        return True
    if following.text == "-" and tokens.touching(after):
        return True
    plural = following.kind == "word" and len(following.text) > 3 and following.text.endswith("s")
    return plural and following.text not in _ENDING_IN_S


def _we_are(tokens: Tokens, at: int) -> bool:
    """`we are 4`, `we'll be six`, `there will be 6`."""
    before = tokens.word(at - 1)
    if before == "we're":
        return True
    if before not in ("be", "are"):
        return False
    return any(tokens.word(n) in ("we", "we'll", "we'd", "there", "there'll") for n in range(at - 3, at - 1))


def _rather_than(tokens: Tokens, at: int, value: int, after: int, taken: Collection[int]) -> Count | None:
    """`6 not 4`, `5 instead of 4`; after "at" it is about times."""
    step = (
        1
        if tokens.word(after) == "not"
        else 2
        if (tokens.word(after), tokens.word(after + 1)) == ("instead", "of")
        else 0
    )
    other = cardinal(tokens, after + step) if step else None
    if not other or tokens.word(at - 1) in _TIMELY or _not_people(tokens, other[1]):
        return None
    if at in taken and not _we_are(tokens, at):
        return None
    return Count(value, 0.9, at, other[1])


def _range_of_people(
    tokens: Tokens, at: int, after: int, taken: Collection[int], *, seats: bool
) -> Count | None:
    """`party of 6-8`, `table for 6 or 7`: the larger, for a person to settle."""
    other = cardinal(tokens, after + 1) if tokens.word(after) in ("-", "to", "or", "/") else None
    if not other or tokens.word(other[1]) in _PEOPLE or _not_people(tokens, other[1]):
        return None
    named = tokens.word(at - 1) == "of" and tokens.word(at - 2) in _GROUPS
    seated = seats and tokens.word(at - 1) == "for" and at not in taken
    return Count(other[0], 0.6, at, other[1]) if named or seated else None


def _instead(tokens: Tokens, at: int, taken: Collection[int], found: list[Count]) -> Count | None:
    """`table for two, sorry three`, `4 of us ... now 5`: a number right behind a correction, and nothing timed between."""
    number = cardinal(tokens, at)
    before = found[-1] if found else None
    if (
        not number
        or not before
        or before.value is None
        or at - before.end > 14
        or tokens.word(at - 1) not in _REPLACING
    ):
        return None
    now = tokens.word(at - 1) == "now"
    if not now and any(n in taken for n in range(before.end, at)):
        return None
    if _not_people(tokens, number[1]) or not 1 <= number[0] <= 200:
        return None
    return Count(number[0], 0.9, at, number[1])


def _shorthand(tokens: Tokens, at: int, taken: Collection[int]) -> Count | None:  # noqa: PLR0911 - one return for each form it may take
    """`5 for Friday at 7`, `4 @ 7pm`, `dinner, 2, Friday`, `table 4 two`: where parties are seated."""
    number = cardinal(tokens, at)
    if not number or not 1 <= number[0] <= 20:
        return None
    value, after = number
    if tokens.word(at) == "4" and tokens.kind(after) == "cardinal" and tokens.word(at - 1) not in _TIMELY:
        return Count(tokens[after].value, 0.85, at, after + 1)
    if (
        at in taken
        or not taken
        or not (tokens.kind(at - 1) in ("end", "line") or tokens.word(at - 1) in (",", "."))
    ):
        return None
    following = tokens.kind(after + 1)
    if tokens.word(after) == "for" and following in (
        "weekday",
        "meal",
        "relative",
        "tonight",
        "part",
        "month",
        "this",
    ):
        return Count(value, 0.86, at, after)
    if tokens.word(after) in ("@", "at") and following in ("clock", "num", "cardinal", "hour12"):
        return Count(value, 0.86, at, after)
    if tokens.word(after) in (",", ".", "") or tokens.kind(after) == "line":
        return Count(value, 0.85, at, after)
    return None
