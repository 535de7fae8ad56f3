"""The house holds together: what stands in one place is what another place says."""

from __future__ import annotations

import ast
import re
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

from infra.wiring import FUNCTIONS

ROOT = Path(__file__).parent.parent.parent
STOREYS = ("bot", "blocks", "handlers", "infra")
MODULES = sorted(p for storey in STOREYS for p in (ROOT / storey).rglob("*.py"))


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def test_blocks_know_of_slack_only_its_models():
    for path in (ROOT / "blocks").rglob("*.py"):
        slack = {name for name in imports(path) if name.startswith("slack")}
        assert all(name.startswith("slack_sdk.models") for name in slack), path


def test_only_the_messenger_talks_to_slack():
    users = [
        p.name
        for p in MODULES
        if any(n.startswith(("slack_sdk.web", "slack_sdk.http_retry")) for n in imports(p))
    ]
    assert set(users) <= {"messenger.py"}


def test_time_is_passed_in():
    asking = re.compile(r"datetime\.now|utcnow|time\.time\(|date\.today")
    asked = [str(p) for p in MODULES if asking.search(p.read_text()) and p.name != "clock.py"]
    assert [a for a in asked if "/infra/" not in a] == []


def test_only_the_settings_read_the_environment():
    readers = {str(p.relative_to(ROOT)) for p in MODULES if re.search(r"os\.environ|getenv", p.read_text())}
    assert {r for r in readers if not r.startswith("infra/")} <= {"handlers/settings.py"}


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_module_is_no_longer_than_a_person_reads(path):
    assert len(path.read_text().splitlines()) <= 400


def test_nothing_imported_is_missing_from_the_project():
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    assert {
        "slack-bolt",
        "boto3",
        "google-api-python-client",
        "pydantic",
        "pyyaml",
        "mangum",
        "icalendar",
    } <= {re.split(r"[<>=\[ ]", d)[0] for d in declared}


def test_the_lock_has_hashes_and_names_no_address():
    lock = (ROOT / "requirements.lock").read_text()
    pins = re.findall(r"^[a-z0-9][\w.\-\[\]]*==\S+", lock, re.MULTILINE | re.IGNORECASE)
    assert len(pins) > 50
    assert lock.count("--hash=sha256:") >= len(pins)
    assert not re.search(r"https?://|index-url|find-links", lock)


def test_every_function_of_the_wiring_has_an_entry_and_every_entry_a_function():
    wired = {f.entry for f in FUNCTIONS}
    for entry in wired:
        module, _, name = entry.rpartition(".")
        assert (ROOT / (module.replace(".", "/") + ".py")).is_file()
        assert f"{name}" in (ROOT / (module.replace(".", "/") + ".py")).read_text()
    defining = {
        f"{'.'.join(p.relative_to(ROOT).with_suffix('').parts)}.handler"
        for storey in ("handlers", "bot")
        for p in (ROOT / storey).glob("*.py")
        if re.search(r"^(def handler\(|handler = )", p.read_text(), re.MULTILINE)
    }
    assert defining == wired


def test_no_module_reads_the_environment_or_opens_anything_when_imported(monkeypatch):
    monkeypatch.delenv("FRONTDESK_STORE", raising=False)
    for name in ("handlers.bootstrap", "handlers.services.intake", "handlers.web.app", "blocks.ids"):
        import_module(name)


def test_the_readme_has_exactly_the_two_commands():
    readme = (ROOT / "README.md").read_text()
    commands = re.findall(r"^\s*(make \w+)\s*(?:#.*)?$", readme, re.MULTILINE)
    assert commands == ["make run", "make test"]
