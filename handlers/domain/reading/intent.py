"""What kind of message it is: a booking request, something a person must answer, or nothing we do.

Cues only; the final decision belongs to intake's `moves.py`. Order of precedence: spam, hand-off, complaint, change or
cancel, out of scope, booking, question.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Literal

from handlers.domain.reading.lexicon import words

Intent = Literal["booking", "change", "complaint", "handoff", "question", "spam", "out_of_scope", "other"]

_SPAM = re.compile(
    r"\b(?:seo|back ?links?|guest posts?|rank(?:ing)? (?:your|on google)|crypto|bitcoin|forex|casino|viagra|"
    r"web(?:site)? (?:design|traffic|redesign)|lead generation|business loan|unsecured loan|lottery|inheritance|"
    r"unsubscribe|click here|limited time offer|increase your (?:sales|traffic|followers)|wire transfer|invest(?:ment|ing) opportunity)\b",
    re.IGNORECASE,
)
_HANDOFF = re.compile(
    r"\b(?:(?:speak|talk|chat)(?:ing)? (?:to|with) (?:a |an |the |some|your )?(?:human|person|someone|somebody|manager|owner|"
    r"agent|real|staff|reception\w*|team|operator)|(?:please|pls|can|could) (?:you |someone |somebody )?(?:please )?(?:call|ring|phone) me\b(?! (?:on|at) )|"
    r"(?:call|ring|phone) me back|give me a (?:call|ring)|"
    r"connect me|put me through|customer service|real person)",
    re.IGNORECASE,
)
_COMPLAINT = re.compile(
    r"\b(?:complain\w*|refund\w*|unhappy|disappointed|terrible|awful|horrible|unacceptable|disgusting|furious|ruined|"
    r"rude|overcharged|money back|worst|allergic reaction|lawyer|botched|burn(?:t|ed) my)\b",
    re.IGNORECASE,
)
_CHANGE = re.compile(
    r"\b(?:cancel\w*|reschedul\w*|re-schedul\w*|postpone\w*|call off|"
    r"(?:change|move|push|shift|switch|bring forward|amend|modify|update)\s+(?:my|our|the|that|this|an?)\s+(?:\w+\s+){0,3}"
    r"(?:appointment|appt|booking|reservation|slot|table|session|visit|time|date)|"
    r"(?:can(?:'|no)?t|won't|unable to|not able to)\s+make\s+(?:it|my)(?! (?:before|after|until|till|any|earlier|later))|"
    r"running (?:a (?:bit|little) |very |\d+ \w+ )?(?:late|behind)|\d+ ?(?:min\w*|hours?) (?:late|behind)|stuck in traffic|"
    r"(?:be|am|are|i'm|we're) (?:a (?:bit|little) |slightly |very )?late\b(?! (?:afternoon|morning|evening|night|on|in))|"
    r"(?:my|our) (?:existing|current|upcoming) (?:appointment|appt|booking|reservation))",
    re.IGNORECASE,
)
_STANDING = re.compile(
    r"\b(?:see you (?:\w+ )?for (?:my|our)|confirming (?:my|our|the)|"
    r"(?:have|had|got) an? (?:\w+ ){0,3}(?:booked|booking|appointment|appt|reservation)\b(?! (?:to make|request))|"
    r"(?:is|are|was) (?:my|our) (?:\w+ ){1,3}(?:still|confirmed))",
    re.IGNORECASE,
)
"""About a booking they have."""
_BOOKING = re.compile(
    r"\b(?:book\w*|appointments?|appt|appoint|reserv\w+|schedul\w*|slots?|availab\w+|table|come in|get in|fit me in|squeeze|"
    r"spot|opening|(?:i'd|i would|we'd|we would) (?:like|love)|need|want|looking for|can i (?:get|have|come)|could i (?:get|have|come))\b",
    re.IGNORECASE,
)
_QUESTION = re.compile(
    r"\b(?:how much|how long|how often|(?:receipt|invoice)s?|(?:any|is there an?) (?:\w+ )?discount|what(?:'s| is| are) (?:the|your) (?:price|cost|address|opening|hours|number|menu|rate)\w*|price list|"
    r"where are you|do you (?:have parking|accept|take (?:cards?|cash|walk)|sell|offer gift)|parking|are you open|"
    r"what time do you (?:open|close)|opening hours|directions|gift (?:card|voucher)s?|do you do|do you offer|wifi|hiring|vacanc\w+)\b",
    re.IGNORECASE,
)
_SENTENCES = re.compile(r"[.?!;\n]+(?:\s|$)|\n")
_CLAUSES = re.compile(r"[.?!;,\n]+(?:\s|$)|\n|\s(?:and|but)\s")
_ASKS = re.compile(
    r"^\W*(?:(?:hi|hello|hey|dear|quick question)\b[^,!.:\n]{0,30}[,!:]\s*)?(?P<how>what(?! about)|whats|who|why|where|which|should|"
    r"how (?:do|does|is|are|many|soon after)|do (?:i|we) need|(?:can|may|could) (?:i|we) (?:bring|wear|eat|drink|pay|park|use)|"
    r"is|are|does|did)\b",
    re.IGNORECASE,
)
_OPEN_FOR = re.compile(
    r"\b(?:free|available|availability|slots?|openings?|spaces?|times?|possible|tables?|room|come|book\w*|get|got|have|fit|any\w*|"
    r"squeeze|able|do|see|ok|okay|good|works?|suits?|take|earliest|next|soonest)\b",
    re.IGNORECASE,
)
"""Words that ask for a time, not about things."""
_TRADES = words(
    "massage massages manicure pedicure tattoo tattoos piercing piercings waxing botox fillers lashes threading haircut "
    "haircuts perm keratin highlights balayage dentist braces physio physiotherapy chiropractor acupuncture optician "
    "grooming yoga pilates facial facials makeup plumber plumbing electrician mechanic accountant vaccination vaccine x-ray "
    "xray ultrasound karaoke counselling reiki microblading"
)
"""Things people book elsewhere: named, and nothing of ours named, the request is out of scope."""


def intent_of(  # noqa: PLR0911 - one return for each form it may take
    text: str, *, service: str = "", whens: Collection[str] = (), own: Collection[str] = ()
) -> Intent:
    """`service` quotes the one of ours asked for ("" for none), `whens` the times; `own` are the words of our services.

    The first 4000 characters decide.
    """
    known_service = bool(service)
    text = text[:4000]
    if _SPAM.search(text) and not known_service:
        return "spam"
    if _HANDOFF.search(text):
        return "handoff"
    if _COMPLAINT.search(text):
        return "complaint"
    if _CHANGE.search(text) or _STANDING.search(text):
        return "change"
    if not known_service and _names_another_trade(text, own):
        return "out_of_scope"
    parts = _SENTENCES.split(text)[:200]
    if any(_is_question(part, whens) for part in parts) and not _is_a_request_too(
        text, parts, service, whens
    ):
        return "question"
    if known_service or _BOOKING.search(text):
        return "booking"
    return "other"


def _is_question(part: str, whens: Collection[str]) -> bool:
    if _QUESTION.search(part):
        return True
    asks = _ASKS.match(part)
    if not asks or _OPEN_FOR.search(part, asks.end()):
        return False
    return asks["how"].lower() not in ("is", "are", "does", "did") or not any(when in part for when in whens)


def _is_a_request_too(text: str, parts: list[str], service: str, whens: Collection[str]) -> bool:
    """`A trim on Friday please. Is there parking?`: what is left without the question still asks for a visit."""
    whole = [part for part in parts if not _is_question(part, whens)]
    if any((service and service in part) or any(when in part for when in whens) for part in whole):
        return True
    if re.search(r"\b(?:book|appointment|reserve|reservation)\b", text, re.IGNORECASE):
        return True
    for part in _CLAUSES.split(text):
        if not _is_question(part, whens) and service and service in part:
            return bool(_BOOKING.search(part)) or any(when in part for when in whens)
    return False


def _names_another_trade(text: str, own: Collection[str]) -> bool:
    return any(word in _TRADES and word not in own for word in re.findall(r"[a-z\-]+", text.lower()))
