"""What every `Store` promises. Each test runs on SQLite in memory, SQLite in a file, and DynamoDB."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain

import pytest

from handlers.domain.errors import StaleWrite
from handlers.domain.keys import Key
from handlers.ports import (
    Absent,
    AllOf,
    AnyOf,
    Check,
    Condition,
    Delete,
    Equals,
    Item,
    Less,
    Put,
    Query,
    Store,
    Update,
)

A, B, C = Key("A", "1"), Key("B", "1"), Key("C", "1")


def item(key: Key, **more: object) -> Item:
    return {"pk": key.pk, "sk": key.sk, **more}


def failed(store: Store, *operations: Put | Update | Delete | Check, token: str = "") -> tuple[int, ...]:
    with pytest.raises(StaleWrite) as caught:
        store.transact(operations, token=token)
    return caught.value.failed


# --- items -----------------------------------------------------------------------------------------------------


def test_what_was_never_put_is_none(store: Store) -> None:
    assert store.get(A) is None


VALUES = [
    "",
    "Zoë 🦊 \u0000 \U0010ffff",
    True,
    False,
    None,
    0,
    -1,
    2**62,
    10**37 + 1,
    -(10**38) + 1,
    0.1,
    -2.5,
    1e23,
    1e-120,
    123456789.123456789,
    [],
    {},
    ["a", 1, 2.5, None, True, ["deep", {"er": []}]],
    {"empty": "", "none": None, "list": [{"x": 1}], "ünïcode": "ключ"},
]


def test_a_value_comes_back_the_same(store: Store) -> None:
    store.transact([Put(item(Key("A", str(n)), held=value)) for n, value in enumerate(VALUES)])
    for n, value in enumerate(VALUES):
        found = store.get(Key("A", str(n)))
        assert found == item(Key("A", str(n)), held=value)
        assert isinstance(found["held"], bool) == isinstance(value, bool)


def test_a_value_that_would_not_come_back_the_same_is_refused(store: Store) -> None:
    odd = [float("nan"), float("inf"), 10**38, 1e39, 1e-200, {1, 2}, b"bytes", {1: "x"}, {"": 1}, "\ud800"]
    for value in odd:
        with pytest.raises(ValueError):
            store.transact([Put(item(A, held=value))])
    assert store.get(A) is None


def test_put_replaces_the_whole_item(store: Store) -> None:
    store.transact([Put(item(A, old=1, gsi1pk="G", gsi1sk="1"))])
    store.transact([Put(item(A, new=2))])
    assert store.get(A) == item(A, new=2)
    assert store.query(Query("G", index="gsi1")).items == ()


def test_update_sets_and_removes_and_leaves_the_rest(store: Store) -> None:
    store.transact([Put(item(A, kept=1, changed=1, gone=1))])
    store.transact([Update(A, {"changed": {"to": [2]}, "new": None}, remove=("gone", "never_there"))])
    assert store.get(A) == item(A, kept=1, changed={"to": [2]}, new=None)


def test_update_creates_the_item(store: Store) -> None:
    store.transact([Update(A, {"x": 1}), Update(B, {}, remove=("y",))])
    assert store.get(A) == item(A, x=1)
    assert store.get(B) == item(B)


def test_update_can_name_any_attribute(store: Store) -> None:
    store.transact([Update(A, {"name": 1, "state": 2, "at": 3, "by-whom": 4, "a.b": 5, "until": 6})])
    assert store.get(A) == item(A, **{"name": 1, "state": 2, "at": 3, "by-whom": 4, "a.b": 5, "until": 6})


def test_an_update_enters_and_leaves_an_index(store: Store) -> None:
    store.transact([Put(item(A, n=1))])
    store.transact([Update(A, {"gsi3pk": "OUTBOX", "gsi3sk": "1"})])
    assert [i["n"] for i in store.query(Query("OUTBOX", index="gsi3")).items] == [1]
    store.transact([Update(A, remove=("gsi3pk", "gsi3sk"))])
    assert store.query(Query("OUTBOX", index="gsi3")).items == ()
    assert store.get(A) == item(A, n=1)


def test_half_an_index_key_enters_no_index(store: Store) -> None:
    store.transact([Put(item(A, gsi1pk="G"))])
    assert store.query(Query("G", index="gsi1")).items == ()


def test_delete_removes_and_may_find_nothing(store: Store) -> None:
    store.transact([Put(item(A))])
    store.transact([Delete(A)])
    store.transact([Delete(A)])
    assert store.get(A) is None


def test_what_is_read_can_be_changed_without_changing_the_store(store: Store) -> None:
    store.transact([Put(item(A, held=[1]))])
    first = store.get(A)
    assert first is not None
    first["held"].append(2)
    assert store.get(A) == item(A, held=[1])


# --- conditions ------------------------------------------------------------------------------------------------

STORED = item(A, state="HELD", rev=3, live=True, none=None, price=2.5, text="3")
MET: list[Condition] = [
    Absent("taken"),
    Equals("state", "HELD"),
    Equals("rev", 3),
    Equals("live", True),
    Less("rev", 4),
    Less("state", "HELD2"),
    Less("price", 3),
    AllOf(()),
    AllOf((Equals("rev", 3), Absent("taken"))),
    AnyOf((Equals("rev", 4), Equals("state", "HELD"))),
    AllOf((AnyOf((Absent(), Equals("rev", 3))), AnyOf((Less("rev", 1), Equals("live", True))))),
]
MIXED: list[Condition] = [Equals("live", 1), Less("rev", "4"), Less("text", 4)]
"""Numbers, text and truth never compare; moto thinks they do."""
UNMET: list[Condition] = [
    *MIXED,
    Absent(),
    Absent("state"),
    Absent("none"),
    Equals("state", "held"),
    Equals("rev", 4),
    Equals("rev", True),
    Equals("live", False),
    Equals("text", 3),
    Equals("missing", ""),
    Less("rev", 3),
    Less("missing", 4),
    Less("none", 4),
    AnyOf(()),
    AllOf((Equals("rev", 3), Equals("state", "FREE"))),
    AnyOf((Equals("rev", 4), Absent("state"))),
]


def test_a_condition_that_is_met_lets_every_operation_through(store: Store) -> None:
    for when in MET:
        store.transact([Put(STORED), Delete(B)])
        store.transact([Check(A, when), Put(item(B))])
        store.transact([Update(A, {"touched": 1}, when=when)])
        assert store.get(A) == STORED | {"touched": 1}, when
        store.transact([Put(STORED, when=when)])
        assert store.get(A) == STORED, when
        store.transact([Delete(A, when=when)])
        assert (store.get(A), store.get(B)) == (None, item(B)), when


def test_a_condition_that_is_not_met_stops_every_operation(store: Store, moto: bool) -> None:
    store.transact([Put(STORED)])
    for when in UNMET:
        if moto and when in MIXED:
            continue
        for operation in (
            Check(A, when),
            Update(A, {"x": 1}, when=when),
            Put(item(A), when=when),
            Delete(A, when),
        ):
            assert failed(store, operation) == (0,), operation
            assert failed(store, Put(item(B)), operation) == (1,), operation
    assert (store.get(A), store.get(B)) == (STORED, None)


def test_conditions_on_an_item_that_is_not_there(store: Store) -> None:
    for when in (Absent(), Absent("rev"), AllOf(()), AnyOf((Equals("rev", 1), Absent()))):
        store.transact([Check(A, when)])
        store.transact([Delete(A, when=when)])
        store.transact([Update(A, {"x": 1}, when=when)])
        assert store.get(A) == item(A, x=1), when
        store.transact([Delete(A)])
    for when in (Equals("rev", 1), Less("rev", 1), AnyOf(()), AllOf((Absent(), Equals("rev", 1)))):
        assert failed(store, Update(A, {"x": 1}, when=when)) == (0,), when
        assert store.get(A) is None, when


# --- transactions ----------------------------------------------------------------------------------------------


def test_one_failing_operation_leaves_nothing_of_the_others(store: Store) -> None:
    store.transact([Put(item(B, n=1)), Put(item(C, n=1))])
    operations = [
        Put(item(Key("NEW", "1"))),
        Update(B, {"n": 2}),
        Delete(C),
        Put(item(A), when=Equals("rev", 1)),
    ]
    assert failed(store, *operations) == (3,)
    assert (store.get(A), store.get(Key("NEW", "1"))) == (None, None)
    assert (store.get(B), store.get(C)) == (item(B, n=1), item(C, n=1))


def test_every_failing_condition_is_named(store: Store) -> None:
    store.transact([Put(item(A)), Put(item(C))])
    operations = [Put(item(A), when=Absent()), Check(B, Absent()), Delete(C, when=Equals("rev", 1))]
    assert failed(store, *operations) == (0, 2)


def test_conditions_see_the_state_before_the_transaction(store: Store) -> None:
    store.transact([Put(item(A, rev=1), when=Absent()), Put(item(B, rev=1), when=Absent("rev"))])
    assert store.get(B) == item(B, rev=1)


def test_a_hundred_operations_are_one_transaction(store: Store) -> None:
    many = [Put(item(Key("P", f"{n:03}"), n=n)) for n in range(100)]
    store.transact(many)
    assert len(store.query(Query("P")).items) == 100
    with pytest.raises(ValueError, match="100"):
        store.transact([*many, Put(item(A))])


def test_the_same_key_twice_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="twice"):
        store.transact([Put(item(A)), Check(A, Absent())])
    assert store.get(A) is None


def test_nothing_to_do_is_done(store: Store) -> None:
    store.transact([])


IMPOSSIBLE = [
    Put({"pk": "", "sk": "1"}),
    Put({"pk": "A", "sk": ""}),
    Put({"pk": "x" * 2049, "sk": "1"}),
    Put({"pk": "A", "sk": "x" * 1025}),
    Put(item(A, gsi1pk="", gsi1sk="1")),
    Put(item(A, gsi2pk="G", gsi2sk=5)),
    Update(A),
    Update(A, {"x": 1}, remove=("x",)),
    Update(A, {"pk": "B"}),
    Update(A, {"gsi1sk": ""}),
]


def test_what_no_table_can_hold_is_refused(store: Store) -> None:
    for operation in IMPOSSIBLE:
        with pytest.raises(ValueError):
            store.transact([operation])


def test_an_item_may_have_400_kilobytes_and_no_more(store: Store) -> None:
    store.transact([Put(item(A, text="x" * 400_000))])
    with pytest.raises(ValueError, match="409600"):
        store.transact([Put(item(B, text="é" * 210_000))])
    with pytest.raises(ValueError, match=r"(?i)size|bytes"):
        store.transact([Update(A, {"more": "x" * 20_000})])
    assert store.get(A) == item(A, text="x" * 400_000)
    assert store.get(B) is None


def test_a_refusal_shows_what_stands_there(store: Store) -> None:
    store.transact([Put(item(A, rev=3, of={"any": ["kind"]}))])
    with pytest.raises(StaleWrite) as caught:
        store.transact(
            [Put(item(C)), Put(item(A), when=Absent()), Update(B, {"x": 1}, when=Equals("rev", 1))]
        )
    assert (caught.value.failed, caught.value.found) == ((1, 2), {1: item(A, rev=3, of={"any": ["kind"]})})


def test_a_repeated_token_does_nothing(store: Store, moto: bool) -> None:
    if moto:
        pytest.skip("moto ignores request tokens")
    once = [Put(item(A, n=1), when=Absent()), Put(item(B))]
    store.transact(once, token="request-1")
    store.transact([Update(A, {"n": 2})])
    store.transact(once, token="request-1")
    assert store.get(A) == item(A, n=2)


def test_a_token_of_a_refused_transaction_is_still_good(store: Store) -> None:
    store.transact([Put(item(A))])
    once = [Put(item(A, n=1), when=Absent()), Put(item(B))]
    assert failed(store, *once, token="request-2") == (0,)
    store.transact([Delete(A)])
    store.transact(once, token="request-2")
    assert store.get(A) == item(A, n=1)


def test_other_operations_under_the_same_token_are_judged_by_their_conditions(store: Store) -> None:
    store.transact([Put(item(A, n=1), when=Absent())], token="request-3")
    assert failed(store, Put(item(A, n=2), when=Absent()), token="request-3") == (0,)


# --- queries ---------------------------------------------------------------------------------------------------


def numbers(store: Store, query: Query) -> list[int]:
    return [i["n"] for i in store.query(query).items]


def every_page(store: Store, query: Query) -> list[list[int]]:
    pages, cursor = [], None
    while True:
        found = store.query(replace(query, cursor=cursor))
        pages.append([i["n"] for i in found.items])
        if not (cursor := found.cursor):
            return pages


@pytest.fixture
def filled(store: Store) -> Store:
    """Ten items of one partition, 0..9 by sort key, in gsi2 the other way round; and one elsewhere."""
    rows = [
        item(Key("P", f"S#{n}"), n=n, gsi2pk="G", gsi2sk=f"T#{9 - n}") for n in (3, 1, 4, 0, 5, 9, 2, 6, 8, 7)
    ]
    store.transact([Put(row) for row in rows] + [Put(item(Key("Q", "S#0"), n=100, gsi2pk="H", gsi2sk="T#0"))])
    return store


@pytest.mark.parametrize("index", [None, "gsi2"])
def test_a_partition_is_in_sort_key_order(filled: Store, index: str | None) -> None:
    query = Query("G" if index else "P", index)  # type: ignore[arg-type] # a literal
    up = list(range(10))
    assert numbers(filled, query) == (up[::-1] if index else up)
    backwards = Query(query.pk, query.index, backwards=True)
    assert numbers(filled, backwards) == (up if index else up[::-1])


BOUNDED = [
    (Query("P", low="S#7"), [7, 8, 9]),
    (Query("P", high="S#2"), [0, 1, 2]),
    (Query("P", low="S#3", high="S#5"), [3, 4, 5]),
    (Query("P", low="S#35", high="S#55"), [4, 5]),
    (Query("P", low="S#5", high="S#3"), []),
    (Query("P", prefix="S#"), list(range(10))),
    (Query("P", prefix="S#4"), [4]),
    (Query("P", prefix="S#", low="S#8"), [8, 9]),
    (Query("P", prefix="S#", high="S#1"), [0, 1]),
    (Query("P", prefix="T"), []),
    (Query("nobody"), []),
    (Query("G", "gsi2", low="T#8"), [1, 0]),
    (Query("G", "gsi2", prefix="T#", high="T#1", backwards=True), [8, 9]),
    (Query("G", "gsi1"), []),
]


def test_a_query_has_bounds_on_the_sort_key(filled: Store) -> None:
    for query, expected in BOUNDED:
        assert numbers(filled, query) == expected, query


@pytest.mark.parametrize("limit", [1, 3, 5, 10, 11])
def test_a_cursor_continues_where_the_page_ended(filled: Store, limit: int) -> None:
    up = list(range(10))
    for query, expected in (
        (Query("P", limit=limit), up),
        (Query("P", limit=limit, backwards=True), up[::-1]),
        (Query("G", "gsi2", limit=limit), up[::-1]),
        (Query("G", "gsi2", limit=limit, backwards=True), up),
    ):
        pages = every_page(filled, query)
        assert list(chain(*pages)) == expected, query
        assert all(len(page) == limit for page in pages[:-1]), query
        assert pages[-1], query  # the last page says so itself


def test_a_cursor_keeps_its_place_among_equal_index_keys(store: Store) -> None:
    store.transact([Put(item(Key(f"P{n % 3}", f"{n}"), n=n, gsi1pk="G", gsi1sk="same")) for n in range(9)])
    for backwards in (False, True):
        pages = every_page(store, Query("G", "gsi1", limit=2, backwards=backwards))
        assert sorted(chain(*pages)) == list(range(9))


def test_a_cursor_outlives_the_item_it_ended_on(filled: Store) -> None:
    first = filled.query(Query("P", limit=4))
    filled.transact([Delete(Key("P", "S#3"))])
    assert numbers(filled, Query("P", cursor=first.cursor)) == [4, 5, 6, 7, 8, 9]


def test_a_cursor_keeps_the_bounds(filled: Store) -> None:
    assert every_page(filled, Query("P", low="S#2", high="S#6", limit=2)) == [[2, 3], [4, 5], [6]]


def test_a_cursor_no_query_gave_is_refused(filled: Store) -> None:
    for cursor in ("x", "e30=", "WzFd", "!!!"):
        with pytest.raises(ValueError):
            filled.query(Query("P", cursor=cursor))


def test_sort_keys_order_by_code_point(store: Store) -> None:
    names = ["Zoe", "adam", "zoe", "Émile", "ключ", "🦊", "a", "a#", "a b"]
    store.transact([Put(item(Key("P", name), n=n)) for n, name in enumerate(names)])
    assert [i["sk"] for i in store.query(Query("P")).items] == sorted(names)
    assert [i["sk"] for i in store.query(Query("P", prefix="a")).items] == ["a", "a b", "a#", "adam"]


def test_a_query_sees_what_was_just_written(store: Store) -> None:
    for n in range(5):
        store.transact([Put(item(Key("P", str(n)), n=n))])
        assert numbers(store, Query("P", backwards=True, limit=1)) == [n]


def test_large_items_come_in_several_answers_of_the_database(store: Store) -> None:
    """DynamoDB answers a megabyte at a time; the store goes on until it has what was asked for."""
    for n in range(7):
        store.transact([Put(item(Key("P", str(n)), n=n, text="x" * 300_000))])
    assert numbers(store, Query("P")) == list(range(7))
