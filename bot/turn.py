"""One interaction: who did what where, and the ways to answer. Listeners see nothing else of Slack."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, TypeVar

from slack_sdk.models.views import View

from blocks.elements import Card, card, notice, section
from blocks.payloads import About, CardPlace, Payload
from blocks.text import escaped, said
from bot import cards
from bot.messenger import Messenger, Place, Shown
from handlers.bootstrap import Desk
from handlers.domain.booking import Booking
from handlers.domain.dead_letter import DeadLetter
from handlers.domain.errors import DeliveryFailed, Forbidden
from handlers.domain.events import EventKind
from handlers.domain.request import Request
from handlers.domain.rules.model import Role, Rules

log = logging.getLogger(__name__)

Surface = Literal["command", "shortcut", "message", "modal", "home", "submission", "event"]
P = TypeVar("P", bound=Payload)


@dataclass
class Turn:
    """`reply` is the body of our HTTP answer: "" acknowledges, a dict says more (a modal's errors, a private text)."""

    desk: Desk
    slack: Messenger
    body: dict[str, Any]
    reply: dict[str, Any] | str = field(default="")

    # --- who and where -----------------------------------------------------------------------------------------

    @property
    def user(self) -> str:
        user = self.body.get("user")
        if isinstance(user, dict):
            return str(user.get("id", ""))
        return str(self.body.get("user_id") or self.body.get("event", {}).get("user") or "")

    @cached_property
    def rules(self) -> Rules:
        """Raises NotFound when there are none yet."""
        return self.desk.rules.current()

    @property
    def surface(self) -> Surface:
        match self.body.get("type"):
            case "block_actions" if self.body.get("container", {}).get("type") == "view":
                return "home" if self.view.get("type") == "home" else "modal"
            case "block_actions":
                return "message"
            case "view_submission":
                return "submission"
            case "message_action" | "shortcut":
                return "shortcut"
            case "event_callback":
                return "event"
            case _:
                return "command"

    @property
    def trigger(self) -> str:
        return str(self.body.get("trigger_id", ""))

    @property
    def view(self) -> dict[str, Any]:
        return self.body.get("view") or {}

    @property
    def action(self) -> dict[str, Any]:
        first: dict[str, Any] = (self.body.get("actions") or [{}])[0]
        return first

    @property
    def place(self) -> CardPlace:
        """The message that was clicked, where it is one that others see too; for a modal, what it was opened from."""
        container = self.body.get("container") or {}
        if self.surface in {"modal", "submission"}:
            return CardPlace.unpack(str(self.view.get("private_metadata") or ""))
        if self.surface != "message" or container.get("is_ephemeral"):
            return CardPlace(home=self.surface == "home")
        return CardPlace(channel=container.get("channel_id", ""), ts=container.get("message_ts", ""))

    def payload(self, kind: type[P]) -> P:
        """What the clicked element carries. Raises InputError for one from another version."""
        chosen = self.action.get("selected_option") or {}
        return kind.unpack(str(chosen.get("value") or self.action.get("value") or ""))

    def meta(self, kind: type[P]) -> P:
        """What the submitted modal carries."""
        return kind.unpack(str(self.view.get("private_metadata") or ""))

    def require(self, role: Role) -> None:
        """Raises Forbidden unless the person has the role (an owner may do all)."""
        held = self.rules.role(self.user)
        if held is None or (role == "owner" and held != "owner"):
            raise Forbidden(self.user, "do this", needs="staff" if held is None else role)

    # --- answers -----------------------------------------------------------------------------------------------

    def say(self, answer: Card | str) -> None:
        """To this person alone, wherever they are."""
        if isinstance(answer, str):
            answer = card(answer, [section(said(answer))])
        url = str(self.body.get("response_url") or "")
        match self.surface:
            case "command":
                blocks = [b.to_dict() for b in answer.blocks]
                self.reply = {"response_type": "ephemeral", "text": escaped(answer.text), "blocks": blocks}
            case "submission":
                self.reply = {"response_action": "update", "view": notice("Frontdesk", answer.text).to_dict()}
            case "modal" | "home":
                self.open(notice("Frontdesk", answer.text))
            case "message" | "shortcut" if url:
                self.slack.respond(url, answer, replace=False)
            case _:
                log.info("nobody to tell: %s", answer.text)

    def open(self, view: View) -> Shown | None:
        """A modal; on top of the one they are in. None when Slack took too long: they are asked to try again."""
        shown = self.slack.open(self.trigger, view, push=self.surface == "modal")
        if shown is None and self.surface not in {"modal", "home"}:
            self.say("That took too long for Slack to open a window. Please try once more.")
        return shown

    def errors(self, by_block: dict[str, str]) -> None:
        """Faults beside the inputs of the submitted modal."""
        self.reply = {"response_action": "errors", "errors": by_block}

    def become(self, view: View) -> None:
        """The submitted modal turns into `view`."""
        self.reply = {"response_action": "update", "view": view.to_dict()}

    def show_request(self, request: Request, place: CardPlace | None = None) -> None:
        self._show(cards.of_request(self.desk, request), None, place or self.place)

    def show_booking(self, booking: Booking, place: CardPlace | None = None) -> None:
        place = place or self.place
        below = self.view.get("previous_view_id") if self.surface == "submission" else self.view.get("id")
        view = cards.booking_view(self.desk, booking, place) if below and self.surface != "home" else None
        self._show(cards.of_booking(self.desk, booking), view, place)

    def show_gap(self, about: About) -> None:
        self._show(cards.of_gap(self.desk, about)[1], None, self.place)

    def show_imports(self) -> None:
        self._show(cards.of_imports(self.desk)[1], None, self.place)

    def show_opening(self, id_: str, place: CardPlace | None = None) -> None:
        seen = self.desk.openings.get(id_)
        self._show(cards.of_opening(self.desk, seen), None, place or self.place)

    def show_dead_letter(self, letter: DeadLetter) -> None:
        self._show(cards.of_dead_letter(self.desk, letter), None, self.place)

    def _show(self, answer: Card, view: View | None, place: CardPlace) -> None:
        """The clicked card as it is now; `place` is the card a modal was opened from, `view` the same card as a modal.

        The events of the transition render the same again, so a Slack that can't be reached here is no failure of
        the click.
        """
        try:
            if self.surface == "message":
                self.slack.respond(str(self.body.get("response_url") or ""), answer, replace=True)
            if self.surface == "modal" and view is not None:
                self.slack.update_view(self.view["id"], view)
            if self.surface == "submission" and view is not None:
                self.slack.update_view(self.view["previous_view_id"], view)
            if self.surface in {"modal", "submission"} and place.ts:
                self.slack.update(Place(place.channel, place.ts), answer)
        except (DeliveryFailed, OSError) as failed:
            log.warning("the clicked card was not refreshed, its event will do it: %s", failed)
        if place.home:
            self.refresh_home()

    def refresh_home(self) -> None:
        self.desk.journal.emit(EventKind.HOME_OPENED, self.user)
