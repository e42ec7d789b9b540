"""An uploaded file as a stream that is fetched chunk by chunk."""

import io
from collections.abc import Callable

CHUNK_BYTES = 1024 * 1024


class ChunkedFile(io.RawIOBase):
    """Reads one chunk after the other; `fetch` gives a chunk by its number, and nothing beyond the end."""

    def __init__(self, fetch: Callable[[int], bytes]) -> None:
        self._fetch = fetch
        self._next = 0
        self._rest = b""

    def readable(self) -> bool:
        """Always true."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed asks for any Buffer
        """Reads from the present chunk, or from the next one."""
        if not self._rest:
            self._rest = self._fetch(self._next)
            self._next += 1
        piece, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(piece)] = piece
        return len(piece)
