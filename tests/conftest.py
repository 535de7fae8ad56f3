from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def shared() -> Path:
    """Labelled text, slot workloads and example rules that stand beside the project where it is developed."""
    folder = ROOT.parent / "shared"
    if not (folder / "examples").is_dir():
        pytest.skip("the shared data folder is not beside this checkout")
    return folder
