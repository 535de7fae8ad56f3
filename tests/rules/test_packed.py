"""Packed rules are the rules, and never outlive the code that packed them."""

from __future__ import annotations

import pytest

from handlers.adapters.sqlite import SqliteStore
from handlers.domain import keys
from handlers.domain.rules import load
from handlers.domain.rules.packed import fingerprint, pack, unpack
from handlers.ports import Update
from handlers.services.journal import Journal
from handlers.services.rules import RulesSource
from tests.fakes import FakeClock, FakeIds
from tests.rules.sample import GOOD


def source(store):
    clock = FakeClock(1_000)
    return RulesSource(store, clock, Journal(store, clock, FakeIds()), stopwatch=lambda: 0.0)


def test_unpacked_rules_equal_the_file():
    rules = load(GOOD)
    assert unpack(pack(rules)) == rules


@pytest.mark.parametrize("name", ["salon", "clinic", "restaurant"])
def test_the_examples_survive_packing(shared, name):
    rules = load((shared / "examples" / f"{name}.yml").read_text())
    assert unpack(pack(rules)) == rules


def test_a_fresh_process_reads_no_yaml():
    store = SqliteStore(":memory:")
    source(store).update(GOOD, "owner")
    store.transact([Update(keys.RULES, set={"text": "version: [not rules"})])
    assert source(store).current() == load(GOOD)


def test_after_a_deploy_the_text_is_read_again_and_the_tick_repacks_it():
    store = SqliteStore(":memory:")
    source(store).update(GOOD, "owner")
    store.transact([Update(keys.RULES, set={"packed": "{}", "packed_for": "older code"})])
    assert source(store).current() == load(GOOD)
    assert [source(store).repack(), source(store).repack()] == [1, 0]
    assert store.get(keys.RULES)["packed_for"] == fingerprint()
