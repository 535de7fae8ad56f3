"""A mail address or a phone number, in the one form we keep: lower-case address, E.164 number.

The libraries that know their rules are large: a cold start pays for them only when there is something to parse.
"""

from __future__ import annotations

from typing import NamedTuple

from handlers.domain.errors import InputError


class Contact(NamedTuple):
    email: str | None = None
    phone: str | None = None


def parse_email(text: str) -> str:
    """The address in lower case. Raises InputError."""
    from email_validator import EmailNotValidError, validate_email

    try:
        return validate_email(
            text.strip(), check_deliverability=False, test_environment=True
        ).normalized.lower()
    except EmailNotValidError:
        raise InputError(
            "contact", "That doesn't look like a mail address. Write it like ana@mail.example."
        ) from None


def parse_phone(text: str, country: str) -> str:
    """E.164, e.g. "+6581234567"; `country` (ISO 3166 alpha-2) is assumed where the number names none."""
    import phonenumbers

    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_valid_number(number):
        raise InputError(
            "contact", "That phone number isn't complete. Write it with its country code, like +65 8123 4567."
        )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def parse_contact(text: str, country: str) -> Contact:
    """Whichever of the two it is. Raises InputError for field "contact"."""
    text = text.strip()
    if not text:
        raise InputError("contact", "Please give a mail address or a phone number, so that we can confirm.")
    if "@" in text:
        return Contact(email=parse_email(text))
    if not any(c.isdigit() for c in text):
        raise InputError("contact", "Please write a mail address like ana@mail.example, or a phone number.")
    return Contact(phone=parse_phone(text, country))


def is_mobile(phone: str) -> bool:
    """Whether a text can be expected to arrive; some countries don't tell mobile from fixed."""
    import phonenumbers

    kind = phonenumbers.number_type(phonenumbers.parse(phone))
    return kind in {phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE}


def say_phone(phone: str) -> str:
    """For people: "+65 8123 4567"."""
    import phonenumbers

    return phonenumbers.format_number(phonenumbers.parse(phone), phonenumbers.PhoneNumberFormat.INTERNATIONAL)
