"""The Bolt app: signature, authorisation without a call to Slack, the routes, one error handler."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from slack_bolt import App, BoltRequest, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltUnhandledRequestError

from blocks.ids import ActionId, Command, EventName, ShortcutId
from blocks.payloads import About
from bot import answers, waiting
from bot.messenger import Messenger
from bot.routes import ROUTES, Id, Route
from bot.turn import Turn
from handlers.bootstrap import Desk
from handlers.domain.errors import FrontdeskError, NotFound, WrongState
from handlers.domain.rules.model import Rules
from handlers.domain.waitlist.opening import of_ref

log = logging.getLogger(__name__)


def build_app(desk: Desk, slack: Messenger | None = None) -> App:
    """Everything runs before the response (a frozen Lambda finishes nothing); no call to Slack is made to start."""
    settings = desk.settings
    slack = slack or Messenger.quick(settings)
    app = App(
        name="frontdesk",
        logger=_bolt_log(),
        process_before_response=True,
        raise_error_for_unhandled_request=True,
        signing_secret=settings.slack_signing_secret,
        token_verification_enabled=False,
        authorize=_authorize(settings.slack_bot_token, settings.bot_id, settings.bot_user),
    )
    for id_, route in ROUTES.items():
        _register(app, id_)(_listener(desk, slack, route))

    @app.error
    def failed(error: Exception, request: BoltRequest) -> BoltResponse:
        return _failed(Turn(desk, slack, dict(request.body)), error)

    return app


def _bolt_log() -> logging.Logger:
    """Bolt warns of an SLACK_BOT_TOKEN beside `authorize=` at every start: that is how we want it."""
    logger = logging.getLogger("frontdesk.bolt")
    logger.setLevel(logging.ERROR)
    return logger


def _authorize(token: str, bot_id: str, bot_user: str) -> Callable[..., AuthorizeResult]:
    """One workspace, known beforehand. With our own ids, or the bot would answer itself."""

    def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            bot_token=token,
            bot_id=bot_id,
            bot_user_id=bot_user,
        )

    return authorize


def _register(app: App, id_: Id) -> Callable[..., Any]:
    match id_:
        case ActionId():
            return app.action(str(id_))
        case Command():
            return app.command(str(id_))
        case ShortcutId():
            return app.message_shortcut(str(id_))
        case EventName():
            return app.event(str(id_))
        case _:
            return app.view(str(id_))


def _listener(desk: Desk, slack: Messenger, route: Route) -> Callable[..., BoltResponse]:
    def run(body: dict[str, Any]) -> BoltResponse:
        turn = Turn(desk, slack, body)
        if turn.surface == "event" and not desk.journal.seen(f"slack:{body.get('event_id')}"):
            return BoltResponse(status=200, body="")  # Slack sends an event again when an answer got lost
        if route.role is not None:
            turn.require(route.role)
        route.listener(turn)
        return BoltResponse(status=200, body=turn.reply)

    return run


def _failed(turn: Turn, error: Exception) -> BoltResponse:
    """A kind word for the person, a line in the log for us; both carry the same reference when it is our fault."""
    if isinstance(error, BoltUnhandledRequestError):
        log.warning("nobody answers this request: %s", error)
        return BoltResponse(status=404, body="")
    if isinstance(error, FrontdeskError):
        log.info("%s by %s: %s", type(error).__name__, turn.user, error)
        text = answers.say(error, _rules(turn))
    else:
        reference = turn.desk.ids.new()[:8]
        log.error("reference %s: %s by %s failed", reference, turn.surface, turn.user, exc_info=error)
        text = f"Something went wrong on our side. Please try once more; if it stays, tell an engineer {reference}."
    try:
        turn.say(text)
        if isinstance(error, WrongState):
            _refresh(turn, error)
    except (FrontdeskError, OSError) as silent:
        log.warning("could not answer: %s", silent)
    return BoltResponse(status=200, body=turn.reply)


def _rules(turn: Turn) -> Rules | None:
    try:
        return turn.rules
    except NotFound:
        return None


def _refresh(turn: Turn, stale: WrongState) -> None:
    """The loser of a race sees the card as it is."""
    if stale.kind == "request":
        turn.show_request(turn.desk.intake.get(stale.id))
    elif stale.kind == "booking":
        turn.show_booking(turn.desk.bookings.get(stale.id))
    elif stale.kind == "gap alert":
        turn.show_gap(turn.payload(About))
    elif stale.kind == "question":
        turn.show_imports()
    elif stale.kind == "entry":
        waiting.refresh(turn)
    elif stale.kind == "opening":
        turn.show_opening(stale.id)
    elif stale.kind == "offer":
        turn.show_opening(of_ref(stale.id)[0])
    elif stale.kind == "dead letter":
        turn.show_dead_letter(turn.desk.dead_letters.get(stale.id))
