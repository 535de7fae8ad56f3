"""`frontdesk read`: what a text asks for, as JSON; one from standard input, or a batch of JSON lines."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import datetime, timezone, tzinfo
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from handlers.domain.reading import Grammar
from handlers.domain.request import Reading
from handlers.domain.rules import load
from handlers.domain.rules.source import decode

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(
    epilog='IN.jsonl has one object a line: {"id": "a1", "text": "...", "at": "2026-05-01T09:00:00"} and, if you '
    'like, "tz" and "day_first"; OUT.jsonl gets {"id": "a1", ...reading} for each, in the same order.'
)
@click.option("--rules", "rules_file", type=FILE, required=True, metavar="FILE", help="the rules file")
@click.option("--at", metavar="ISO", help="when it was written; without offset, the business's wall time")
@click.option("--day-first", is_flag=True, help="5/6 is the 5th of June, whatever the business's country")
@click.option("--batch", type=FILE, metavar="IN.jsonl", help="read many, one JSON object a line")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), metavar="OUT.jsonl", help="for --batch"
)
def command(rules_file: Path, at: str | None, day_first: bool, batch: Path | None, out: Path | None) -> None:
    """Read requests: service, date, time, party and contact, each with its quote.

    The text comes from standard input: frontdesk read --rules rules.yml --at 2026-05-01T09:00 < mail.txt
    """
    grammar = Grammar.of(load(decode(rules_file.read_bytes())))
    habit = True if day_first else None
    if batch is None:
        if at is None:
            raise click.UsageError("say when the text was written: --at 2026-05-01T09:00")
        text = sys.stdin.buffer.read().decode("utf-8", errors="replace")
        reading = grammar.read(text, _wall(grammar, at, "--at"), day_first=habit)
        click.echo(json.dumps(reading.model_dump(mode="json"), ensure_ascii=False, indent=1))
        return
    answers = _answers(grammar, batch, at, habit)
    if out is None:
        for answer in answers:
            click.echo(answer, nl=False)
        return
    with out.open("w", encoding="utf-8") as target:
        target.writelines(answers)


def _answers(grammar: Grammar, batch: Path, at: str | None, habit: bool | None) -> Iterator[str]:
    with batch.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield _answer(grammar, line, f"{batch}:{number}", at, habit)


def _answer(grammar: Grammar, line: bytes, where: str, at: str | None, habit: bool | None) -> str:
    """One output line: the id, then the reading."""
    row = _row(line, where)
    wall = _wall(grammar, row.get("at") or at, where, row.get("tz"))
    reading: Reading = grammar.read(row["text"], wall, day_first=row.get("day_first", habit))
    return f'{{"id":{json.dumps(row["id"], ensure_ascii=False)},{reading.model_dump_json()[1:]}\n'


def _row(line: bytes, where: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as e:
        raise click.ClickException(f"{where}: this line is not JSON: {e}") from None
    if not isinstance(row, dict):
        raise click.ClickException(
            f'{where}: write an object like {{"id": "a1", "text": "...", "at": "..."}}'
        )
    for key, kinds in (("id", (str, int)), ("text", (str,))):
        if not isinstance(row.get(key), kinds):
            raise click.ClickException(f'{where}: "{key}" is missing or not text')
    if not isinstance(row.get("day_first"), bool | None):
        raise click.ClickException(f'{where}: "day_first" must be true or false')
    return row


def _wall(grammar: Grammar, at: object, where: str, tz: object = None) -> datetime:
    """The wall time of the business, or of `tz` when a line names one."""
    if not isinstance(at, str):
        raise click.ClickException(f'{where}: "at" is missing; write a time like 2026-05-01T09:00:00')
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        raise click.ClickException(
            f"{where}: {at!r} is not a time; write one like 2026-05-01T09:00:00"
        ) from None
    if moment.tzinfo is None:
        return moment
    try:
        zone = _zone(tz) if isinstance(tz, str) and tz else grammar.rules.zone.info
        return moment.astimezone(zone).replace(tzinfo=None)
    except (ValueError, KeyError, OSError):
        raise click.ClickException(
            f"{where}: {tz!r} is not a time zone; write one like Europe/London"
        ) from None
    except OverflowError:
        raise click.ClickException(f"{where}: {at!r} is too far away") from None


@lru_cache(maxsize=256)
def _zone(name: str) -> tzinfo:
    """A tz database name, or an offset like -02:00."""
    if name[0] in "+-":
        offset = datetime.fromisoformat(f"2000-01-01T00:00:00{name}").utcoffset()
        if offset is not None:
            return timezone(offset)
    return ZoneInfo(name)
