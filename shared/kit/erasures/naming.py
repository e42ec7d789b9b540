"""Which posts a stored event or answer names, in Python and in PostgreSQL alike."""

import re
from collections.abc import Container

_POST_ID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_FIND = re.compile(_POST_ID.encode())


def names_any(payload: bytes, ids: Container[bytes]) -> bool:
    """Whether the payload holds one of the ids, written as UUIDs are."""
    return any(found in ids for found in _FIND.findall(payload))


def sql_naming(column: str) -> str:
    """A table function with the UUIDs that a `bytea` holds, as `named (id)`; other bytes become escapes."""
    return f"regexp_matches(encode({column}, 'escape'), '{_POST_ID}', 'g') AS named (id)"
