"""Claims per second, for both stores: `python -m tests.races.report [ROUNDS]`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.races.field import field
from tests.races.scenarios import RACERS, SCENARIOS


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    names = sys.argv[2:] or ["one slot", "free slots"]
    print(f"{'store':10} {'scenario':22} {'rounds':>6} {'s/round':>8} {'claims/s':>9}")
    for kind in ("sqlite", "dynamodb"):
        with tempfile.TemporaryDirectory() as folder, field(kind, Path(folder)) as racing:
            for name in SCENARIOS if names == ["all"] else names:
                took = sorted(racing.round(name) for _ in range(rounds))
                mean = sum(took) / rounds
                print(f"{kind:10} {name:22} {rounds:6} {mean:8.3f} {RACERS / mean:9.0f}", flush=True)


if __name__ == "__main__":
    main()
