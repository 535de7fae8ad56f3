"""Items, conditions and operations as DynamoDB's API writes them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

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
    Operation,
    Put,
    Update,
)

Wire = dict[str, Any]
"""A value (`{"S": "text"}`), an item or a request as the API has it."""


def from_wire(image: Mapping[str, Any]) -> Item:
    """An item as DynamoDB (and its stream) writes it, in plain values."""
    return {name: _plain(value) for name, value in image.items()}


def _plain(value: Mapping[str, Any]) -> Any:
    ((kind, held),) = value.items()
    match kind:
        case "N":
            number = Decimal(held)
            return int(number) if number == number.to_integral_value() else float(number)
        case "NULL":
            return None
        case "L":
            return [_plain(v) for v in held]
        case "M":
            return from_wire(held)
        case _:
            return held


def to_wire(value: Any) -> Wire:
    match value:
        case None:
            return {"NULL": True}
        case bool():
            return {"BOOL": value}
        case str():
            return {"S": value}
        case int() | float():
            return {"N": _number(value)}
        case dict():
            return {"M": {name: to_wire(v) for name, v in value.items()}}
        case _:
            return {"L": [to_wire(v) for v in value]}


def _number(value: float) -> str:
    """Exact: a whole float goes by its digits, as 1e23 is not the integer 10**23."""
    return repr(value) if isinstance(value, float) and not value.is_integer() else str(int(value))


def key_to_wire(key: Key) -> Wire:
    return {"pk": {"S": key.pk}, "sk": {"S": key.sk}}


class _Words:
    """The names and values of one request's expressions, under placeholders."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.values: dict[str, Wire] = {}

    def name(self, attribute: str) -> str:
        return self.names.setdefault(attribute, f"#n{len(self.names)}")

    def value(self, value: Any) -> str:
        place = f":v{len(self.values)}"
        self.values[place] = to_wire(value)
        return place

    def condition(self, condition: Condition) -> str:
        match condition:
            case Absent(attribute):
                return f"attribute_not_exists({self.name(attribute or 'pk')})"
            case Equals(attribute, value):
                return f"{self.name(attribute)} = {self.value(value)}"
            case Less(attribute, value):
                return f"{self.name(attribute)} < {self.value(value)}"
            case AllOf(()):
                return self._always("OR")
            case AnyOf(()):
                return self._always("AND")
            case AllOf(of) | AnyOf(of):
                word = " AND " if isinstance(condition, AllOf) else " OR "
                return "(" + word.join(map(self.condition, of)) + ")"

    def _always(self, word: str) -> str:
        pk = self.name("pk")
        return f"(attribute_exists({pk}) {word} attribute_not_exists({pk}))"

    def request(self) -> Wire:
        names = {"ExpressionAttributeNames": {place: name for name, place in self.names.items()}}
        return (names if self.names else {}) | (
            {"ExpressionAttributeValues": self.values} if self.values else {}
        )


def action(table: str, operation: Operation) -> Wire:
    """One entry of `TransactItems`: `{"Put": {...}}`."""
    words = _Words()
    request: Wire = {"TableName": table}
    if operation.when is not None:
        request["ConditionExpression"] = words.condition(operation.when)
        request["ReturnValuesOnConditionCheckFailure"] = (
            "ALL_OLD"  # costs nothing, and saves the loser a read
        )
    match operation:
        case Put(item):
            name, request = "Put", request | {"Item": {n: to_wire(v) for n, v in item.items()}}
        case Update(key, changes, remove):
            sets = ", ".join(f"{words.name(n)} = {words.value(v)}" for n, v in changes.items())
            removes = ", ".join(map(words.name, remove))
            text = (f"SET {sets} " if sets else "") + (f"REMOVE {removes}" if removes else "")
            name, request = "Update", request | {"Key": key_to_wire(key), "UpdateExpression": text.strip()}
        case Delete(key):
            name, request = "Delete", request | {"Key": key_to_wire(key)}
        case Check(key):
            name, request = "ConditionCheck", request | {"Key": key_to_wire(key)}
    return {name: request | words.request()}
