"""What the workspace's page reads and does, as JSON: `/workspace/api/...`."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from handlers.domain.errors import InputError, NotFound, RulesError
from handlers.domain.rules import load
from handlers.ports import Attachment
from infra.local.mailbox import Draft
from infra.local.paper import pdf
from infra.local.slack.manifest import manifest
from infra.local.slack.people import Channel

if TYPE_CHECKING:
    from infra.local.workspace import Workspace

LONGEST_NAME = 200

Body = Mapping[str, Any]
Answer = dict[str, Any]


class Panels:
    def __init__(self, workspace: Workspace) -> None:
        self._w = workspace

    # --- the page itself -------------------------------------------------------------------------------------

    def pulse(self) -> Answer:
        """Polled twice a second; `version` changes when any panel has news."""
        w = self._w
        now, zone = w.clock.now(), w.zone
        mail, texts = w.mailbox.newest(), w.phone.newest()
        count = w.db.one("select count(*) as n from messages where only_for = ''")
        errors = w.db.one("select coalesce(max(id), 0) as n from slack_errors")
        dead = w.db.one("select count(*) as n from deliveries where state = 'dead'")
        return {
            "version": f"{w.db.version}.{mail}.{texts}.{w.diaries.version}.{w.spreadsheets.version}.{w.rules_file.version}",
            "now": now,
            "clock": {"date": f"{zone.local(now):%A} {zone.local(now).day} {zone.local(now):%B %Y}",
                      "time": zone.say_time(now), "iso": zone.iso(now)[:16], "zone": zone.name},
            "counts": {
                "slack": count["n"] if count else 0,
                "mail": int(mail.split(".")[0]),
                "phone": int(texts.split(".")[0]),
                "log": dead["n"] if dead else 0,
            },
            "slack_errors": errors["n"] if errors else 0,
            "faults": len(w.rules_file.shown()["faults"]),
            "steps": w.steps.shown(),
            "business": w.desk.rules.current().business.name,
            "stand_ins": {"slack": w.stand_ins.slack, "google": w.stand_ins.google},
        }  # fmt: skip

    def clock(self, body: Body) -> Answer:
        """`advance` in seconds, or `until` as wall time here."""
        w = self._w
        try:
            to = (
                w.clock.now() + int(body["advance"])
                if "advance" in body
                else w.zone.parse(str(body.get("until")))
            )
        except ValueError as problem:
            raise InputError("until", "Choose a date and a time.") from problem
        if not w.move_clock(to):
            raise InputError("until", "The clock only goes forward.")
        return {"ok": True, "now": w.clock.now()}

    # --- Slack -----------------------------------------------------------------------------------------------

    def slack(self, user: str, channel: str) -> Answer:
        w = self._w
        people = w.people.staff()
        person = next((p for p in people if p.id == user), people[0])
        own = Channel("D" + person.id[1:], "Frontdesk", person.id)
        channels = [*w.people.channels(), own]
        place = next((c for c in channels if c.id == channel), channels[0])
        views = w.db.rows(
            "select id from views where user = ? and kind = 'modal' and open = 1 order by depth", person.id
        )
        return {
            "user": person.id,
            "team": w.people.team_name,
            "people": [{"id": p.id, "name": p.name, "role": p.role} for p in people],
            "bot": w.people.bot_user,
            "channels": [{"id": c.id, "name": c.name, "im": bool(c.user)} for c in channels],
            "channel": place.id,
            "messages": [self._message(row) for row in w.slack.history(place.id, person.id)],
            "views": [w.slack.view(row["id"]) for row in views],
            "home": w.slack.home(person.id),
            "commands": list(manifest().commands),
            "shortcuts": list(manifest().shortcuts),
            "zone": w.zone.name,
            "messages_tab": manifest().messages_tab,
        }

    @staticmethod
    def _message(row: Any) -> Answer:
        return {
            **{name: row[name] for name in ("ts", "user", "text", "thread_ts", "only_for")},
            "edited": bool(row["edited"]),
            "blocks": json.loads(row["blocks"]),
            "reactions": json.loads(row["reactions"]),
        }

    def slack_errors(self) -> Answer:
        rows = self._w.db.rows("select * from slack_errors order by id desc limit 50")
        return {"errors": [{**dict(row), "messages": json.loads(row["messages"])} for row in rows]}

    def slack_do(self, act: str, body: Body) -> Answer:
        """Something a person does in Slack. Raises NotFound for an act that does not exist."""
        people, user = self._w.interactions, str(body.get("user", ""))
        part = {name: str(body.get(name, "")) for name in ("view", "block_id", "action_id", "channel", "ts")}
        values = body.get("values") or {}
        acts: dict[str, Callable[[], Answer]] = {
            "say": lambda: self._say(user, part["channel"], str(body["text"])),
            "click": lambda: people.click(user, **part, chosen=body.get("chosen") or {}, values=values),
            "submit": lambda: people.submit(user, part["view"], values),
            "close": lambda: people.close(user, part["view"], cleared=bool(body.get("cleared"))),
            "shortcut": lambda: people.shortcut(user, str(body["callback"]), part["channel"], part["ts"]),
            "home": lambda: people.open_home(user, str(body.get("tab", "home"))),
            "options": lambda: people.options(
                user,
                view=part["view"],
                block_id=part["block_id"],
                action_id=part["action_id"],
                typed=str(body.get("typed", "")),
            ),
            "dismiss": lambda: self._dismiss(user, part["channel"], part["ts"]),
        }
        if act not in acts:
            raise NotFound("act", act)
        answer = acts[act]()
        self._w.bus.delivered.set()  # a click may have left something in the outbox
        return answer

    def _say(self, user: str, channel: str, line: str) -> Answer:
        people = self._w.interactions
        return (
            people.command(user, channel, line) if line.startswith("/") else people.say(user, channel, line)
        )

    def _dismiss(self, user: str, channel: str, ts: str) -> Answer:
        row = self._w.slack.message(channel, ts)
        if row and row["only_for"] == user:
            self._w.slack.delete(channel, ts)
        return {"ok": True}

    # --- mail, texts, calendar -------------------------------------------------------------------------------

    def mails(self) -> Answer:
        rules = self._w.desk.rules.current()
        zone = rules.zone
        mails = [{**mail, "when": zone.say(mail["at"])} for mail in self._w.mailbox.mails()]
        ours = [a for a in (rules.mail.requests, rules.mail.waitlist, rules.mail.confirmations) if a]
        return {
            "mails": mails,
            "inbox": rules.business.inbox,
            "addresses": ours,
            "confirmations": rules.mail.confirmations,
            "direct": list(rules.direct),
            "today": zone.say_date(self._w.clock.now()),
        }

    def send_mail(self, body: Body) -> Answer:
        id_ = self._w.mailbox.send(
            Draft(
                sender=str(body.get("sender", "")).strip(),
                name=str(body.get("name", "")).strip(),
                to=str(body.get("to", "")).strip(),
                subject=" ".join(str(body.get("subject", "")).split()),
                text=str(body.get("text", "")),
                authentic=bool(body.get("authentic", True)),
                reply_to_mail=str(body.get("answers", "")),
                attachments=tuple(_attachment(a) for a in body.get("attachments") or ()),
            )
        )
        return {"ok": True, "id": id_}

    def sample_confirmation(self) -> bytes:
        """A PDF as a booking site attaches it, for the first service, a week from now."""
        w = self._w
        rules = w.desk.rules.current()
        service = next(iter(rules.services.values()))
        start = w.clock.now() // 3600 * 3600 + 7 * 86_400
        day = rules.zone.local(start)
        return pdf(
            [
                [
                    f"Your booking at {rules.business.name} is confirmed",
                    "",
                    f"Service          {service.name}",
                    f"Date             {day:%A} {day.day} {day:%B} {day.year}",
                    "Time             14:00",
                    f"With             {rules.resources[service.resources[0]].name}",
                    "Client           Robin Tan",
                    "Email            robin@mail.example",
                ]
            ]
        )

    def texts(self) -> Answer:
        zone = self._w.zone
        threads = self._w.phone.threads()
        for thread in threads:
            for text in thread["texts"]:
                text["when"] = zone.say(text["at"])
        return {"threads": threads}

    def send_text(self, body: Body) -> Answer:
        country = self._w.desk.rules.current().business.country
        return {
            "ok": True,
            "id": self._w.phone.send(str(body.get("sender", "")), str(body.get("text", "")), country),
        }

    def calendar(self, day: str) -> Answer:
        return self._w.diaries.day(day, self._w.clock.now())

    def add_event(self, body: Body) -> Answer:
        id_ = self._w.diaries.add(body)
        self._w.loops.calendar_edited()
        return {"ok": True, "id": id_}

    def remove_event(self, body: Body) -> Answer:
        self._w.diaries.remove(str(body["calendar"]), str(body["id"]))
        self._w.loops.calendar_edited()
        return {"ok": True}

    def trouble(self, body: Body) -> Answer:
        self._w.diaries.trouble(str(body["calendar"]), on=bool(body["on"]))
        return {"ok": True}

    # --- the sheet -------------------------------------------------------------------------------------------

    def sheets(self) -> Answer:
        return self._w.spreadsheets.shown()

    def sheet_do(self, act: str, body: Body) -> Answer:
        """What staff do in the sheet. Raises NotFound for an act that does not exist."""
        sheets = self._w.spreadsheets
        acts = {"edit": sheets.edit, "insert": sheets.insert, "remove": sheets.remove}
        if act not in acts:
            raise NotFound("act", act)
        acts[act](body)
        self._w.loops.sheet_edited()
        return {"ok": True}

    # --- rules and log ---------------------------------------------------------------------------------------

    def rules(self) -> Answer:
        return self._w.rules_file.shown()

    def check_rules(self, body: Body) -> Answer:
        try:
            load(str(body.get("text", "")))
        except RulesError as refused:
            return {
                "faults": [{"line": f.line, "column": f.column, "message": f.message} for f in refused.faults]
            }
        return {"faults": []}

    def save_rules(self, body: Body) -> Answer:
        faults = self._w.rules_file.save(str(body["text"]), "the workspace")
        return {"ok": not faults, "faults": faults}

    def log(self) -> Answer:
        """The latest events with their deliveries, and the latest calls over the wire."""
        zone = self._w.zone
        events: dict[str, Answer] = {}
        for row in self._w.db.rows("select * from deliveries order by id desc limit 400"):
            event = events.setdefault(
                row["event_id"] + row["kind"],
                {"id": row["event_id"], "kind": row["kind"], "at": row["at"], "when": zone.say(row["at"]),
                 "payload": json.loads(row["payload"]), "deliveries": []},
            )  # fmt: skip
            names = ("id", "function", "state", "attempts", "error")
            event["deliveries"].insert(0, {name: row[name] for name in names})
        calls = [
            {**dict(row), "when": zone.say(row["at"])}
            for row in self._w.db.rows(
                "select * from calls where direction <> 'deliver' or (request = '' and not ok)"
                " order by id desc limit 200"
            )
        ]
        return {"events": list(events.values()), "calls": calls}

    def retry(self, body: Body) -> Answer:
        return {"ok": self._w.bus.retry(int(body["id"]))}


def _attachment(given: Mapping[str, Any]) -> Attachment:
    """A file from the page: its content comes in base64. Raises InputError."""
    try:
        content = base64.b64decode(str(given["content"]), validate=True)
    except ValueError:
        raise InputError("attachments", "That file could not be taken. Choose it once more.") from None
    name = " ".join(str(given["name"]).split())[:LONGEST_NAME] or "attachment"
    return Attachment(name, str(given.get("type") or "application/octet-stream"), content)
