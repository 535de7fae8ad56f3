from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import TemplateNotFound, UndefinedError

from handlers.adapters.pages import JinjaPages


@pytest.fixture
def pages(tmp_path: Path) -> JinjaPages:
    (tmp_path / "hello.html").write_text("<p title='{{ name }}'>{{ name }}</p>")
    (tmp_path / "hello.txt").write_text("Hello {{ name }}")
    return JinjaPages(str(tmp_path))


def test_every_value_is_escaped_in_html(pages: JinjaPages) -> None:
    assert "<script" not in pages.render("hello.html", name="<script>'\"&")
    assert "&#39;" in pages.render("hello.html", name="'")


def test_plain_text_stays_plain(pages: JinjaPages) -> None:
    assert pages.render("hello.txt", name="A & B <c>") == "Hello A & B <c>"


def test_a_missing_value_is_an_error(pages: JinjaPages) -> None:
    with pytest.raises(UndefinedError):
        pages.render("hello.html")


@pytest.mark.parametrize("name", ["none.html", "../pages.py", "/etc/passwd"])
def test_only_templates_of_the_folder_are_rendered(pages: JinjaPages, name: str) -> None:
    with pytest.raises(TemplateNotFound):
        pages.render(name)
