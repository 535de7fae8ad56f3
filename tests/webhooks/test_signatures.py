from __future__ import annotations

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.adapters.signatures import TOLERANCE, HmacSignatures
from handlers.domain.errors import NotSigned
from tests.fakes import FakeClock

NOW = 1_777_960_800
BODY = b'{"id": "1"}'


def signatures(*secrets: str, at: int = NOW) -> HmacSignatures:
    return HmacSignatures(secrets or ("secret",), FakeClock(at))


def refused(header: str, body: bytes = BODY, ours: HmacSignatures | None = None) -> str:
    with pytest.raises(NotSigned) as error:
        (ours or signatures()).check(header, body)
    return error.value.reason


def test_it_is_the_hmac_of_time_dot_body() -> None:
    digest = hmac.new(b"secret", b"1777960800." + BODY, hashlib.sha256).hexdigest()
    assert signatures().sign(BODY) == f"t=1777960800,v1={digest}"
    signatures().check(f"t=1777960800, v1={digest.upper()}", BODY)


@given(st.binary(), st.binary())
def test_only_the_same_bytes_pass(body: bytes, other: bytes) -> None:
    header = signatures().sign(body)
    signatures().check(header, body)
    if other != body:
        assert refused(header, other) == "mismatch"


@pytest.mark.parametrize("off", [TOLERANCE, -TOLERANCE])
def test_five_minutes_either_way_and_no_more(off: int) -> None:
    header = signatures(at=NOW + off).sign(BODY)
    signatures().check(header, BODY)
    one = off // TOLERANCE
    assert refused(signatures(at=NOW + off + one).sign(BODY)) == "stale"


def test_the_time_is_part_of_what_is_signed() -> None:
    header = signatures(at=NOW - 3600).sign(BODY)
    assert refused(header.replace(str(NOW - 3600), str(NOW))) == "mismatch"


def test_two_secrets_live_while_one_is_changed() -> None:
    old, new = signatures("old").sign(BODY), signatures("new").sign(BODY)
    both = signatures("new", "old")
    both.check(old, BODY)
    both.check(new, BODY)
    assert both.sign(BODY) == new
    assert refused(old, ours=signatures("new")) == "mismatch"
    sent = f"{old},{new.partition(',')[2]}"  # the sender signs with both
    signatures("new").check(sent, BODY)
    signatures("old").check(sent, BODY)
    assert refused(sent, ours=signatures("other")) == "mismatch"


def test_without_a_secret_nothing_is_signed_and_nothing_accepted() -> None:
    empty = hmac.new(b"", f"{NOW}.".encode() + BODY, hashlib.sha256).hexdigest()
    for none in (HmacSignatures((), FakeClock(NOW)), HmacSignatures(("",), FakeClock(NOW))):
        assert refused(f"t={NOW},v1={empty}", ours=none) == "off"
        with pytest.raises(NotSigned):
            none.sign(BODY)


@pytest.mark.parametrize(
    "header",
    [
        "x",
        "t=,v1=",
        f"t={NOW}",
        "v1=" + "0" * 64,
        f"t={NOW},v1=" + "0" * 63,
        f"t={NOW},v1=" + "g" * 64,
        f"t=-{NOW},v1=" + "0" * 64,
        f"t={NOW}.5,v1=" + "0" * 64,
        f"t={NOW},v0=" + "0" * 64,
        f"t={NOW},t={NOW},v1=" + "0" * 64,
        f"t={NOW}" + (",v1=" + "0" * 64) * 9,
        f"t=٤,v1={'0' * 64}",
        "t=" + "9" * 400 + ",v1=" + "0" * 64,
    ],
)
def test_a_header_that_is_none_is_refused(header: str) -> None:
    assert refused(header) == "malformed"
    assert refused("") == "missing"
