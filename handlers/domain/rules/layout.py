"""The rules file as owners write it: every key with its kind and meaning. `loader.py` reads by it, `schema.py` exports it."""

from __future__ import annotations

from handlers.domain.rules import fields as f
from handlers.domain.rules.hours import DAY_PART, QUIET, Hours, Week
from handlers.domain.rules.shape import Choice, Either, Field, Flag, Group, List, Number, Table
from handlers.domain.rules.voice import TEMPLATES

MINUTE, HOUR, DAY = 60, 3600, 86_400

_BUSINESS = Group(
    {
        "name": Field(f.TEXT, "the name customers know you by", required=True),
        "timezone": Field(f.ZONE, "your time zone, like Europe/London", required=True),
        "currency": Field(f.CURRENCY, "of your prices, like EUR"),
        "country": Field(f.COUNTRY, "for phone numbers without a country code, and day-first dates, like GB"),
        "inbox": Field(f.MAIL, "the mail address people read; the direct lane goes here", required=True),
        "desk": Field(f.CHANNEL, 'the Slack channel for cards, like "#front-desk"', required=True),
    }
)
_MAIL = Group(
    {
        "requests": Field(f.MAIL, "the address customers ask for bookings at", required=True),
        "waitlist": Field(
            f.MAIL, "the address that wishes for the waitlist are forwarded to; offers come from it"
        ),
        "confirmations": Field(
            f.MAIL, "the address that booking confirmations are forwarded to; ours come from it"
        ),
    }
)
_PERSON = Group(
    {
        "slack": Field(f.SLACK_USER, "the Slack member id, like U012AB3CD", required=True),
        "name": Field(f.TEXT, "the name on cards", required=True),
        "role": Field(Choice(("owner", "staff")), "owner or staff"),
    },
    "write a person like {slack: U012AB3CD, name: Mei, role: staff}",
)
_CLOSURE = Group(
    {
        "date": Field(f.DATE, "one day"),
        "from": Field(f.DATE, "the first of several days"),
        "to": Field(f.DATE, "the last of them, included"),
        "hours": Field(Hours("write the closed hours as a list of ranges"), "closed only then"),
        "reason": Field(f.TEXT, "shown to staff"),
    },
    "write a closure like {date: 2026-12-25, reason: Christmas Day}",
)
_OVERRIDE = Group(
    {
        "date": Field(f.DATE, "the day", required=True),
        "hours": Field(Hours(), "the hours of that day instead; [] means away", required=True),
    },
    'write an override like {date: 2026-12-01, hours: ["09:00-13:00"]}',
)
_RESOURCE = Group(
    {
        "name": Field(f.TEXT, "the name customers see", required=True),
        "kind": Field(
            Choice(("staff", "chair", "room", "table", "seats", "class", "other")), "what it is (staff)"
        ),
        "calendar": Field(f.CALENDAR, "the id of its Google Calendar"),
        "hours": Field(Week(), "its own week, in place of the business's whole week"),
        "breaks": Field(Hours(), "times of every working day it takes no one"),
        "overrides": Field(
            List(_OVERRIDE, "write a list of dates and hours", unique=False), "single days with other hours"
        ),
        "daily_cap": Field(Number(1, 1000), "the most bookings in one day"),
        "seats": Field(Number(1, 1000), "the largest party that fits, one party at a time"),
        "capacity": Field(Number(1, 1000), "how many people at once, each party counting its size (1)"),
    },
    "write a resource like {name: Jess, kind: staff, calendar: jess@salon.example}",
)
_SERVICE = Group(
    {
        "name": Field(f.TEXT, "the name customers see", required=True),
        "aliases": Field(
            List(f.TEXT, "write a list of words, like [trim, cut]"), "other words customers use for it"
        ),
        "minutes": Field(Number(1, 1440), "how long it takes, in minutes", required=True),
        "buffer_before": Field(Number(0, 720), "minutes kept free before it (0)"),
        "buffer_after": Field(Number(0, 720), "minutes kept free after it (0)"),
        "price": Field(Number(0, 999_999_999, whole=False), "in your currency"),
        "resources": Field(
            List(f.ID, "name at least one resource, like [jess, mei]", least=1),
            "who or what can give it; any one of them does",
            required=True,
        ),
        "needs": Field(
            List(
                List(f.ID, "write a resource, or a list of alternatives", least=1, one=True),
                "write a list, like [room] or [[chair_1, chair_2]]",
                unique=False,
            ),
            "further resources for the whole visit; an entry that is a list means any one of them",
        ),
        "party": Field(
            Group(
                {
                    "min": Field(Number(1, 1000), "the smallest party (1)"),
                    "max": Field(Number(1, 1000), "the largest party (1)"),
                },
                "write the sizes like {min: 1, max: 6}",
            ),
            "how many people may come",
        ),
        "starts": Field(
            List(f.TIME, 'write a list of times in quotes, like ["18:00", "20:30"]', least=1),
            "the only times of the day it starts; without it, every `booking.step`",
        ),
        "reminders": Field(
            List(f.duration(5 * MINUTE, 30 * DAY), "write a list like [24h, 1h]"),
            "how long before the visit reminders go out; [] means none",
        ),
        "approval": Field(Choice(("always", "never")), "always: staff approve each booking (never)"),
    },
    "write a service like {name: Haircut, minutes: 45, resources: [jess]}",
)
_TTL = Group(
    {
        name: Field(f.duration(MINUTE, 30 * DAY), f"for {name} ({default})")
        for name, default in (("web", "30m"), ("voice", "30m"), ("text", "4h"), ("email", "48h"))
    },
    "write {web: 30m, voice: 30m, text: 4h, email: 48h}",
)
RANKS = ("preference", "earliest", "usual_resource", "utilisation", "best_fit")
_BOOKING = Group(
    {
        "step": Field(f.duration(MINUTE, DAY), "start times are this far apart (15m)"),
        "min_notice": Field(f.duration(0, 365 * DAY), "how soon before a visit it can be booked (2h)"),
        "horizon": Field(f.duration(HOUR, 730 * DAY), "how far ahead bookings are taken (60d)"),
        "proposals": Field(Number(1, 5), "how many times are offered at once (3)"),
        "proposal_ttl": Field(_TTL, "how long offered times stay valid, by channel"),
        "hold": Field(f.duration(MINUTE, DAY), "how long a time is held while a customer confirms (5m)"),
        "approval_hold": Field(
            f.duration(MINUTE, 30 * DAY), "how long a time is held for staff to approve (24h)"
        ),
        "confidence": Field(
            Number(0.01, 1, whole=False), "below it, a field of a request is checked by a person (0.8)"
        ),
        "cancel_until": Field(
            f.duration(0, 365 * DAY), "closer to the visit than this, a cancellation asks staff (0)"
        ),
        "down_fit": Field(
            Number(0, 1000), "a party may take a table with at most so many seats to spare (any)"
        ),
        "rank": Field(
            List(Choice(RANKS), "write a list, like [preference, earliest]", least=1),
            "what makes one time better than another, most important first",
        ),
        "day_parts": Field(
            Table(DAY_PART, 'write names and ranges, like {morning: "09:00-12:00"}', least=0),
            "what customers mean by morning, lunch ...",
        ),
    }
)
_WAITLIST = Group(
    {
        "claim_window": Field(f.duration(MINUTE, DAY), "how long an offer stays open (10m)"),
        "tries": Field(Number(1, 100), "how many people are offered one opening (5)"),
        "cutoff": Field(f.duration(0, 30 * DAY), "closer to the start than this, nobody is offered it (30m)"),
        "order": Field(
            List(Choice(("priority", "joined")), "write a list, like [priority, joined]", least=1),
            "who comes first",
        ),
    }
)
_SHEET = Either(
    Group(
        {
            "id": Field(f.SHEET, "the link of the sheet, or its id", required=True),
            "tab": Field(f.TEXT, "the name of the tab; without it, the first"),
        },
        'write a sheet like {id: "https://docs.google.com/spreadsheets/d/...", tab: Waitlist}',
    ),
    f.SHEET,
)
_SHEETS = Group(
    {
        "waitlist": Field(_SHEET, "the Google Sheet in which staff keep the waitlist"),
        "appointments": Field(_SHEET, "the Google Sheet of appointments that are made elsewhere"),
    }
)
_REMINDERS = Group(
    {
        "default": Field(
            List(f.duration(5 * MINUTE, 30 * DAY), "write a list like [24h, 1h]"),
            "for services without their own ([24h, 1h])",
        ),
        "gap_alert_after": Field(
            f.duration(MINUTE, 7 * DAY), "no answer so long after the last reminder: staff get a card (30m)"
        ),
    }
)
_TEXTS = Group(
    {
        "two_way": Field(
            Flag(), "whether customers can text back; false for a sender name, which can't receive (true)"
        ),
    },
    "write {two_way: false}",
)
_VOICE = Group(
    {
        name: Field(
            Either(
                Group(
                    {
                        "text": Field(f.TEXT, "in a text message"),
                        "email": Field(f.TEXT, "in a mail"),
                    },
                    "write {text: ..., email: ...}",
                ),
                f.TEXT,
            ),
            f"{template.doc}; may use {', '.join(f'{{{n}}}' for n in template.fields)}",
        )
        for name, template in TEMPLATES.items()
    },
    'write templates like confirmation: "You\'re booked: {service}, {date} at {time}."',
)

FILE = Group(
    {
        "version": Field(Choice(("1",)), "version: 1", required=True),
        "business": Field(_BUSINESS, "who you are", required=True),
        "mail": Field(_MAIL, "your own addresses; the recipient decides what a mail is", required=True),
        "staff": Field(List(_PERSON, "write a list of people", unique=False), "who may click what in Slack"),
        "hours": Field(Week(), "the opening hours of the week", required=True),
        "closures": Field(
            List(_CLOSURE, "write a list of closures", unique=False), "days or hours you are closed"
        ),
        "resources": Field(
            Table(_RESOURCE, "name at least one resource: a person, chair, room or table"),
            "whom or what customers book",
            required=True,
        ),
        "services": Field(Table(_SERVICE, "name at least one service"), "what customers book", required=True),
        "booking": Field(_BOOKING, "how bookings are made"),
        "direct": Field(
            List(f.SENDER, 'write a list like [vip@partner.example, "@family.example"]'),
            "senders whose mail goes straight to your inbox",
        ),
        "waitlist": Field(_WAITLIST, "how freed times are offered"),
        "sheets": Field(_SHEETS, "lists that staff keep in a Google Sheet, kept the same as Frontdesk's"),
        "reminders": Field(_REMINDERS, "when reminders go out"),
        "texts": Field(_TEXTS, "how you send texts"),
        "quiet_hours": Field(QUIET, "no message leaves in these hours, like 21:00-08:00 (in quotes)"),
        "voice": Field(_VOICE, "your own words for messages"),
    }
)
