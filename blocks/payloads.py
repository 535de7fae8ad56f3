"""What travels with a button (`value`) or a modal (`private_metadata`): small, versioned, never more than ids and choices."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from blocks.ids import EntryChoice, MenuChoice
from handlers.domain.errors import InputError
from handlers.domain.slot import Window


class Payload(BaseModel):
    """Slack's limits: 2,000 characters in a button, 150 in a menu option, 3,000 in a modal."""

    model_config = ConfigDict(frozen=True, defer_build=True, extra="ignore")

    v: Literal[1] = 1

    def pack(self) -> str:
        return self.model_dump_json(exclude_defaults=True)

    @classmethod
    def unpack(cls, text: str) -> Self:
        """Raises InputError when the card is from another version of Frontdesk."""
        try:
            return cls.model_validate_json(text or "{}")
        except ValidationError:
            raise InputError("", "This card is from an older version. Please open it again.") from None


class Ref(Payload):
    """A request, booking or dead letter, by id."""

    id: str


class Seen(Ref):
    """A request as the card shows it: `rev` is its revision, -1 where that does not matter."""

    rev: int = -1


class About(Ref):
    """A booking while it is at the time (`start`, epoch s) the card speaks of."""

    start: int


class OpeningRef(Ref):
    """`seq` is the offer the card showed: a late click must not end the next one."""

    seq: int = 0


class Menu(Ref):
    do: MenuChoice


class EntryMenu(Ref):
    do: EntryChoice


class ListMeta(Payload):
    """What the waitlist modal shows: of one service or all (""), of whom (`find`), which page. `removed` are entries taken
    off in it, the last ones, which can be put back."""

    service: str = ""
    find: str = ""
    page: int = 0
    removed: tuple[str, ...] = ()


class CardPlace(Payload):
    """A modal about `id`, and where it was opened from: a message, or the App Home."""

    id: str = ""
    channel: str = ""
    ts: str = ""
    home: bool = False


class EntryMeta(CardPlace):
    """`id` is the entry that is edited, `request` the one they are put on the list for; `listed` is the list it was
    opened from."""

    request: str = ""
    listed: ListMeta | None = None


class FillMeta(CardPlace):
    """`id` is the opening; `entry` whom on the waitlist the shown inputs are for."""

    entry: str = ""


class Wish(Payload):
    """The state of a modal that looks for times.

    `part` is "any", "part:<name in rules>", "at:HH:MM" or "HH:MM-HH:MM". `windows` are the times as they were
    written, used until somebody picks a day or a time. `booking` is the one being moved.
    """

    service: str | None = None
    date: str | None = None
    part: str = "any"
    resource: str | None = None
    party: int = 1
    name: str = ""
    contact: str = ""
    notes: str = ""
    windows: tuple[Window, ...] = ()
    booking: str | None = None


class TimesMeta(CardPlace):
    """`proposal` is what the shown radio buttons offer; `asked` is the number of the question they answer."""

    asked: int = 0
    proposal: str = ""
    booking: str | None = None
    windows: tuple[Window, ...] = ()
