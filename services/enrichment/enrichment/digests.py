"""Digests of model files."""

import hashlib
from collections.abc import Iterable
from pathlib import Path


def sha256(file: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def combined(digests: Iterable[str]) -> str:
    """Eight hexadecimal digits that tell a series of digests from any other."""
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()[:8]
