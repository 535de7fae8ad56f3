"""The kinds of values a rules file is made of. Each reads a marked node and reports faults; each knows its JSON Schema.

A value with a fault reads as `BAD` and is left out of what holds it, so one fault never hides another.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Protocol

from handlers.domain.errors import Fault
from handlers.domain.rules.source import Mapping, Mark, Node, Scalar, Sequence

Path = tuple[str | int, ...]
Schema = dict[str, Any]
BAD: Any = object()


@dataclass
class Report:
    """Faults so far, and where every value and key that was read stands."""

    faults: list[Fault] = field(default_factory=list)
    values: dict[Path, Mark] = field(default_factory=dict)
    keys: dict[Path, Mark] = field(default_factory=dict)

    def fault(self, where: Mark, message: str) -> Any:
        self.faults.append(Fault(where.line, where.column, message))
        return BAD

    def at(self, *path: str | int) -> Mark:
        """Where this value stands, or else the nearest thing that holds it."""
        while path and path not in self.values:
            path = path[:-1]
        return self.values[path]

    def key(self, *path: str | int) -> Mark:
        return self.keys.get(path) or self.at(*path)


class Kind(Protocol):
    def read(self, node: Node, path: Path, report: Report) -> Any: ...

    def schema(self) -> Schema: ...


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`did you mean "jess"?`, or the words to choose from; "" when there are none."""
    names = list(known)
    if close := get_close_matches(word.lower(), names, n=1, cutoff=0.6):
        return f'did you mean "{close[0]}"?'
    return f"write one of: {', '.join(names)}" if names else ""


def quoted(text: str) -> str:
    short = text if len(text) <= 40 else text[:37] + "..."
    return f'"{short}"'


@dataclass(frozen=True)
class Word:
    """Text that `parse` accepts; it raises ValueError saying what to write. `takes` = further YAML kinds it may look like."""

    parse: Callable[[str], Any]
    hint: str
    json: Schema = field(default_factory=dict)
    takes: tuple[str, ...] = ()

    def read(self, node: Node, path: Path, report: Report) -> Any:  # noqa: ARG002 - one signature for all kinds
        if not isinstance(node, Scalar) or node.kind == "null":
            return report.fault(node.mark, self.hint)
        if node.kind not in ("str", *self.takes):
            return report.fault(node.mark, _write_quotes(node, self.hint))
        try:
            return self.parse(node.text)
        except ValueError as e:
            return report.fault(node.mark, str(e))

    def schema(self) -> Schema:
        return {"type": "string", **self.json}


def _write_quotes(node: Scalar, hint: str) -> str:
    if node.kind == "bool":
        return (
            f"{node.text} without quotes means true or false; if you mean the word, write {quoted(node.text)}"
        )
    if node.kind == "int" and ":" in node.text:
        return f"{node.text} without quotes is read as a number; write {quoted(node.text)} in quotes"
    article = "a date" if node.kind == "date" else "a number"
    return f"{quoted(node.text)[1:-1]} is read as {article}; {hint}"


@dataclass(frozen=True)
class Number:
    low: float
    high: float
    whole: bool = True

    def read(self, node: Node, path: Path, report: Report) -> Any:  # noqa: ARG002 - one signature for all kinds
        pattern = r"-?[0-9]{1,9}" if self.whole else r"-?[0-9]{1,9}(\.[0-9]{1,6})?"
        plain = isinstance(node, Scalar) and node.kind in ("int", "float")
        if not isinstance(node, Scalar) or not plain or not re.fullmatch(pattern, node.text):
            unquote = isinstance(node, Scalar) and node.kind == "str" and re.fullmatch(pattern, node.text)
            tail = f", like {node.text} without quotes" if unquote and isinstance(node, Scalar) else ""
            return report.fault(node.mark, f"write {self._words()}{tail}")
        value = int(node.text) if self.whole else float(node.text)
        if not self.low <= value <= self.high:
            return report.fault(node.mark, f"{node.text} is out of range; write {self._words()}")
        return value

    def _words(self) -> str:
        return f"a {'whole ' if self.whole else ''}number from {_short(self.low)} to {_short(self.high)}"

    def schema(self) -> Schema:
        kind = "integer" if self.whole else "number"
        return {"type": kind, "minimum": self.low, "maximum": self.high}


def _short(number: float) -> str:
    return str(int(number)) if number == int(number) else str(number)


@dataclass(frozen=True)
class Choice:
    of: tuple[str, ...]

    def read(self, node: Node, path: Path, report: Report) -> Any:  # noqa: ARG002 - one signature for all kinds
        if isinstance(node, Scalar) and node.text in self.of and node.kind in ("str", "int"):
            return int(node.text) if node.kind == "int" else node.text
        said = f"{quoted(node.text)} is not known here; " if isinstance(node, Scalar) and node.text else ""
        text = node.text if isinstance(node, Scalar) else ""
        return report.fault(node.mark, said + did_you_mean(text, self.of))

    def schema(self) -> Schema:
        return {"enum": list(self.of)}


@dataclass(frozen=True)
class Flag:
    def read(self, node: Node, path: Path, report: Report) -> Any:  # noqa: ARG002 - one signature for all kinds
        if isinstance(node, Scalar) and node.kind == "bool" and node.text.lower() in _YES_NO:
            return _YES_NO[node.text.lower()]
        said = f"{quoted(node.text)} is not known here; " if isinstance(node, Scalar) and node.text else ""
        return report.fault(node.mark, said + "write true or false, without quotes")

    def schema(self) -> Schema:
        return {"type": "boolean"}


_YES_NO = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
"""What YAML 1.1 reads as a truth value."""


@dataclass(frozen=True)
class List:
    """`unique`: the same entry twice is a fault. `one`: a single entry may stand without brackets."""

    of: Kind
    hint: str
    least: int = 0
    unique: bool = True
    one: bool = False

    def read(self, node: Node, path: Path, report: Report) -> Any:
        if self.one and isinstance(node, Scalar) and node.kind != "null":
            value = self.of.read(node, path, report)
            return BAD if value is BAD else [value]
        if not isinstance(node, Sequence):
            return report.fault(node.mark, self.hint)
        if len(node.items) < self.least:
            return report.fault(node.mark, f"this is empty; {self.hint}")
        found: list[Any] = []
        for n, item in enumerate(node.items):
            here = (*path, n)
            report.values[here] = item.mark
            value = self.of.read(item, here, report)
            if self.unique and value is not BAD and value in found:
                text = quoted(item.text) if isinstance(item, Scalar) else "the same entry"
                report.fault(item.mark, f"{text} is here twice; keep one of them")
            found.append(value)
        return found

    def schema(self) -> Schema:
        many: Schema = {"type": "array", "items": self.of.schema()}
        if self.least:
            many["minItems"] = self.least
        if self.unique:
            many["uniqueItems"] = True
        return {"anyOf": [self.of.schema(), many]} if self.one else many


@dataclass(frozen=True)
class Field:
    kind: Kind
    doc: str
    required: bool = False


@dataclass(frozen=True)
class Group:
    """Known keys, each of its own kind."""

    fields: dict[str, Field]
    hint: str = "write keys and values here"

    def read(self, node: Node, path: Path, report: Report) -> Any:
        if not isinstance(node, Mapping):
            return report.fault(node.mark, self.hint)
        found: dict[str, Any] = {}
        meant = ""
        for key, value in node.pairs:
            here = (*path, key.text)
            if key.text not in self.fields:
                meant += did_you_mean(key.text, self.fields)
                report.fault(
                    key.mark, f"unknown key {quoted(key.text)}; {did_you_mean(key.text, self.fields)}"
                )
                continue
            report.keys[here], report.values[here] = key.mark, value.mark
            found[key.text] = self.fields[key.text].kind.read(value, here, report)
        for name, wanted in self.fields.items():
            if wanted.required and name not in found and f'did you mean "{name}"?' not in meant:
                report.fault(report.key(*path), f'"{name}" is missing; add it: {wanted.doc}')
        return {k: v for k, v in found.items() if v is not BAD}

    def schema(self) -> Schema:
        return {
            "type": "object",
            "properties": {k: {"description": f.doc, **f.kind.schema()} for k, f in self.fields.items()},
            "required": [k for k, f in self.fields.items() if f.required],
            "additionalProperties": False,
        }


@dataclass(frozen=True)
class Table:
    """Keys the owner makes up, all of one kind."""

    of: Kind
    hint: str
    least: int = 1
    pattern: str = r"^[a-z][a-z0-9_]{0,39}$"

    def read(self, node: Node, path: Path, report: Report) -> Any:
        if not isinstance(node, Mapping) or len(node.pairs) < self.least:
            return report.fault(node.mark, self.hint)
        found: dict[str, Any] = {}
        for key, value in node.pairs:
            here = (*path, key.text)
            report.keys[here], report.values[here] = key.mark, value.mark
            if not re.fullmatch(self.pattern, key.text):
                message = (
                    f"{quoted(key.text)} can't be a name here; use small letters, digits and _, like blow_dry"
                )
                report.fault(key.mark, message)
            found[key.text] = self.of.read(value, here, report)
        return found

    def schema(self) -> Schema:
        return {
            "type": "object",
            "propertyNames": {"pattern": self.pattern},
            "additionalProperties": self.of.schema(),
            "minProperties": self.least,
        }


@dataclass(frozen=True)
class Either:
    """One kind when the node is a mapping, another otherwise."""

    mapping: Kind
    other: Kind

    def read(self, node: Node, path: Path, report: Report) -> Any:
        return (self.mapping if isinstance(node, Mapping) else self.other).read(node, path, report)

    def schema(self) -> Schema:
        return {"anyOf": [self.other.schema(), self.mapping.schema()]}
