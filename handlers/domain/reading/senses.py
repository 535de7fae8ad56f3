"""Whether a service's word means the service: not in `cut me a deal`, `table of contents`, `beard trim`, `my facial last week`.

Nothing here knows a business: what a word acts on, what stands before and behind it, and the tense decide.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from handlers.domain.reading.lexicon import words
from handlers.domain.reading.tokens import Tokens

Sense = Literal["meant", "odd", "other", "past"]
"""`odd`: an unknown word qualifies it, a person should look. `other`: another thing. `past`: one they had."""

_ELSEWHERE = words(
    "beard moustache mustache eyebrow eyebrows brow brows eyelash lash lashes dog dogs cat cats puppy pet poodle horse carpet "
    "house home office window windows car van oven gutter gutters pool hedge tree trees lawn grass garden sofa couch rug mattress "
    "curtain upholstery chimney drain pipe roof kitchen bathroom wall walls floor paper power price cost tax budget job pay wage "
    "final midterm school university college driving math maths physics bar board eye vision hearing cookie biscuit paper "
    "periodic multiplication pivot time league pool coffee bedside paint wood hard rough director's paper metal laser "
    "spring end-of-tenancy water food skin"
)
"""What another trade trims, cleans, examines or colours."""
_OTHER_HEADS = words(
    "recognition surgery hair tennis football contents manners cloth cloths product products services company companies supplier "
    "suppliers supplies lady vacancy vacancies job jobs price prices chart card scheme code voucher vouchers printing printer "
    "cells tag tags show jacket ware off-cuts grass flowers glass finger edge short-circuit whitening results result insurance "
    "fluid liquid robot machine lamp salt book books match pencil pencils bill slate offer offers above blind blindness copies copy"
)
_SHORTENED = words("off down back corners short through across ties loose")
_DOERS = words(
    "to can could would you i we they he she it please let's lets will just never must then pls u i'd i'll i've don't should"
)
_OBJECTS = words("me my the your our his her their this that these those it them us a an")
_ACTED_ON = words(
    "hair hairs fringe bangs ends roots layers locks curls ponytail sides top length mane bob undercut strands regrowth "
    "teeth tooth mouth gums face skin pores nails "
    "son sons daughter daughters kid kids child children boy boys girl girls husband wife mum mom mother dad father toddler baby "
    "brother sister partner friend"
)
_QUALIFIERS = words(
    "a an the my your our his her their its this that some any one two three four five six all both each every another same "
    "for of and or with to in on at by as but than then not no just only also plus n w from after before about so if when "
    "is are was be do does did can could would will may might shall have has had get got getting give i you we he she it they me us "
    "please pls plz thanks hi hello hey dear yes no need needs want wants like love fancy book booking schedule reserve make "
    "do doing having take looking request requesting requested require arrange order available free offer offers having "
    "quick short long nice good proper full half basic simple regular normal usual standard small big little light deep dry wet "
    "fresh new first next last whole complete annual yearly monthly routine regular general dental hair mens men's men ladies "
    "women women's womens kids kid's kids' children's child's childs boys boy's girls girl's gents baby senior student family birthday "
    "business anniversary romantic christmas party group team corner quiet outdoor outside inside indoor window nearest usual "
    "overdue urgent emergency double express classic luxury bridal wedding school professional ordinary early late lunchtime "
    "evening root roots fringe bangs full-head half-head head back touch-up semi permanent all-over natural blonde brown dark red "
    "blond copper couples couple service subject re type visit appointment appt treatment prefer preferably maybe perhaps actually instead "
    "rather possibly ideally simply really still even more again already now here there today day month week year following "
    "per via reason notes note what which how where sorry mean say make it's i'm im that's let's lets i'd we'd i'll we'll u ur dr "
    "wash style styling finish highlights balayage shampoo massage manicure pedicure wax perm keratin scalp beautiful amazing great lovely chef's"
)
_ADJECTIVES = ("ing", "ed", "al", "ous", "ful", "ive", "ish", "est", "ly", "le")
_HEDGED = words("like as than since from same")
_FINISHED = words("was were went looked turned ago yesterday")
_HABIT = words("usually normally always typically generally")
_STOPS = words(". ! ? , ; : ( ) but")


def sense(tokens: Tokens, start: int, end: int, own: Collection[str]) -> Sense:
    """Of the word or words `start`..`end` (token indexes, end exclusive); `own` are the words of all services."""
    if (
        _compound(tokens, start, end, own)
        or _idiom(tokens, start, end)
        or _acts_on_something_else(tokens, start, end, own)
    ):
        return "other"
    if _done(tokens, start, end):
        return "past"
    before = tokens.word(start - 1)
    unknown = tokens.kind(start - 1) == "word" and before not in _QUALIFIERS and before not in own
    return "odd" if unknown and not before.endswith(_ADJECTIVES) else "meant"


def _compound(tokens: Tokens, start: int, end: int, own: Collection[str]) -> bool:
    """`carpet cleaning`, `facial recognition`, `over-the-counter`, `cut-price`, `table of contents`."""
    before, after = tokens.word(start - 1), tokens.word(end)
    if before in _ELSEWHERE and before not in own and tokens.kind(start - 1) != "line":
        return True
    if after in _OTHER_HEADS and after not in own:
        return True
    if (
        _hyphened(tokens, start - 1)
        and tokens.word(start - 2) not in own
        and tokens.word(start - 2) not in ("and", "n")
    ):
        return tokens.kind(start - 2) == "word"
    if _hyphened(tokens, end) and tokens.kind(end + 1) == "word" and tokens.word(end + 1) not in own:
        return tokens.word(end + 1) not in ("and", "n")
    if after == "of" and tokens.kind(end + 1) == "word" and tokens.word(end + 1) not in ("us", "about", "up"):
        return not any(tokens.word(n) in _ACTED_ON or tokens.word(n) in own for n in range(end + 1, end + 4))
    return False


def _hyphened(tokens: Tokens, index: int) -> bool:
    return tokens.word(index) == "-" and tokens.touching(index) and tokens.touching(index + 1)


def _idiom(tokens: Tokens, start: int, end: int) -> bool:
    """`long story cut short`, `cut off`, `a short cut to your shop`, `what colour are your walls`."""
    before, after = tokens.word(start - 1), tokens.word(end)
    if after in _SHORTENED and not any(tokens.word(n) in _ACTED_ON for n in range(start - 4, start)):
        return before not in ("a", "the", "my")
    if before in ("short", "power", "budget", "pay") and after in ("to", "through", "from", "across", "via"):
        return True
    return before in ("what", "which") and after in ("is", "are", "was", "were", "do", "does", "did")


def _acts_on_something_else(tokens: Tokens, start: int, end: int, own: Collection[str]) -> bool:
    """The word as a verb whose object is none of ours: `trim my budget`, `cut me a deal`, `let's table that`."""
    if tokens.word(end) not in _OBJECTS or tokens.kind(end) == "line":
        return False
    if tokens.word(start - 1) not in _DOERS and tokens.kind(start - 1) not in ("end", "line"):
        return False
    after = end
    while tokens.word(after) in _OBJECTS and after < end + 3:
        after += 1
    if tokens.kind(after) != "word" or tokens.word(after) in (
        "on",
        "at",
        "in",
        "please",
        "for",
        "again",
        "before",
        "after",
        "and",
        "too",
    ):
        return tokens.word(end) in ("this", "that") and tokens.word(after) in (".", "!", "")
    return not any(
        tokens.word(n).removesuffix("'s") in _ACTED_ON or tokens.word(n) in own
        for n in range(after, after + 4)
    )


def _done(tokens: Tokens, start: int, end: int) -> bool:
    """`my facial last week was lovely`, `dinner last night`, `the check-up yesterday`; `usually a colour, but ...`."""
    for index in range(end, end + 7):
        word = tokens.word(index)
        if word in _STOPS or tokens.kind(index) in ("line", "end"):
            break
        if word in _FINISHED:
            return True
        if word == "last" and tokens.word(index - 1) not in _HEDGED:
            kind = tokens.kind(index + 1)
            if kind in ("weekday", "month", "part") or tokens.word(index + 1) in (
                "week",
                "time",
                "month",
                "year",
                "visit",
                "night",
            ):
                return True
    for index in range(start - 1, start - 7, -1):
        word = tokens.word(index)
        if word in _STOPS or tokens.kind(index) in ("line", "end"):
            break
        if word == "for" and any(tokens.word(n) in ("thanks", "thank") for n in (index - 1, index - 2)):
            return True
    if any(tokens.word(n) in _HABIT for n in range(start - 5, start)):
        return any(tokens.word(n) == "but" for n in range(end, end + 6))
    return False
