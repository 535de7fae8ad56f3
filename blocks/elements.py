"""The few blocks we use, cut to Slack's limits. mrkdwn is always `verbatim`: nothing in it becomes a link by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    BlockElement,
    ButtonElement,
    CheckboxesElement,
    ConfirmObject,
    ContextBlock,
    HeaderBlock,
    InputBlock,
    InputInteractiveElement,
    InteractiveElement,
    MarkdownTextObject,
    Option,
    OverflowMenuElement,
    PlainTextInputElement,
    PlainTextObject,
    RawTextObject,
    SectionBlock,
    StaticSelectElement,
    TableBlock,
    TableBlockColumnSettings,
)
from slack_sdk.models.views import View

from blocks import text as t
from blocks.ids import ActionId, MenuChoice, ViewId
from blocks.payloads import Menu, Payload


class Card(NamedTuple):
    """A message: `text` is what a phone notification or a screen reader says. `simpler` is for a Slack that refuses
    `blocks`, where these use a block that is newer than the others; () when they don't."""

    text: str
    blocks: list[Block]
    simpler: Sequence[Block] = ()


def card(text: str, blocks: Sequence[Block], simpler: Sequence[Block] = ()) -> Card:
    most = t.BLOCKS_IN_MESSAGE
    return Card(t.plain(text, t.FALLBACK), list(blocks[:most]), simpler[:most])


def mrkdwn(text: str, limit: int = t.SECTION) -> MarkdownTextObject:
    return MarkdownTextObject(text=t.fit(text, limit) if text.strip() else "-", verbatim=True)


def words(text: str, limit: int) -> PlainTextObject:
    return PlainTextObject(text=t.plain(text, limit) or "-", emoji=True)


def header(text: str) -> HeaderBlock:
    return HeaderBlock(text=words(text, t.HEADER))


def section(text: str, *, accessory: BlockElement | None = None, block_id: str | None = None) -> SectionBlock:
    return SectionBlock(text=mrkdwn(text), accessory=accessory, block_id=block_id)


def fields(pairs: Mapping[str, str]) -> SectionBlock:
    """Up to ten `label: mrkdwn` in two columns; empty ones are left out."""
    shown = [mrkdwn(f"*{label}*\n{value}", t.FIELD) for label, value in pairs.items() if value]
    return SectionBlock(fields=shown[:10])


def table(rows: Sequence[Sequence[str]]) -> TableBlock:
    """Plain cells, the first row above the others; columns after the first are numbers. One in a message, at most 100
    rows of 20 cells. Newer than the other blocks: a card with a table has a `simpler` one beside it."""
    columns = max(map(len, rows))
    settings = [TableBlockColumnSettings(is_wrapped=True)]
    settings += [TableBlockColumnSettings(align="right")] * (columns - 1)
    cells = [[RawTextObject(text=t.plain(cell, t.CELL) or "-") for cell in row[:20]] for row in rows[:100]]
    return TableBlock(rows=cells, column_settings=settings[:20])


def context(*lines: str) -> ContextBlock:
    return ContextBlock(elements=[mrkdwn(line, t.FIELD) for line in lines[:10]])


def actions(elements: Sequence[InteractiveElement], block_id: str | None = None) -> ActionsBlock:
    return ActionsBlock(elements=list(elements), block_id=block_id)


def button(
    label: str,
    action: ActionId,
    payload: Payload,
    *,
    style: Literal["primary", "danger"] | None = None,
    confirm: ConfirmObject | None = None,
) -> ButtonElement:
    return ButtonElement(
        text=words(label, t.BUTTON), action_id=action, value=payload.pack(), style=style, confirm=confirm
    )


def confirm(title: str, text: str, yes: str, no: str = "Keep it", *, danger: bool = True) -> ConfirmObject:
    return ConfirmObject(
        title=words(title, 100),
        text=words(text, t.CONFIRM_TEXT),
        confirm=words(yes, 30),
        deny=words(no, 30),
        style="danger" if danger else None,
    )


MENU_WORDS = {
    MenuChoice.ARRIVED: "Arrived",
    MenuChoice.NO_SHOW: "No-show",
    MenuChoice.RESCHEDULE: "Reschedule",
    MenuChoice.CANCEL: "Cancel",
    MenuChoice.RESEND: "Resend confirmation",
    MenuChoice.CONTACT: "Correct contact",
    MenuChoice.REMINDERS: "Reminders",
    MenuChoice.MORE: "Open the card",
}


def menu(id_: str, choices: Sequence[MenuChoice]) -> OverflowMenuElement:
    """At most five entries (Slack's limit)."""
    options = [Option(text=words(MENU_WORDS[c], t.OPTION), value=Menu(id=id_, do=c).pack()) for c in choices]
    return OverflowMenuElement(action_id=ActionId.BOOKING_MENU, options=options[:5])


def option(label: str, value: str, description: str = "") -> Option:
    return Option(
        text=words(label, t.OPTION),
        value=value,
        description=words(description, t.OPTION) if description else None,
    )


def select(
    action_id: str,
    options: Sequence[Option],
    chosen: str | None,
    placeholder: str = "Choose",
    always: str | None = None,
) -> StaticSelectElement:
    """`chosen` (or `always`) is the value picked at first; the one picked is never cut off at the limit."""
    initial = next((o for wanted in (chosen, always) for o in options if o.value == wanted), None)
    kept = list(options[: t.OPTIONS])
    if initial is not None and initial not in kept:
        kept[-1] = initial
    return StaticSelectElement(
        action_id=action_id, options=kept, initial_option=initial, placeholder=words(placeholder, 150)
    )


def field(
    block_id: str,
    label: str,
    element: InputInteractiveElement,
    *,
    optional: bool = False,
    hint: str = "",
    dispatch: bool = False,
) -> InputBlock:
    return InputBlock(
        block_id=block_id,
        label=words(label, 2000),
        element=element,
        optional=optional,
        hint=words(hint, 2000) if hint else None,
        dispatch_action=dispatch or None,
    )


def tick(action_id: str, label: str, description: str = "") -> CheckboxesElement:
    """One box, not ticked; its value is "yes"."""
    return CheckboxesElement(action_id=action_id, options=[option(label, "yes", description)])


def line(
    action_id: str, value: str = "", *, limit: int, placeholder: str = "", multiline: bool = False
) -> PlainTextInputElement:
    """A text input; what it starts with is cut to what it may hold."""
    return PlainTextInputElement(
        action_id=action_id,
        initial_value=t.cut(t.clean(value), limit) or None,
        max_length=limit,
        multiline=multiline,
        placeholder=words(placeholder, 150) if placeholder else None,
    )


def modal(
    title: str,
    blocks: Sequence[Block],
    *,
    callback: ViewId | None = None,
    submit: str | None = None,
    close: str = "Close",
    meta: Payload | None = None,
) -> View:
    return View(
        type="modal",
        callback_id=callback,
        title=words(title, t.TITLE),
        submit=words(submit, t.TITLE) if submit else None,
        close=words(close, t.TITLE),
        blocks=list(blocks[: t.BLOCKS_IN_VIEW]),
        private_metadata=meta.pack() if meta else None,
    )


def notice(title: str, text: str) -> View:
    """A modal that only says something; `text` is plain."""
    return modal(title, [section(t.said(text, t.SECTION))])
