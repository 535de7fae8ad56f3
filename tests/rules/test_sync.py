"""The Lambda entry for a saved rules.yml: S3 event in, live rules or a refusal out."""

from __future__ import annotations

import pytest

from handlers import rules_sync
from handlers.bootstrap import desk
from handlers.domain.errors import NotFound
from tests.rules.sample import GOOD


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.setenv("FRONTDESK_STORE", f"sqlite:{tmp_path / 'frontdesk.db'}")
    monkeypatch.setenv("FRONTDESK_FILES", f"dir:{tmp_path / 'files'}")
    desk.cache_clear()
    yield desk()
    desk.cache_clear()


def saved(key):
    return {
        "Records": [
            {
                "eventSource": "aws:s3",
                "eventName": "ObjectCreated:Put",
                "s3": {"bucket": {"name": "b"}, "object": {"key": key}},
            }
        ]
    }


def test_a_saved_file_becomes_the_live_rules(here):
    here.files.put("owner rules/rules.yml", GOOD.encode())
    rules_sync.handler(saved("owner+rules/rules.yml"), None)
    assert here.rules.current().business.name == "Fig Studio"


def test_a_file_that_is_not_valid_is_told_and_not_tried_again(here):
    here.files.put("rules.yml", b"version: 3")
    rules_sync.handler(saved("rules.yml"), None)
    with pytest.raises(NotFound):
        here.rules.current()
