"""Pseudonyms: the same author always has the same one, and nobody without the key can go back to the person."""

import hashlib
import hmac
from dataclasses import dataclass, field
from uuid import UUID

# RFC 9562, section 5.8; `uuid.UUID` of Python 3.11 knows no version 8.
_VERSION_8 = 0x8 << 76
_VARIANT = 0b10 << 62
_FIXED_BITS = (0xF << 76) | (0b11 << 62)


@dataclass(frozen=True)
class Pseudonyms:
    """Turns external author ids into UUIDs by HMAC-SHA256 (RFC 2104), apart for each workspace and platform."""

    key: bytes = field(repr=False)

    def of(self, workspace: str, platform: str, author: str) -> UUID:
        """The pseudonym of an author, a UUID of version 8 (RFC 9562: made by our own rule)."""
        return self._digest("author", workspace, platform, author)

    def of_unnamed(self, workspace: str, platform: str, external_id: str) -> UUID:
        """The pseudonym of the author of a post that names none: each such post counts as its own author."""
        return self._digest("post", workspace, platform, external_id)

    def of_post(self, workspace: str, platform: str, external_id: str) -> UUID:
        """What stays of an erased post's identity: enough to know a copy of it, nothing to find the post by."""
        return self._digest("tombstone", workspace, platform, external_id)

    def _digest(self, *parts: str) -> UUID:
        # NUL cannot occur in cleaned text, so that no two lists of parts join to the same message.
        message = "\0".join(parts).encode()
        digest = hmac.digest(self.key, message, hashlib.sha256)
        number = int.from_bytes(digest[:16])
        return UUID(int=(number & ~_FIXED_BITS) | _VERSION_8 | _VARIANT)
