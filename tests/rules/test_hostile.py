"""Files made to hurt are refused quickly, with a fault, and nothing in them ever runs."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.domain.rules import load
from tests.rules.sample import GOOD, faults

SECONDS = 10
"""Of CPU time: a bomb takes minutes, an honest refusal a fraction of one."""

LAUGHS = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{c}: &{c} [{','.join(['*' + p] * 9)}]\n" for p, c in zip("abcdefgh", "bcdefghi", strict=True)
)
HOSTILE = {
    "billion laughs": LAUGHS,
    "merge keys": "x: &x {a: 1}\ny: {<<: *x}\n",
    "deep lists": "[" * 90_000,
    "deep maps": "{a: " * 20_000,
    "deep blocks": "".join(" " * n + "a:\n" for n in range(400)),
    "deep dashes": "- " * 40_000,
    "deep question marks": "? " * 40_000,
    "huge": "a: b\n" * 1_000_000,
    "huge in bytes": 'a: "' + "\N{GRINNING FACE}" * 40_000 + '"',
    "many nodes": "a: [" + "1," * 49_000 + "]",
    "many keys": "".join(f"k{n}: 1\n" for n in range(9_000)),
    "many faults": GOOD + "voice2: {" + ",".join(f"a{n}: 1" for n in range(5_000)) + "}\n",
    "long number": "version: " + "9" * 90_000,
    "long quotes": 'business: "' + "\\u0041" * 15_000,
    "python object": "!!python/object/apply:os.system [echo hacked]",
    "python name": "version: !!python/name:os.system",
    "binary": "version: !!binary aGVsbG8=",
    "nul": "version: 1\x00",
    "lone surrogate": "version: \ud800",
    "many documents": "---\na: 1\n" * 10_000,
    "alias to itself": "a: &a [*a]",
    "list as key": "? [a, b]\n: 1\n",
    "many braces": GOOD.replace('"Booked: {service} at {time}."', '"' + "{" * 1_900 + '"'),
    "spaces before a colon": "a" + " " * 90_000 + "b: c: d",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_bounded_time(name):
    began = time.process_time()
    found = faults(HOSTILE[name])
    assert found
    assert all(f.line >= 1 and f.column >= 1 and f.message for f in found)
    assert time.process_time() - began < SECONDS


@settings(deadline=None, max_examples=150)
@given(st.text(alphabet="abz019:-[]{}&*!|>'\"#%@`,?~ \n\t\\", max_size=200))
def test_any_text_is_rules_or_faults(text):
    assert faults(text) or load(text).services


@settings(deadline=None, max_examples=150)
@given(st.integers(0, len(GOOD) - 1), st.integers(0, 12), st.text(max_size=6))
def test_any_small_edit_is_rules_or_faults(at, cut, put):
    text = GOOD[:at] + put + GOOD[at + cut :]
    assert all(f.message and f.line <= len(text.split("\n")) + 1 for f in faults(text))


@pytest.mark.parametrize("name", ["deep lists", "deep maps", "deep blocks", "deep dashes", "many nodes"])
def test_depth_and_length_stop_the_reading_itself(name):
    (fault,) = faults(HOSTILE[name])
    assert "nested too deeply or too long" in fault.message
