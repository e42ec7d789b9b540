"""The committed code of the contracts is what the contracts give."""

from kit.codegen import stale_files


def test_generated_code_is_fresh() -> None:
    assert stale_files() == [], "Run `make generate` and commit what it wrote."
