"""What belongs together in a rules file: ids that exist, hours that hold breaks, parties that fit, words used once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from handlers.domain.rules import voice
from handlers.domain.rules.fields import say as say_duration
from handlers.domain.rules.hours import DAY, Interval
from handlers.domain.rules.hours import say as say_hours
from handlers.domain.rules.model import Booking
from handlers.domain.rules.shape import BAD, Path, Report, did_you_mean, quoted
from handlers.domain.zone import hhmm

Values = dict[str, Any]


def check(values: Values, report: Report) -> None:
    """Adds the faults that no single value shows. `values` may lack whatever was faulty itself."""
    _addresses(values, report)
    _people(values, report)
    _closures(values, report)
    for id_, resource in _table(values, "resources"):
        _resource(values, id_, resource, report)
    for id_, service in _table(values, "services"):
        _service(values, id_, service, report)
    _words(values, report)
    _booking(values.get("booking", {}), report)
    _voice(values.get("voice", {}), report)


def _table(values: Values, name: str) -> Iterator[tuple[str, Values]]:
    for id_, value in values.get(name, {}).items():
        if value is not BAD:
            yield id_, value


def _list(values: Values, name: str) -> Iterator[tuple[int, Any]]:
    for n, value in enumerate(values.get(name, ())):
        if value is not BAD:
            yield n, value


def _addresses(values: Values, report: Report) -> None:
    seen: dict[str, str] = {}
    if inbox := values.get("business", {}).get("inbox"):
        seen[inbox] = "business.inbox"
    for name, address in values.get("mail", {}).items():
        if address in seen:
            message = f"{address} is {seen[address]} already; each needs its own address, or mail would go in circles"
            report.fault(report.at("mail", name), message)
        seen.setdefault(address, f"mail.{name}")


def _people(values: Values, report: Report) -> None:
    seen: dict[str, str] = {}
    for n, person in _list(values, "staff"):
        if (slack := person.get("slack")) in seen:
            message = f"{slack} is {seen[slack]} already; each person needs their own Slack id"
            report.fault(report.at("staff", n, "slack"), message)
        elif slack:
            seen[slack] = person.get("name", "someone")


def _closures(values: Values, report: Report) -> None:
    for n, closure in _list(values, "closures"):
        here: Path = ("closures", n)
        given = {k for k in ("date", "from", "to") if (*here, k) in report.values}
        if given not in ({"date"}, {"from", "to"}):
            message = (
                "write either date, or from and to: {date: 2026-12-25} or {from: 2026-12-24, to: 2026-12-26}"
            )
            report.fault(report.at(*here), message)
        first, last = closure.get("from"), closure.get("to")
        if first and last and last < first:
            report.fault(report.at(*here, "to"), f"ends before it starts; write a day from {first} on")
        if closure.get("hours") == ():
            report.fault(
                report.at(*here, "hours"), "name the closed hours, or leave `hours` out for whole days"
            )


def _days(values: Values, id_: str, report: Report) -> list[tuple[Interval, ...]]:
    """The working hours of every kind of day the resource has; empty when they can't be told."""
    resource = values["resources"][id_]
    own = ("resources", id_, "hours") in report.values
    week: dict[int, tuple[Interval, ...]] = (resource if own else values).get("hours", {})
    others = [o.get("hours", ()) for _, o in _list(resource, "overrides")]
    return [*week.values(), *others] if week else []


def _inside(part: Interval, hours: tuple[Interval, ...]) -> bool:
    start, end = part
    return any(a <= start + late and end + late <= b for a, b in hours for late in (0, DAY))


def _resource(values: Values, id_: str, resource: Values, report: Report) -> None:
    here: Path = ("resources", id_)
    days = _days(values, id_, report)
    for pause in resource.get("breaks", ()):
        if days and not any(_inside(pause, hours) for hours in days):
            message = f'the break "{say_hours(pause)}" is outside the working hours of every day; move it or drop it'
            report.fault(report.at(*here, "breaks"), message)
    dates: set[date] = set()
    for n, override in _list(resource, "overrides"):
        if (day := override.get("date")) in dates:
            report.fault(report.at(*here, "overrides", n, "date"), f"{day} has an override already; keep one")
        elif day:
            dates.add(day)
    if "seats" in resource and resource.get("capacity", 1) > 1:
        message = "write seats (one party at a time) or capacity (people at once), not both"
        report.fault(report.key(*here, "capacity"), message)


def _known(values: Values, id_: Any, place: Path, report: Report) -> bool:
    resources = values.get("resources")
    if id_ is BAD or resources is None or id_ in resources:
        return id_ is not BAD and resources is not None
    hint = did_you_mean(id_, resources)
    report.fault(report.at(*place), f"there is no resource {quoted(id_)}; {hint}")
    return False


def _service(values: Values, id_: str, service: Values, report: Report) -> None:
    here: Path = ("services", id_)
    own = [r for n, r in _list(service, "resources") if _known(values, r, (*here, "resources", n), report)]
    usable = [r for r in own if values["resources"][r] is not BAD]
    taken: list[str] = []
    for n, entry in _list(service, "needs"):
        places = [(*here, "needs", n, m) for m in range(len(entry))]
        known = [r for r, place in zip(entry, places, strict=True) if _known(values, r, place, report)]
        if len(known) == 1 == len(entry) and (known == own or known[0] in taken):
            message = f"{quoted(known[0])} is used by this service already; a visit can't take it twice"
            report.fault(report.at(*places[0]), message)
        taken += known if len(entry) == 1 else []
    _party(here, service, [values["resources"][r] for r in usable], report)
    _starts(here, service, [hours for r in usable for hours in _days(values, r, report)], report)


def _party(here: Path, service: Values, usable: list[Values], report: Report) -> None:
    party = service.get("party", {})
    low, high = party.get("min", 1), party.get("max", 1)
    if low > high:
        report.fault(
            report.at(*here, "party"), f"min {low} is more than max {high}; write max: {low} or more"
        )
        return
    rooms = [int(r.get("seats") or r.get("capacity", 1)) for r in usable]
    if party and rooms and high > max(rooms):
        message = f"no resource here takes a party of {high} (the largest takes {max(rooms)}); lower max, or give seats"
        report.fault(report.at(*here, "party", "max"), message)


def _starts(here: Path, service: Values, days: list[tuple[Interval, ...]], report: Report) -> None:
    minutes = service.get("minutes")
    if not minutes or not any(days):
        return
    for n, start in _list(service, "starts"):
        if not any(_inside((start, start + minutes), hours) for hours in days):
            message = f'a start at "{hhmm(start)}" never fits in the working hours; move it, or open longer'
            report.fault(report.at(*here, "starts", n), message)


def _words(values: Values, report: Report) -> None:
    """A word customers use must lead to one service."""
    owner: dict[str, str] = {}
    for id_, service in _table(values, "services"):
        places: list[tuple[Any, Path]] = [(service.get("name"), ("services", id_, "name"))]
        places += [(word, ("services", id_, "aliases", n)) for n, word in _list(service, "aliases")]
        for word, place in places:
            if not word:
                continue
            said = " ".join(word.casefold().split())
            if owner.setdefault(said, id_) != id_:
                message = (
                    f"{quoted(word)} leads to {owner[said]} already; a word may lead to one service only"
                )
                report.fault(report.at(*place), message)


def _booking(booking: Values, report: Report) -> None:
    default = Booking()
    notice, horizon = booking.get("min_notice", default.min_notice), booking.get("horizon", default.horizon)
    if notice >= horizon:
        name = "min_notice" if "min_notice" in booking else "horizon"
        said = f"min_notice ({say_duration(notice)}) leaves no time before horizon ({say_duration(horizon)})"
        report.fault(
            report.at("booking", name), f"{said}; nothing could be booked: lower one or raise the other"
        )
    if booking.get("step", 60) % 60:
        report.fault(report.at("booking", "step"), "write whole minutes, like 15m")


def _voice(templates: Values, report: Report) -> None:
    for name, own in templates.items():
        texts = own.items() if isinstance(own, dict) else [(None, own)]
        for channel, text in texts:
            place: Path = ("voice", name, channel) if channel else ("voice", name)
            for message in voice.faults(name, text):
                report.fault(report.at(*place), message)
