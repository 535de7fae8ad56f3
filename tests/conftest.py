from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).parent.parent

# A machine may be slow: no example is failed for its time. CI tries the same examples every time; a developer's own
# runs try new ones, and that is where new bugs are found.
settings.register_profile("here", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("here"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


@pytest.fixture(scope="session")
def shared() -> Path:
    """Labelled text, slot workloads and example rules that stand beside the project where it is developed."""
    folder = ROOT.parent / "shared"
    if not (folder / "examples").is_dir():
        pytest.skip("the shared data folder is not beside this checkout")
    return folder
