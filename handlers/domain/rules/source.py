"""YAML text -> a small tree in which every key and value knows its line and column. Nothing is constructed from tags.

What an owner never needs is refused before it can cost anything: anchors and aliases, tags, several documents,
deep nesting, huge files. The tree is built from parser events without recursion.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, NamedTuple, NoReturn

import yaml

from handlers.domain.errors import Fault, RulesError

MAX_CHARS = 100_000
MAX_DEPTH = 12
MAX_NODES = 20_000

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_KINDS = {"timestamp": "date", "merge": "str", "value": "str", "yaml": "str"}
_UNPRINTABLE = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffc\U00010000-\U0010ffff]")


class Mark(NamedTuple):
    """A place in the file; both start at 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Scalar:
    """`kind` is what YAML makes of it: str, int, float, bool, null or date (always str when quoted)."""

    mark: Mark
    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class Sequence:
    mark: Mark
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Mapping:
    mark: Mark
    pairs: tuple[tuple[Scalar, Node], ...]


Node = Scalar | Sequence | Mapping


@dataclass(slots=True)
class _Open:
    mark: Mark
    mapping: bool
    children: list[Node] = field(default_factory=list)


def decode(raw: bytes) -> str:
    """The text of a rules file. Raises RulesError at the first byte that is not UTF-8."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as e:
        before = raw[: e.start]
        column = e.start - (before.rfind(b"\n") + 1) + 1
        message = "this character is not UTF-8; save the file as UTF-8 text"
        raise RulesError([Fault(before.count(b"\n") + 1, column, message)]) from None


def parse(text: str) -> tuple[Mapping, list[Fault]]:
    """The tree, and the duplicate keys found in it. Raises RulesError when there is no tree to speak of."""
    text = text.removeprefix("\ufeff")
    if len(text) > MAX_CHARS:
        _refuse(Mark(1, 1), f"the file is too large ({len(text)} characters); keep it under {MAX_CHARS}")
    if odd := _UNPRINTABLE.search(text):
        lost = "a character was lost here; type it again and save the file as UTF-8 text"
        hidden = "an invisible control character stands here; delete it"
        _refuse(_place(text, odd.start()), lost if odd[0] == "\ufffd" else hidden)
    if (size := len(text.encode())) > MAX_CHARS:
        _refuse(Mark(1, 1), f"the file is too large ({size} bytes); keep it under {MAX_CHARS}")
    faults: list[Fault] = []
    try:
        root = _build(text, faults)
    except yaml.MarkedYAMLError as e:
        raise RulesError([*faults, _syntax_fault(e, text)]) from None
    if root is None or (isinstance(root, Scalar) and root.kind == "null"):
        _refuse(Mark(1, 1), "the file is empty; begin with `version: 1` and `business:`")
    if not isinstance(root, Mapping):
        _refuse(root.mark, "write keys and values, beginning with `version: 1` and `business:`")
    return root, faults


def _build(text: str, faults: list[Fault]) -> Node | None:
    stack: list[_Open] = []
    root: Node | None = None
    documents = nodes = 0
    event: Any
    for event in yaml.parse(text, Loader=_LOADER):
        mark = Mark(event.start_mark.line + 1, event.start_mark.column + 1)
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                _refuse(mark, "a second document begins here; keep one, and delete the line `---`")
        elif isinstance(event, yaml.NodeEvent):
            nodes += 1
            if nodes > MAX_NODES or len(stack) >= MAX_DEPTH:
                _refuse(mark, "this is nested too deeply or too long for a rules file; make it simpler")
            _allow(event, mark)
            if isinstance(event, yaml.CollectionStartEvent):
                stack.append(_Open(mark, mapping=isinstance(event, yaml.MappingStartEvent)))
            else:
                root = _add(stack, _scalar(event, mark))
        elif isinstance(event, yaml.CollectionEndEvent):
            root = _add(stack, _close(stack.pop(), faults))
    return root


def _allow(event: Any, mark: Mark) -> None:
    """Refuses what a rules file never needs."""
    if isinstance(event, yaml.AliasEvent) or event.anchor:
        _refuse(mark, "anchors (&) and aliases (*) are not allowed; write the value out, or in quotes")
    if event.tag:
        _refuse(mark, "tags (!) are not allowed; put the text in quotes")
    quote = getattr(event, "style", None) in ("'", '"')
    if quote and event.start_mark.line != event.end_mark.line:
        _refuse(mark, "a quote opens here and is never closed on its line; close it (long text goes under |)")


def _scalar(event: Any, mark: Mark) -> Scalar:
    return Scalar(mark, event.value, _kind(event.value, plain=event.implicit[0]))


def _add(stack: list[_Open], node: Node) -> Node:
    if stack:
        stack[-1].children.append(node)
    return node


def _close(opened: _Open, faults: list[Fault]) -> Node:
    if not opened.mapping:
        return Sequence(opened.mark, tuple(opened.children))
    pairs: dict[str, tuple[Scalar, Node]] = {}
    for key, value in zip(opened.children[::2], opened.children[1::2], strict=True):
        if not isinstance(key, Scalar):
            faults.append(Fault(*key.mark, "a key must be one word; put text with braces in quotes"))
        elif key.text in pairs:
            line = pairs[key.text][0].mark.line
            message = f'"{key.text}" is here twice (first on line {line}); keep one of them'
            faults.append(Fault(*key.mark, message))
        else:
            pairs[key.text] = (key, value)
    return Mapping(opened.mark, tuple(pairs.values()))


def _kind(text: str, *, plain: bool) -> str:
    if not plain:
        return "str"
    resolvers = yaml.SafeLoader.yaml_implicit_resolvers
    for tag, pattern in resolvers.get(text[:1], ()):
        if pattern.match(text):
            kind = str(tag).rpartition(":")[2]
            return _KINDS.get(kind, kind)
    return "str"


def _refuse(mark: Mark, message: str) -> NoReturn:
    raise RulesError([Fault(*mark, message)])


def _place(text: str, index: int) -> Mark:
    before = text[:index]
    return Mark(before.count("\n") + 1, index - before.rfind("\n"))


def _syntax_fault(error: yaml.MarkedYAMLError, text: str) -> Fault:
    """One plain sentence for what the parser stumbled over."""
    problem, context = error.problem or "", error.context or ""
    here = error.problem_mark or error.context_mark
    began = error.context_mark or here
    if here is None or began is None:
        return Fault(1, 1, f"this is not valid YAML: {problem}")
    lines = text.splitlines() or [""]
    line = lines[here.line] if here.line < len(lines) else ""
    char = line[here.column : here.column + 1]
    if "\t" in line[: len(line) - len(line.lstrip())]:
        return Fault(here.line + 1, line.index("\t") + 1, "indent with spaces, not with tabs")
    if "quoted scalar" in context and "escape" not in problem:
        return Fault(began.line + 1, began.column + 1, "a quote opens here and is never closed; close it")
    for bracket, name in (("]", "a list opens here with ["), ("}", "a group opens here with {")):
        if f"',' or '{bracket}'" in problem or ("flow" in context and bracket in problem):
            message = f"{name}: a comma or the closing {bracket} is missing"
            return Fault(began.line + 1, began.column + 1, message)
    return Fault(here.line + 1, here.column + 1, _sentence(problem, context, char))


_SENTENCES = (
    ("cannot start any token", 'text that begins with {char} must stand in quotes, like "{char}..."'),
    (
        "mapping values are not allowed",
        'a ":" is not expected here; put text that has a colon in quotes, and check the indentation',
    ),
    ("expected ':'", 'a ":" is missing after this key'),
    ("escape", "a backslash inside double quotes is special; use single quotes"),
    ("block", "this does not line up with the lines above; check the indentation and the quotes"),
    ("expected key", "this does not line up with the lines above; check the indentation and the quotes"),
    ("alias", "text that begins with {char} must stand in quotes"),
    ("anchor", "text that begins with {char} must stand in quotes"),
)


def _sentence(problem: str, context: str, char: str) -> str:
    for words, sentence in _SENTENCES:
        if words in problem or words in context:
            return sentence.replace("{char}", char or "*")
    return f"this is not valid YAML ({problem}); check quotes, brackets and indentation"
