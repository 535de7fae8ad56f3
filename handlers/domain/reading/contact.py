"""Ways to reach the customer, and the digits that are not about time: phones, addresses, prices, references."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

Spans = list[tuple[int, int]]

_LOCAL = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.!#$%&'*+/=?^_`{|}~-")
_PHONE = re.compile(r"(?<![\w+])(?:\+|00)?\(?\d[\d\s().\-/–]{5,22}\d(?!\w)")
_DATELIKE = re.compile(
    r"^(?:\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|(?:19|20)\d\d[./-]\d{1,2}[./-]\d{1,2}|\d{1,2}/\d{1,2}\b|\d{1,2}\.\d{1,2}\.)"
)
_GAP = re.compile(r"\d[\s().\-/–]+(?=[\d(+])")
_HOURS = re.compile(r"^(?:[01]\d|2[0-4])[0-5]\d\s?[-–]\s?(?:[01]\d|2[0-4])[0-5]\d$")
_OUTDATED = re.compile(
    r"\b(?:old|previous|former|wrong|not|no longer|instead of)\b[^.@\n]{0,30}$", re.IGNORECASE
)
_OTHER = re.compile(
    r"""
    https?://\S{1,500} | www\.\S{1,300}
  | (?:[$£€¥₹]|(?:US|S|A|NZ|HK)\$|(?:sgd|usd|gbp|eur|aud|rm)\s)\s?\d[\d,]{0,9}(?:\.\d{1,2})?(?:\s?(?:-|to)\s?[$£€]?\d{1,6})?
  | \d[\d,]{0,9}(?:\.\d{1,2})?\s?(?:dollars?|bucks|pounds?|euros?|quid|sgd|usd|gbp|eur|[€%])(?!\w)
  | [#№]\s?\d[\d\-]{0,12}
  | \b(?:ref|reference|invoice|order|booking\s(?:id|no)|room|unit|apt|suite|flat|block|blk|age|aged|(?<!party\s)(?<!group\s)(?<!table\s)size)\.?\s?(?:no\.?\s?|[#:]\s?)?\d{1,8}\b
  | \b[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}\b
  | \b(?:case|file|policy|claim|ticket|account|acct|member(?:ship)?)\.?\s?(?:no|number|id)?\.?\s?[#:]?\s?\d[\d-]{0,15}\b
  | \b(?:voucher|promo|discount|coupon|code)s?\s(?:code\s)?[A-Z]{2,12}\d{1,6}\b
  | (?<![:.\d])\b\d{1,4}[A-Za-z]?\s(?:(?!(?:am|pm|at|on|in|with|for|by|to|or|and|of|if|please|the|o'clock)\s)[A-Z][\w'’]{1,20}\s){1,3}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Blvd|Boulevard|Way|Close|Court|Crescent|Square|Place|Terrace)\b
    """,
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Contact:
    """`blocked` are sorted spans whose digits tell no time."""

    email: str | None
    phone: str | None
    blocked: tuple[tuple[int, int], ...]


def find_contact(text: str, country: str, ours: frozenset[str] = frozenset()) -> Contact:
    """The first address that is not one of `ours` (lower case) and the first valid number, E.164."""
    spans: Spans = []
    email = _email(text, ours, spans)
    phone = None
    if any(character.isdigit() for character in text):
        phone = _phone(text, country, spans)
        spans.extend(match.span() for match in _OTHER.finditer(text))
    elif "://" in text or "www." in text:
        spans.extend(match.span() for match in _OTHER.finditer(text))
    return Contact(email, phone, _merged(spans))


def _email(text: str, ours: frozenset[str], spans: Spans) -> str | None:
    """The first that is said to be valid now, else the first."""
    found = outdated = None
    at = text.find("@")
    while at >= 0:
        start = at
        while start > 0 and at - start < 64 and text[start - 1] in _LOCAL:
            start -= 1
        end = at + 1
        while end < len(text) and end - at < 255 and (text[end].isalnum() or text[end] in ".-_"):
            end += 1
        candidate = text[start:end].strip(".-_'")
        if start < at and "." in text[at:end]:
            spans.append((start, end))
            if found is None and candidate.lower() not in ours:
                if _OUTDATED.search(text, max(0, start - 40), start):
                    outdated = outdated or _valid_email(candidate)
                else:
                    found = _valid_email(candidate)
        at = text.find("@", max(end, at + 1))
    return found or outdated


@lru_cache(maxsize=2048)
def _valid_email(candidate: str) -> str | None:
    from email_validator import EmailNotValidError, validate_email  # only mail with an address in it pays

    try:
        return validate_email(candidate, check_deliverability=False).normalized
    except EmailNotValidError:
        return None


def _phone(text: str, country: str, spans: Spans) -> str | None:
    found = None
    for match in _PHONE.finditer(text):
        start, end = match.span()
        for _ in range(3):  # "at 3. 8123 4567": leading groups may belong to something else
            raw = text[start:end]
            if sum(map(str.isdigit, raw)) < 7:
                break
            number = None if _DATELIKE.match(raw) or _HOURS.match(raw) else _valid_phone(raw, country)
            if number:
                spans.append((start, end))
                found = found or number
                break
            gap = _GAP.search(text, start, end)
            if not gap:
                break
            start = gap.end()
    return found


@lru_cache(maxsize=2048)
def _valid_phone(raw: str, country: str) -> str | None:
    """E.164, or None for what no telephone network would accept."""
    import phonenumbers  # only mail with a number in it pays

    try:
        number = phonenumbers.parse(f"+{raw[2:]}" if raw.startswith("00") else raw, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _merged(spans: Spans) -> tuple[tuple[int, int], ...]:
    merged: Spans = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return tuple(merged)
