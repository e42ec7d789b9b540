"""Makes the probe service importable, and starts each test with its usual behaviour."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "probe"))


@pytest.fixture
def behaviour() -> Iterator[object]:
    from probe import app

    app.behaviour = app.Behaviour()
    return app.behaviour
