"""The clock passes a Monday, and the week is told: in Slack as a card, to the owner by mail, once."""

from __future__ import annotations

import pytest

from tests.workspace.process import get, post, running, until

pytestmark = pytest.mark.xdist_group("workspace")


def cards(address):
    messages = get(address, "slack?user=U0LENA&channel=")["messages"]
    return [m for m in messages if m["text"].startswith("Last week, 4 to 10 May.")]


def mails(address):
    return [m for m in get(address, "mail")["mails"] if m["to"] == "lena@marigold.example"]


def booked(address):
    messages = get(address, "slack?user=U0LENA&channel=")["messages"]
    return [m for m in messages if m["text"].startswith("Booked")]


def test_the_week_is_told_when_the_clock_jumps_over_monday_and_not_again_after_a_restart(tmp_path):
    with running(tmp_path) as (address, _):
        sample = len(until(lambda: booked(address)))
        assert sample > 0
        post(address, "clock", until="2026-05-11T07:59")
        post(address, "clock", until="2026-05-11T10:00")
        (card,) = until(lambda: cards(address))
        (table,) = [b["rows"] for b in card["blocks"] if b["type"] == "table"]
        assert [cell["text"] for cell in table[0]] == ["What", "4 to 10 May"]
        (mail,) = until(lambda: mails(address))
        assert mail["subject"].startswith("Last week, 4 to 10 May: ")
    with running(tmp_path) as (address, _):
        post(address, "clock", until="2026-05-11T23:00")
        until(lambda: get(address, "pulse"))
        assert (len(cards(address)), len(mails(address))) == (1, 1)
