"""An uploaded file as a stream, whose chunks are fetched by their number."""

import io
from collections import OrderedDict
from collections.abc import Callable

CHUNK_BYTES = 1024 * 1024
# A Parquet file is read at several places by turns: one per column of the present row group.
_KEPT_CHUNKS = 8


class ChunkedFile(io.RawIOBase):
    """Reads from wherever it was sought to; `fetch` gives a chunk by its number, and nothing beyond the end."""

    def __init__(self, fetch: Callable[[int], bytes], size: int) -> None:
        self._fetch = fetch
        self._size = size
        self._at = 0
        self._kept: OrderedDict[int, bytes] = OrderedDict()

    def readable(self) -> bool:
        """Always true."""
        return True

    def seekable(self) -> bool:
        """Always true."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Goes to a place, which may lie beyond the end."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise ValueError("A file begins at 0.")
        self._at = base + offset
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed asks for any Buffer
        """Reads from the chunk that the present place is in."""
        number, begin = divmod(self._at, CHUNK_BYTES)
        piece = self._chunk(number)[begin : begin + len(buffer)] if self._at < self._size else b""
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def _chunk(self, number: int) -> bytes:
        if number not in self._kept:
            self._kept[number] = self._fetch(number)
            if len(self._kept) > _KEPT_CHUNKS:
                self._kept.popitem(last=False)
        self._kept.move_to_end(number)
        return self._kept[number]
