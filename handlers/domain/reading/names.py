"""The customer's own name: how they introduce themselves, how they sign, whom a booking is for."""

from __future__ import annotations

import re

from handlers.domain.reading.holidays import FIRST_WORDS
from handlers.domain.reading.lexicon import WORDS, words
from handlers.domain.reading.people import Staff
from handlers.domain.reading.threads import is_closing

_NOT_NAMES = words(
    "looking free available interested after hoping trying sorry just happy glad new a an the not here very so really "
    "good fine writing going coming away back busy booked flexible ok okay keen able unable running late in on at from "
    "regarding about for to my your is it what thinking wondering excited afraid booking pregnant getting also only "
    "contacting calling emailing texting interested having still sure open urgent important great perfect correct wrong "
    "right due i we thanks thank cheers me us him her them everyone anyone someone outside inside indoors outdoors asap "
    "call text whatsapp sms date time day service party guests reservation reservations table appointment where there any "
    "anytime same usual hi hello hey dear yes no nope yep ps re fw fwd how when why which that these those best regards"
)
_STOPS = words(
    "and or but with who whose can could would i'd i've i'll is are was want wanted need please would like have "
    "booked if as by of this that we you our sent he she they do did does may might will shall because since when "
    "x xx xxx xo phone tel telephone mobile mob email mail cell contact number from subject hp did fax office home"
)
_PARTICLES = words("bin binti bte de del della der den di da dos du la le van von ter ibn al el ap y")
_AFTER_FOR = words("on at in next this and with please pls from around before after if or to by")
_WORD = r"[^\W\d_][^\W\d_'’\-]{0,30}(?:['’\-][^\W\d_]{1,30}){0,2}"
_TITLE = r"(?:(?:Dr|Mr|Mrs|Ms|Miss|Prof|Mdm)\b\.?\s{1,2})?"
NAME = rf"{_TITLE}(?P<name>{_WORD}(?:[ \t]{{1,3}}{_WORD}){{0,3}})"
_START = r"(?:^|[.!?,;\n]\s{0,3}|\b(?:[Hh]i|[Hh]ello|[Hh]ey|[Ii]t['’]?s)[,!]?\s{1,3})"
_INTRODUCTIONS = (
    (
        re.compile(
            rf"\b(?:my name is|my name's|my names|the name is|name's|name is|name\s{{0,3}}[:=])\s{{0,3}}{NAME}",
            re.IGNORECASE,
        ),
        True,
    ),
    (
        re.compile(
            rf"\b(?:under the name(?: of)?|in the name(?: of)?|under name|call me)\s{{0,3}}:?\s{{0,3}}{NAME}",
            re.IGNORECASE,
        ),
        True,
    ),
    (re.compile(rf"(?:\b(?:[Uu]nder)|(?:^|[\n,.])\s{{0,3}}[Nn]ame)\s{{1,3}}{NAME}"), False),
    (re.compile(rf"\b(?:[Ii]['’]?m|[Ii] am|[Tt]his is|[Ii]t['’]?s|IT'S|THIS IS)\s{{1,3}}{NAME}"), False),
    (
        re.compile(
            rf"{_START}{_TITLE}(?P<name>(?!(?i:hi|hello|hey|its|it)\b){_WORD}(?:[ \t]{{1,3}}{_WORD})?)\s{{1,3}}(?:here|speaking)\b"
        ),
        True,
    ),
    (re.compile(rf"(?:^|[.!?\n]\s{{0,3}}){NAME}\s{{1,3}}is (?:my|the) name\b"), True),
)
_SIGN_OFF = re.compile(
    r"(?:thanks|thank you|thx|cheers|regards|best|best wishes|love|ta|sincerely|yours)\s{0,3}[,.!\-–—\n]\s{0,3}"
    rf"{NAME}\s{{0,3}}[x.!]{{0,4}}\s{{0,3}}$",
    re.IGNORECASE,
)
_DASH_NAME = re.compile(rf"(?:^|\s)[-–—~]\s?{NAME}\s{{0,3}}[x.!]{{0,4}}\s{{0,3}}$")
_LINE_NAME = re.compile(
    rf"^\s{{0,3}}\*?[-–—~]?\s{{0,3}}(?:x{{1,4}}\s)?{NAME}\s{{0,3}}(?:\sx{{1,4}})?[.,]{{0,3}}\*?\s{{0,3}}$"
)
_BESIDE = re.compile(
    rf"(?:^|[\s.,;:(/\-]){NAME}\s{{0,2}}[,:(</\-]?\s{{0,2}}(?=\+?\(?\d[\d\s().\-]{{6,}}|<?[\w.+\-]{{1,60}}@)"
)
_AFTER_CONTACT = re.compile(
    rf"(?:\d{{3}}|@\S{{1,80}})\s{{0,3}}[/,|\-–\n]\s{{0,3}}{NAME}\s{{0,3}}[.]?\s{{0,3}}$"
)
_FOR = re.compile(rf"\bfor\s{{1,3}}(?:[Mm]y\s{{1,2}}\w{{3,12}},\s)?{NAME}")
_KISSES = re.compile(r"\s{1,3}x{1,4}$")
_SENDER = re.compile(rf":\*?\s{{0,3}}[\"'“]?{NAME}")


def read_name(body: str, signature: str, sender: str, staff: Staff, services: frozenset[str]) -> str | None:
    """`sender` is the `From:` line of a message passed on; `services` are the words of the services, never a name."""
    said = _introduced(body, services)
    signed = _signed(signature, services) if signature else None
    signed = signed or _ending(body, staff, services)
    if said and (not signed or not signed.lower().startswith(f"{said.lower()} ")):
        return said
    if signed:
        return signed
    return _beside_contact(body, services) or _sent_by(sender, services) or booked_for(body, staff, services)


def _introduced(body: str, services: frozenset[str]) -> str | None:
    for pattern, any_case in _INTRODUCTIONS:
        for match in pattern.finditer(body):
            name = cleaned(match["name"], services, any_case=any_case)
            if name:
                return name
    return None


def _ending(body: str, staff: Staff, services: frozenset[str]) -> str | None:
    """`..., cheers, Ana`, `... - Ana`, or a last line with nothing but a name."""
    tail = body[-2000:].rstrip()[-80:]
    for pattern in (_SIGN_OFF, _DASH_NAME):
        found = pattern.search(tail)
        name = cleaned(found["name"], services, any_case=False) if found else None
        if name and not (
            name.lower() in staff.names and "," not in tail[-len(name) - 4 :] and "\n" not in tail
        ):
            return name
    above, line, last = body[-2000:].rstrip().rpartition("\n")
    if not line or len(last) > 60 or not above.strip():
        return None
    blank_between = above.endswith("\n") or not above.rpartition("\n")[2].strip()
    if not blank_between and above.rstrip()[-1:] not in ".?!):,":
        return None
    found = _LINE_NAME.match(last)
    name = cleaned(found["name"], services, any_case=False) if found else None
    if not found or not name or name != _KISSES.sub("", found["name"]) or name.lower() in staff.names:
        return None
    return None if _is_month(name) else name


def _beside_contact(body: str, services: frozenset[str]) -> str | None:
    """`Tom Reed, 617-482-3390`, `Ana <ana@mail.example>`, `9123 4567 / Ana`."""
    for pattern in (_BESIDE, _AFTER_CONTACT):
        for match in pattern.finditer(body):
            found = match["name"].split()
            while found and not cleaned(found[0], services, any_case=False):
                found.pop(0)
            name = cleaned(" ".join(found), services, any_case=False)
            if name and name == " ".join(found) and not _is_month(name):
                return name
    return None


def booked_for(body: str, staff: Staff, services: frozenset[str]) -> str | None:
    """`colour for Ana Fri 2pm`: what follows the name is a time, a number, a small word or nothing."""
    for match in _FOR.finditer(body):
        name = cleaned(match["name"], services, any_case=False)
        if (
            not name
            or name.lower() in staff.names
            or _is_month(name)
            or name.split()[0].lower() in FIRST_WORDS
        ):
            continue
        rest = (
            body[match.start("name") + len(name) :].lstrip(" \t")[:20]
            if body[match.start("name") :].startswith(name)
            else "x"
        )
        following = re.match(r"[^\W\d_]+", rest)
        if not following or following[0].lower() in _AFTER_FOR or following[0].lower() in WORDS:
            return name
    return None


def _sent_by(sender: str, services: frozenset[str]) -> str | None:
    found = _SENDER.search(sender[:200])
    return cleaned(found["name"], services, any_case=False) if found else None


def _signed(signature: str, services: frozenset[str]) -> str | None:
    for number, line in enumerate(signature[:2000].split("\n")[:6]):
        line = re.split(r"[|•·]", line[:120], maxsplit=1)[0]  # noqa: PLW2901 - a name stands early
        if is_closing(line):
            continue
        found = _SIGN_OFF.search(line) or _DASH_NAME.search(line)
        if not found and number < 5:
            found = _LINE_NAME.match(line)
        name = cleaned(found["name"], services, any_case=True) if found else None
        if name:
            return name
    return None


def _is_month(name: str) -> bool:
    return WORDS.get(name.lower(), ("", 0))[0] == "month"


def cleaned(name: str, services: frozenset[str], *, any_case: bool) -> str | None:
    """The leading words that can be a name; None when there is none."""
    kept: list[str] = []
    for word in name.split():
        lower = word.lower().replace("’", "'")
        if lower in _NOT_NAMES or lower in _STOPS or lower in services:
            break
        if lower.endswith("'s") or WORDS.get(lower, ("month", 0))[0] != "month":
            break
        if lower in _PARTICLES and kept:
            kept.append(word)
            continue
        if not any_case and not word[0].isupper():
            break
        kept.append(word)
    while kept and len(kept) > 1 and kept[-1].lower() in _PARTICLES and kept[-1].islower():
        kept.pop()
    if not kept or is_closing(" ".join(kept)) or len(kept[0]) < 2:
        return None
    if any_case and all(word.islower() for word in kept):
        kept = [word.capitalize() for word in kept]
    return " ".join(kept)
