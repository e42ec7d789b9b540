"""Digests of model files, and of versions that count together."""

import hashlib
from collections.abc import Iterable
from pathlib import Path


def sha256(file: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def combined(versions: Iterable[str]) -> str:
    """Twelve hexadecimal digits that change with any of the versions; short enough for a row."""
    return hashlib.blake2b("\n".join(versions).encode(), digest_size=6).hexdigest()
