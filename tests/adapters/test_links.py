from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.adapters.signer import ItsdangerousSigner
from handlers.adapters.sqlite import SqliteStore
from handlers.domain.errors import LinkExpired, LinkInvalid, StaleWrite
from handlers.domain.links import ACTIONS, Action
from handlers.ports import Store
from handlers.services.links import Links
from tests.fakes import FakeClock, FakeIds

NOW = 1_777_960_800
HOUR = 3600
CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."


@pytest.fixture
def store() -> Store:
    return SqliteStore(":memory:")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
def links(store: Store, clock: FakeClock) -> Links:
    return Links(ItsdangerousSigner(["new"]), store, clock, FakeIds(), "https://desk.test/")


def token_of(url: str) -> str:
    assert url.startswith("https://desk.test/l/")
    return url.removeprefix("https://desk.test/l/")


@pytest.mark.parametrize("action", Action)
def test_a_link_says_what_it_may_do(links: Links, action: Action) -> None:
    link = links.open(token_of(links.url(action, "b1", NOW + HOUR, slot=2)))
    assert (link.action, link.subject, link.expires, link.data) == (action, "b1", NOW + HOUR, {"slot": 2})
    assert link.nonce


def test_every_action_has_a_letter_of_its_own() -> None:
    assert sorted(ACTIONS.values()) == sorted(Action)


def test_a_token_is_safe_in_an_address(links: Links) -> None:
    token = token_of(links.url(Action.PICK, "b1", NOW + HOUR, note="ä/+?&" * 30))
    assert set(token) <= set(CHARACTERS)


def test_an_expired_link_is_told_from_a_forged_one(links: Links, clock: FakeClock) -> None:
    token = token_of(links.url(Action.CANCEL, "b1", NOW + HOUR))
    clock.at = NOW + HOUR - 1
    links.open(token)
    clock.at = NOW + HOUR
    with pytest.raises(LinkExpired):
        links.open(token)
    with pytest.raises(LinkInvalid):
        links.open(token[:-2])


def test_a_link_is_good_for_its_own_action_only(links: Links) -> None:
    token = token_of(links.url(Action.VIEW, "b1", NOW + HOUR))
    for letter in ACTIONS:
        if letter != token[0]:
            with pytest.raises(LinkInvalid):
                links.open(letter + token[1:])


def test_every_cut_is_noticed(links: Links) -> None:
    token = token_of(links.url(Action.CONFIRM, "b1", NOW + HOUR))
    for length in range(len(token)):
        with pytest.raises(LinkInvalid):
            links.open(token[:length])


def test_a_signature_has_one_spelling(links: Links) -> None:
    token = token_of(links.url(Action.CONFIRM, "b1", NOW + HOUR))
    for other in set(CHARACTERS) - {token[-1]}:
        with pytest.raises(LinkInvalid):
            links.open(token[:-1] + other)


@given(st.data())
def test_every_changed_character_is_noticed(data: st.DataObject) -> None:
    links = Links(
        ItsdangerousSigner(["new"]), SqliteStore(":memory:"), FakeClock(NOW), FakeIds(), "https://desk.test"
    )
    token = token_of(links.url(Action.CONFIRM, "b1", NOW + HOUR, name="Ana"))
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from([c for c in CHARACTERS if c != token[place]]))
    with pytest.raises(LinkInvalid):
        links.open(token[:place] + other + token[place + 1 :])


@given(st.text(max_size=200))
def test_noise_is_never_a_link(noise: str) -> None:
    signer = ItsdangerousSigner(["new"])
    with pytest.raises(LinkInvalid):
        signer.open("pick", noise, NOW)


def test_a_token_beyond_reason_is_refused_unread() -> None:
    with pytest.raises(LinkInvalid):
        ItsdangerousSigner(["new"]).open("pick", "a" * 100_000, NOW)


def test_keys_rotate_without_breaking_links_that_are_out(store: Store, clock: FakeClock) -> None:
    def desk(*keys: str) -> Links:
        return Links(ItsdangerousSigner(list(keys)), store, clock, FakeIds(), "https://desk.test")

    old = token_of(desk("old").url(Action.PICK, "b1", NOW + HOUR))
    assert desk("new", "old").open(old).subject == "b1"
    fresh = token_of(desk("new", "old").url(Action.PICK, "b2", NOW + HOUR))
    assert desk("new").open(fresh).subject == "b2"
    with pytest.raises(LinkInvalid):
        desk("new").open(old)
    with pytest.raises(LinkInvalid):
        desk("old").open(fresh)


@pytest.mark.parametrize("keys", [[], [""]])
def test_there_is_no_signing_without_a_key(keys: list[str]) -> None:
    with pytest.raises(ValueError, match="key"):
        ItsdangerousSigner(keys)


def test_a_link_is_spent_once(links: Links, store: Store) -> None:
    link = links.open(token_of(links.url(Action.CANCEL, "b1", NOW + HOUR)))
    other = links.open(token_of(links.url(Action.CANCEL, "b1", NOW + HOUR)))
    assert not links.spent(link)
    store.transact([links.spend(link)])
    assert links.spent(link)
    assert not links.spent(other)
    with pytest.raises(StaleWrite) as caught:
        store.transact([links.spend(link)])
    assert caught.value.failed == (0,)


def test_opening_a_link_changes_nothing(links: Links) -> None:
    token = token_of(links.url(Action.CANCEL, "b1", NOW + HOUR))
    assert links.open(token) == links.open(token)
    assert not links.spent(links.open(token))


def test_a_short_link_leads_to_the_long_one_until_it_expires(links: Links, clock: FakeClock) -> None:
    url = links.url(Action.CONFIRM, "b1", NOW + HOUR)
    short = links.short(url, NOW + HOUR)
    assert len(short) < 45
    id_ = short.removeprefix("https://desk.test/t/")
    assert links.follow(id_) == url
    clock.at += HOUR
    with pytest.raises(LinkExpired):
        links.follow(id_)


@pytest.mark.parametrize("id_", ["", "nothing", "../x", "a#b"])
def test_an_unknown_short_link_is_invalid(links: Links, id_: str) -> None:
    with pytest.raises(LinkInvalid):
        links.follow(id_)
