"""Takes the author's own id, and a handle that must not be kept, out of an original."""

import json
from uuid import UUID

from ingest.sources.files.objects import parse_json
from kit.db import clean_text

# Long enough never to be part of something else by chance, such as `did:plc:...` within an address.
_UNMISTAKABLE = 12


def original_of(value: object) -> bytes:
    """A JSON value as the original of a post; nothing for one that is nested too deep to be written.

    Moments, as Parquet has them, are written as text.
    """
    try:
        return json.dumps(value, separators=(",", ":"), default=str).encode()
    except RecursionError:
        return b""


def mask(original: bytes, author: str, pseudonym: UUID, handle: str = "") -> bytes:
    """The original with the author's id replaced by the pseudonym, and `handle` by nothing.

    Values that are the id or the handle are replaced wherever they are, and a long id also within other values.
    An original that is no JSON loses every occurrence of both.
    """
    for word, replacement in ((author, str(pseudonym)), (handle, ""), (f"@{handle}" if handle else "", "")):
        if word:
            original = _replace(original, word, replacement)
    return original


def _replace(original: bytes, word: str, replacement: str) -> bytes:
    if word.isascii() and word.isprintable():
        # Nearly every original ends here: reading JSON and writing it again takes ten times as long.
        original = original.replace(f'"{word}"'.encode(), f'"{replacement}"'.encode())
        if word.encode() not in original:
            return original
    try:
        value = parse_json(original)
    except ValueError:
        return original.replace(word.encode(), replacement.encode())
    return original_of(_replaced(value, word, replacement))


def _replaced(value: object, word: str, replacement: str) -> object:
    if isinstance(value, dict):
        return {name: _replaced(inner, word, replacement) for name, inner in value.items()}
    if isinstance(value, list):
        return [_replaced(inner, word, replacement) for inner in value]
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return value
    written = clean_text(str(value))
    if written.strip() == word:
        return replacement
    is_within = isinstance(value, str) and len(word) >= _UNMISTAKABLE and word in written
    return written.replace(word, replacement) if is_within else value
