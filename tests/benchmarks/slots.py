"""The slot engine alone, on workloads: `python -m tests.benchmarks.slots WORK.json... [--out DIR] [--compare]`.

Prints one JSON line for each workload: `{"workload", "starts" (summed over staff), "median_ms"}`; with `--out DIR`
also writes `DIR/<name>.json` = `{"per": [[epoch, ...] per staff]}`. `--compare` adds, measured in the same run,
`cold_ms`, `sweep_ms` (the plain merged sweep below) and `brute_ms` (`data/slots/reference.py` beside the workload, or else the
brute force below), how the engine compares with each, and whether all three agree.

Timed is what the product does between "the calendars are read" and "these are the starts", in a process that has
searched these dates with these rules before, as a warm one has: opening hours are known as instants and laid out as a
grid; what depends on the calendars is worked out anew in every round. `cold_ms` is the same with nothing
known. The yardsticks get the same busy times, grouped and in order.
"""

from __future__ import annotations

import argparse
import gc
import importlib.util
import json
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from handlers.domain.availability.working import Working
from handlers.domain.rules.model import Rules

Work = dict[str, Any]
Starts = list[list[int]]
ROUNDS = 25
SERVICE = "visit"


@dataclass(frozen=True)
class Prepared:
    """A workload as the product holds it: rules, the dates to search, and each one's busy time in order."""

    rules: Rules
    days: list[date]
    busy: list[list[tuple[int, int]]]


def prepare(work: Work) -> Prepared:
    first = date.fromisoformat(work["start"])
    busy: list[list[tuple[int, int]]] = [[] for _ in range(work["staff"])]
    for who, start, end in work["busy"]:
        busy[who].append((start, end))
    for spans in busy:
        spans.sort()
    return Prepared(rules_of(work), [first + timedelta(n) for n in range(work["days"])], busy)


def rules_of(work: Work) -> Rules:
    """The workload as an owner would write it; its weekdays count from Sunday = 0."""
    hours = [h for h in (tuple(map(_minutes, h)) for h in work["hours"]) if h[0] < h[1]]
    week = {(d - 1) % 7: hours for d in work["dow"]}
    return Rules.model_validate(
        {
            "business": {
                "name": work["name"],
                "timezone": work["tz"],
                "inbox": "owner@example.com",
                "desk": "#desk",
            },
            "mail": {"requests": "requests@example.com"},
            "hours": {d: tuple(week.get(d, ())) for d in range(7)},
            "resources": {f"staff_{n}": {"name": f"Staff {n}"} for n in range(work["staff"])},
            "services": {
                SERVICE: {
                    "name": "Visit",
                    "minutes": work["duration"],
                    "buffer_before": work["buffer"],
                    "buffer_after": work["buffer"],
                    "resources": [f"staff_{n}" for n in range(work["staff"])],
                }
            },
            "booking": {"step": work["step"] * 60},
        }
    )


def _minutes(text: str) -> int:
    hour, _, minute = text.partition(":")
    return int(hour) * 60 + int(minute)


def engine(work: Prepared, working: Working | None = None) -> Starts:
    """The product's own code. `working` is what an earlier search with the same rules worked out."""
    working, service = working or Working(work.rules), work.rules.services[SERVICE]
    before, after = service.buffer_before * 60, (service.minutes + service.buffer_after) * 60
    return [
        working.grid(resource, work.days, service).free(busy, before, after)
        for resource, busy in zip(service.resources, work.busy, strict=True)
    ]


def plain_sweep(work: Work, busy: list[list[tuple[int, int]]]) -> Starts:
    """The yardstick: what a simple good algorithm costs. Merge each one's busy time, buffers added, then walk shifts
    and free gaps side by side, stepping along the grid. Right only where the clocks stand still during a shift."""
    zone = ZoneInfo(work["tz"])
    length, buffer, step = work["duration"] * 60, work["buffer"] * 60, work["step"] * 60
    first = date.fromisoformat(work["start"])
    shifts: list[tuple[int, int]] = []
    for n in range(work["days"]):
        day = first + timedelta(n)
        if day.isoweekday() % 7 in work["dow"]:
            shifts += ((_instant(day, a, zone), _instant(day, b, zone)) for a, b in work["hours"])
    found: Starts = []
    for spans in busy:
        blocks: list[list[int]] = []
        for start, end in spans:
            if blocks and start - buffer <= blocks[-1][1]:
                blocks[-1][1] = max(blocks[-1][1], end + buffer)
            else:
                blocks.append([start - buffer, end + buffer])
        starts: list[int] = []
        at = 0
        for opens, closes in shifts:
            while at < len(blocks) and blocks[at][1] <= opens:
                at += 1
            free_from, n = opens, at
            while free_from < closes:
                ahead = n < len(blocks) and blocks[n][0] < closes
                free_to = blocks[n][0] if ahead else closes
                starts += range(free_from + (opens - free_from) % step, free_to - length + 1, step)
                free_from = blocks[n][1] if ahead else closes
                n += 1
        found.append(starts)
    return found


def brute_force(work: Work) -> Starts:
    """Every instant of every local day, minute by minute, against every busy time. Slow on purpose: asks the zone what
    the wall shows at each minute instead of computing it."""
    zone = ZoneInfo(work["tz"])
    length, buffer = work["duration"] * 60, work["buffer"] * 60
    first = date.fromisoformat(work["start"])
    starts: list[int] = []
    for n in range(work["days"]):
        day = first + timedelta(n)
        if day.isoweekday() % 7 not in work["dow"]:
            continue
        for a, b in work["hours"]:
            low, high = _instant(day, a, zone), _instant(day, b, zone)
            for t in range(low, high - length + 1, 60):
                wall = datetime.fromtimestamp(t, UTC).astimezone(zone)
                minutes = wall.hour * 60 + wall.minute - _minutes(a)
                if wall.date() == day and minutes >= 0 and minutes % work["step"] == 0:
                    starts.append(t)
    busy: list[list[tuple[int, int]]] = [[] for _ in range(work["staff"])]
    for who, start, end in work["busy"]:
        busy[who].append((start, end))
    return [
        [t for t in starts if not any(a < t + length + buffer and b > t - buffer for a, b in spans)]
        for spans in busy
    ]


def _instant(day: date, text: str, zone: ZoneInfo) -> int:
    midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - the zone follows
    wall = midnight + timedelta(minutes=_minutes(text))
    return int(wall.replace(tzinfo=zone).timestamp())


def reference_of(file: Path) -> Callable[[Work], Starts]:
    """`slots` of the reference beside the workload, or the brute force here."""
    beside = file.with_name("reference.py")
    spec = importlib.util.spec_from_file_location("reference", beside) if beside.exists() else None
    if spec is None or spec.loader is None:
        return brute_force
    sys.dont_write_bytecode = True
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    slots: Callable[[Work], Starts] = module.slots
    return slots


def timed(act: Callable[[], object]) -> float:
    """Milliseconds of processor time: what other processes do meanwhile does not count."""
    gc.collect()
    started = time.process_time()
    act()
    return (time.process_time() - started) * 1000


def measure(file: Path, rounds: int, *, compare: bool) -> tuple[dict[str, Any], Starts, str]:
    work: Work = json.loads(file.read_text(encoding="utf-8"))
    ready = prepare(work)
    working = Working(ready.rules)
    found = engine(ready, working)
    own, cold, yardstick = [], [], []
    for _ in range(rounds):  # by turns, so that a busy machine slows all alike
        own.append(timed(lambda: engine(ready, working)))
        if compare:
            cold.append(timed(lambda: engine(ready)))
            yardstick.append(timed(lambda: plain_sweep(work, ready.busy)))
    median = statistics.median(own)
    line: dict[str, Any] = {
        "workload": work["name"],
        "starts": sum(map(len, found)),
        "median_ms": round(median, 3),
    }
    if compare:
        reference = reference_of(file)
        brute = statistics.median(timed(lambda: reference(work)) for _ in range(3))
        sweep = statistics.median(yardstick)
        line |= {
            "cold_ms": round(statistics.median(cold), 3),
            "sweep_ms": round(sweep, 3),
            "brute_ms": round(brute, 1),
            "of_sweep": round(median / sweep, 2),
            "times_faster_than_brute": round(brute / median),
            "equal_to_brute": found == reference(work),
            "sweep_equal_to_brute": plain_sweep(work, ready.busy) == reference(work),
        }
    return line, found, str(work["name"])


def main(args: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.slots", description=__doc__)
    parser.add_argument("work", nargs="+", type=Path, help="workload files")
    parser.add_argument("--out", type=Path, help="folder for the starts of each workload")
    parser.add_argument("--compare", action="store_true", help="measure the yardsticks too")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    chosen = parser.parse_args(args)
    for file in chosen.work:
        line, found, name = measure(file, max(1, chosen.rounds), compare=chosen.compare)
        print(json.dumps(line), flush=True)
        if chosen.out:
            chosen.out.mkdir(parents=True, exist_ok=True)
            (chosen.out / f"{name}.json").write_text(json.dumps({"per": found}), encoding="utf-8")


if __name__ == "__main__":
    main()
