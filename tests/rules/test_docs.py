"""The owner's page names every key and template, and its example is valid."""

from __future__ import annotations

from pathlib import Path

import pytest

from handlers.domain.rules import load
from handlers.domain.rules.layout import FILE
from handlers.domain.rules.voice import TEMPLATES

PAGE = (Path(__file__).parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")


def keys_of(schema):
    for key, inner in schema.get("properties", {}).items():
        yield key
        yield from keys_of(inner)
    for held in ("items", "additionalProperties"):
        if isinstance(schema.get(held), dict):
            yield from keys_of(schema[held])
    for one in schema.get("anyOf", []):
        yield from keys_of(one)


@pytest.mark.parametrize("key", sorted({*keys_of(FILE.schema()), *TEMPLATES}))
def test_the_page_names_the_key(key):
    assert f"`{key}`" in PAGE or f"`{{{key}: ..." in PAGE


def test_every_name_a_template_may_use_is_on_the_page():
    section = PAGE[PAGE.index("### Voice") :]
    assert all(name in section for t in TEMPLATES.values() for name in t.fields)


def test_the_example_on_the_page_is_valid():
    example = PAGE[PAGE.index("```yaml") + 7 :]
    assert load(example[: example.index("```")]).business.name == "Fig Studio"
