"""The page says what is so: its example runs, its tables name every field and answer."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from handlers.adapters.signatures import TOLERANCE
from handlers.domain.slot_report import FIELDS, KINDS
from handlers.web.webhooks import BODY_LIMIT, BURST, SIGNATURE
from tests.workspace.process import clean_environment, get, running, until

PAGE = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text(encoding="utf-8")


def example() -> str:
    code = PAGE[PAGE.index("```sh\n") + 6 :]
    return code[: code.index("```")]


def test_every_field_kind_and_number_is_on_the_page() -> None:
    assert all(f"`{name}`" in PAGE for name in ("id", *FIELDS, *KINDS))
    assert SIGNATURE in PAGE
    assert f"{BODY_LIMIT // 1024} KB" in PAGE
    assert f"more than {BURST} at once" in PAGE
    assert TOLERANCE == 5 * 60


@pytest.mark.xdist_group("workspace")
@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("openssl")), reason="needs curl and openssl")
def test_the_example_reports_a_slot_to_a_running_workspace(tmp_path: Path) -> None:
    with running(tmp_path) as (address, _):
        secret = json.loads((tmp_path / "secrets.json").read_text())["webhooks"]
        env = clean_environment() | {"BASE": address, "SECRET": secret, "DAY": "2026-05-06"}

        def run() -> dict[str, str]:
            done = subprocess.run(
                ["sh", "-euc", example()], env=env, capture_output=True, text=True, timeout=60, check=True
            )
            return json.loads(done.stdout)

        first = run()
        assert list(first) == ["opening"]
        assert run() == first
        freed = until(lambda: [e for e in get(address, "log")["events"] if e["id"] == first["opening"]])
        assert [e["payload"]["detail"]["data"]["resource"] for e in freed] == ["mei"]
        env["SECRET"] = "another"
        assert "does not match" in run()["error"]
