"""The workspace: the product's own desk and entries, between stand-ins for everything outside."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount

from handlers.adapters.clock import FileClock, SystemClock
from handlers.domain.rules import load
from handlers.domain.zone import Zone
from infra.local import sheets
from infra.local.bus import LocalBus
from infra.local.database import Database
from infra.local.diary import Diaries
from infra.local.environment import StandIns
from infra.local.google import app as google_app
from infra.local.google_state import GoogleCalendarState
from infra.local.heard import Heard
from infra.local.loops import Loops
from infra.local.mailbox import Mailbox
from infra.local.phone import Phone
from infra.local.rules_file import RulesFile
from infra.local.runtime import Runtime
from infra.local.sheets_state import GoogleSheetsState
from infra.local.slack.api import WebApi
from infra.local.slack.door import Door
from infra.local.slack.interactions import Interactions
from infra.local.slack.manifest import manifest
from infra.local.slack.people import Directory
from infra.local.slack.state import SlackState
from infra.local.spreadsheets import Spreadsheets
from infra.local.steps import Steps
from infra.local.textract import Textract
from infra.wiring import FUNCTIONS

if TYPE_CHECKING:
    from handlers.bootstrap import Desk

SAMPLE = Path(__file__).parent / "sample" / "rules.yml"
MORNING, AFTERNOON = 9 * 60 + 30, 15 * 60
"""A first start outside these wall minutes begins at the next morning: an empty day shows little."""


@dataclass(frozen=True)
class Options:
    """`rules` None = a copy of the sample in `folder`; `at` is an ISO instant for a new folder's clock."""

    folder: Path
    port: int
    rules: Path | None = None
    at: str = ""

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def rules_path(self) -> Path:
        return self.rules or self.folder / "rules.yml"


def place_rules(options: Options) -> None:
    """The sample, where the owner can edit it."""
    options.folder.mkdir(parents=True, exist_ok=True)
    if options.rules is None and not options.rules_path.exists():
        shutil.copyfile(SAMPLE, options.rules_path)


def set_clock(options: Options) -> None:
    """Starts a new folder's clock; one that runs already goes on. Raises ValueError for an `at` that is none."""
    path = options.folder / "clock"
    if path.exists():
        return
    clock, zone = FileClock(path), Zone(load(options.rules_path.read_text("utf-8")).business.timezone)
    now = SystemClock().now()
    if options.at:
        clock.set_to(zone.parse(options.at))
    elif MORNING <= zone.minutes(now) < AFTERNOON:
        clock.set_to(now)
    else:
        today = zone.date(now)
        early = zone.minutes(now) < MORNING
        clock.set_to(zone.instant(today if early else today + timedelta(days=1), MORNING))


class Workspace:
    """`desk` must come from the environment that `environment.prepare` made."""

    def __init__(self, options: Options, desk: Desk, stand_ins: StandIns) -> None:
        self.options, self.desk, self.stand_ins = options, desk, stand_ins
        folder = options.folder
        zone = load(options.rules_path.read_text("utf-8")).zone
        self.clock = FileClock(folder / "clock")
        self.db = Database(folder / "workspace.db")
        self.runtime = Runtime()
        self.bus = LocalBus(self.db, self.runtime, self.clock)
        # The relay and the tick put events on this bus; the desk of the entries has none of its own.
        desk.bus = self.bus
        self.rules_file = RulesFile(options.rules_path, desk.rules)
        self.people = Directory(desk.rules.current, desk.settings.bot_user, desk.settings.bot_id)
        self.slack = SlackState(self.db, self.clock)
        self.web_api = WebApi(self.slack, self.people, stand_ins.slack_token, options.base_url)
        door = Door(
            self.runtime,
            self.db,
            self.clock,
            secret=stand_ins.signing_secret,
            host=f"127.0.0.1:{options.port}",
        )
        self.interactions = Interactions(self.slack, self.people, self.web_api, door, manifest)
        self.interactions.response_base = options.base_url
        self.google = GoogleCalendarState(folder / "google.db", self.clock, zone.name)
        self.sheets = GoogleSheetsState(folder / "google.db", self.clock)
        self.spreadsheets = Spreadsheets(self.sheets, desk.rules.current)
        self.diaries = Diaries(self.google, desk.rules.current)
        self.mailbox = Mailbox(folder / "mail", self.db, self.clock, desk.files, self.bus)
        self.textract = Textract(self.db, desk.files, self.bus, self.clock)
        self.phone = Phone(folder / "texts", self.db, self.clock, self.bus)
        self.steps = Steps(self.db, desk)
        self.loops = Loops(
            self.db,
            self.bus,
            self.runtime,
            self.clock,
            zone=lambda: self.zone,
            drain=lambda: desk.relay.drain(),  # noqa: PLW0108 - the relay is built when it is first needed
            # A query costs nothing on SQLite; on DynamoDB it is counted.
            pause=0.1 if desk.settings.store[0] == "sqlite" else 1.0,
            timers=desk.timers,  # type: ignore[arg-type]  # StoreTimers: `due` and `fired` beside the port
        )

    @property
    def zone(self) -> Zone:
        return self.desk.rules.current().zone

    def open(self) -> None:
        """Takes the rules and watches them. Raises RulesError, OSError."""
        self.rules_file.start()

    def work(self) -> None:
        """Starts what runs in the background; the stand-ins must answer by then."""
        # Slack gives the first click three seconds, as it does the tenth.
        for function in FUNCTIONS:
            function.load()
        self.bus.start()
        self.textract.resume()
        self.loops.start()

    def stop(self) -> None:
        self.rules_file.stop()
        self.loops.stop()
        self.textract.stop()
        self.bus.stop()
        self.runtime.close()
        self.google.close()
        self.sheets.close()
        self.db.close()

    def google_routes(self) -> list[BaseRoute]:
        google = google_app(self.google, sheets.routes(self.sheets, self.google))
        return [Mount("/_google", Heard(google, self.db, self.clock, "google"))]

    def textract_routes(self) -> list[BaseRoute]:
        textract = Starlette(routes=self.textract.routes())
        return [Mount("/_textract", Heard(textract, self.db, self.clock, "textract"))]

    def move_clock(self, instant: int) -> bool:
        """Forward only. Timers and the tick run at once."""
        if instant <= self.clock.now():
            return False
        self.clock.set_to(instant)
        self.loops.clock_moved()
        return True
