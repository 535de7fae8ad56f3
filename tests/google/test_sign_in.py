"""A service account signs in: real keys, the real libraries, a token endpoint of our own."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from handlers.adapters.google_calendar import GoogleCalendar
from handlers.domain.errors import CalendarUnavailable
from tests.google.conftest import NOW, Google
from tests.google.test_calendar import CUT


def test_a_service_account_signs_in_once_for_many_calls(google: Google, account: str) -> None:
    calendar = google.calendar(account)
    calendar.put(CUT)
    calendar.free_busy([CUT.calendar], NOW, NOW + 60)
    assert google.sign_in.seen == ["Bearer t1", "Bearer t1"]


def test_the_key_may_stand_in_a_file(google: Google, account: str, tmp_path: Path) -> None:
    (tmp_path / "key.json").write_text(account)
    google.calendar(str(tmp_path / "key.json")).put(CUT)
    assert google.sign_in.seen == ["Bearer t1"]


def test_a_key_that_google_no_longer_takes_says_what_to_do(google: Google, account: str) -> None:
    google.sign_in.status = 400
    with pytest.raises(CalendarUnavailable, match="GOOGLE_CREDENTIALS") as caught:
        google.calendar(account).put(CUT)
    assert "desk@project.iam.gserviceaccount.com" in str(caught.value)
    assert google.slept == []


def test_a_token_endpoint_that_stumbles_is_unavailable(google: Google, account: str) -> None:
    google.sign_in.status = 503
    with pytest.raises(CalendarUnavailable):
        google.calendar(account, attempts=2).free_busy([CUT.calendar], NOW, NOW + 60)


def test_advice_names_the_account_to_share_with(google: Google, account: str) -> None:
    google.state.trouble("mei@salon.test", "notFound")
    found = google.calendar(account).free_busy(["mei@salon.test"], NOW, NOW + 60)
    assert "desk@project.iam.gserviceaccount.com" in found.errors["mei@salon.test"]


def test_a_subject_makes_it_act_for_a_user(account: str) -> None:
    calendar = GoogleCalendar("", json.dumps({**json.loads(account), "subject": "owner@salon.test"}))
    claims = calendar._google.credentials._make_authorization_grant_assertion().split(b".")[1]
    assert json.loads(base64.urlsafe_b64decode(claims + b"=="))["sub"] == "owner@salon.test"
