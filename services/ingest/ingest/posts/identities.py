"""The identity of posts whose source names none."""

import hashlib


def derive_external_id(author: str, published_at: str, text: str) -> str:
    """An id that is the same whenever the same author, time (as written) and text come again."""
    digest = hashlib.sha256("\0".join((author, published_at, text)).encode("utf-8", "replace"))
    return f"sha256-{digest.hexdigest()[:32]}"
