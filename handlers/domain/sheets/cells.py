"""What the columns of every list mean: who, how to reach them, what they want, with whom. Each raises InputError saying what
to write."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from handlers.domain.contact import parse_email, parse_phone
from handlers.domain.errors import InputError
from handlers.domain.rules.model import Rules
from handlers.domain.rules.shape import did_you_mean, quoted
from handlers.domain.sheets.layout import Column, RowFaults, Table, folded

LONGEST = {"name": 80, "notes": 2000}
"""Characters, as in the form."""
ANYONE = frozenset({"anyone", "anybody", "any", "no", "none", "no preference", "either", "all", ""})
BROKEN = re.compile(r"#(ERROR!|NAME\?|REF!|N/A|VALUE!|NUM!|NULL!|DIV/0!)")
"""What Google shows in place of a formula it can't work out: +65 8123 4567 is one to it."""

WHO = (
    Column("name", "Name", ("customer", "client", "guest", "patient", "full name", "who"), telling=True),
    Column("contact", "Contact", ("contact details", "contact info", "reach at"), telling=True),
    Column(
        "phone",
        "Mobile",
        ("phone", "mobile number", "phone number", "contact number", "number", "cell", "tel", "telephone"),
        telling=True,
        new=False,
    ),
    Column("email", "Email", ("mail", "email address", "mail address"), telling=True, new=False),
)

Cells = Mapping[str, str]
Reads = Mapping[str, Callable[[str], Mapping[str, Any]]]


def contact_columns(at: dict[str, int]) -> dict[str, int]:
    """Beside a column for the one, "Contact" is for the other."""
    if "contact" in at and "email" in at and "phone" not in at:
        return {("phone" if key == "contact" else key): place for key, place in at.items()}
    if "contact" in at and "phone" in at and "email" not in at:
        return {("email" if key == "contact" else key): place for key, place in at.items()}
    return at


def read_cells(
    cells: Cells, reads: Reads, table: Table, missing: Mapping[str, str], only: Collection[str] | None = None
) -> dict[str, Any]:
    """What the columns (or `only` these) say. Raises RowFaults for every one that can't be used, not only the first;
    `missing` has a sentence for the first column of each group that must be filled in."""
    found: dict[str, Any] = {}
    faults: dict[str, str] = {}
    for key, text in cells.items():
        if key not in reads or (only is not None and key not in only):
            continue
        try:
            found |= _read(text, reads[key])
        except InputError as error:
            faults[key] = error.message
    lacking = [group[0] for group in table.needs if not any(cells.get(key) for key in group)]
    if lacking and (only is None or any(key in only for group in table.needs for key in group)):
        raise RowFaults({**faults, **{key: missing[key] for key in lacking}}, half=True)
    if faults:
        raise RowFaults(faults)
    return found


def who_reads(rules: Rules) -> Reads:
    return {
        "name": lambda text: {"name": kept("name", text)},
        "contact": lambda text: reach(text, rules, phone=True, email=True),
        "phone": lambda text: reach(text, rules, phone=True, email=False),
        "email": lambda text: reach(text, rules, phone=False, email=True),
    }


def _read(text: str, reader: Callable[[str], Mapping[str, Any]]) -> Mapping[str, Any]:
    if BROKEN.match(text):
        raise InputError(
            "",
            "Google took this for a formula. Set the column to Format > Number > Plain text, and type it again.",
        )
    return reader(text)


def kept(key: str, text: str) -> str:
    if len(text) > LONGEST[key]:
        raise InputError(key, f"keep this under {LONGEST[key]} characters.")
    return text


def reach(text: str, rules: Rules, *, phone: bool, email: bool) -> dict[str, str | None]:
    """A number, an address, or both in one cell."""
    found: dict[str, str | None] = {}
    rest = text
    if email:
        address = re.search(r"[^\s,;<>|]+@[^\s,;<>|]+", text)
        found["email"] = parse_email(address[0].strip("/.:()")) if address else None
        rest = text.replace(address[0], " ") if address else text
    if phone:
        number = rest.strip(" ,;/|<>()-:\t") if any(c.isdigit() for c in rest) else ""
        found["phone"] = parse_phone(number, rules.business.country) if number else None
    if text and not any(found.values()):
        raise InputError("contact", "write a mobile number like +65 8123 4567, or a mail address.")
    return found


def service_of(text: str, rules: Rules) -> str:
    """Its id."""
    said = folded(text)
    for id_, service in rules.services.items():
        words = (id_.replace("_", " "), service.name, *service.aliases)
        if said in {folded(word) for word in words} | {f"{folded(word)}s" for word in words}:
            return id_
    names = [service.name for service in rules.services.values()]
    raise InputError("service", f"{quoted(text)} is not one of yours; {_suggested(text, names)}")


def resource_of(text: str, rules: Rules) -> str | None:
    """Its id; None = anyone."""
    said = folded(text)
    if said in ANYONE:
        return None
    for id_, resource in rules.resources.items():
        if said in {folded(id_.replace("_", " ")), folded(resource.name)}:
            return id_
    names = [resource.name for resource in rules.resources.values()]
    raise InputError(
        "staff", f"{quoted(text)} is not one of yours; {_suggested(text, names)} Leave it empty for anyone."
    )


def _suggested(text: str, names: list[str]) -> str:
    known = {name.casefold(): name for name in names}
    guess = did_you_mean(text.casefold(), known)
    if guess.startswith("did you mean"):
        return guess.replace(guess.split('"')[1], known[guess.split('"')[1]])
    return f"write one of: {', '.join(names)}."
