"""Plain bytes of a file that may be compressed, without falling for a bomb."""

import gzip
import io
import zlib
from typing import Protocol

from ingest.sources.files.records import Limits, UnreadableFileError

_GZIP = b"\x1f\x8b"
# Below this size no ratio is suspicious: a short file of equal lines compresses a thousand times.
_HARMLESS_BYTES = 16 * 1024 * 1024
_FOREIGN = {
    b"PK\x03\x04": "a ZIP archive or a spreadsheet: unpack it, or save the sheet as CSV",
    b"PAR1": "a Parquet file: convert it to CSV or NDJSON",
    b"\x28\xb5\x2f\xfd": "compressed with Zstandard: use gzip or no compression",
    b"BZh": "compressed with bzip2: use gzip or no compression",
    b"\xfd7zXZ": "compressed with xz: use gzip or no compression",
    b"%PDF": "a PDF document: export the posts as CSV or NDJSON",
}


class ByteSource(Protocol):
    """Anything that gives its bytes piece by piece."""

    def read(self, size: int, /) -> bytes | None:
        """At most `size` bytes; nothing at the end."""


class MeteredStream(io.RawIOBase):
    """Counts the bytes that were read from a stream."""

    def __init__(self, stream: ByteSource) -> None:
        self._stream = stream
        self.position = 0

    def readable(self) -> bool:
        """Always true."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed asks for any Buffer
        """Reads up to as many bytes as the buffer takes."""
        piece = self._stream.read(len(buffer)) or b""
        buffer[: len(piece)] = piece
        self.position += len(piece)
        return len(piece)


class _BoundedGunzip(io.RawIOBase):
    """Expands a gzip stream until it grows beyond the limits."""

    def __init__(self, source: io.BufferedReader, meter: MeteredStream, limits: Limits) -> None:
        self._plain = gzip.GzipFile(fileobj=source)
        self._meter = meter
        self._limits = limits
        self._expanded = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            count = self._plain.readinto(buffer)
        except (EOFError, OSError, zlib.error) as error:
            raise UnreadableFileError("The gzip data is damaged or ends too early: send the file again.") from error
        self._expanded += count
        self._check_growth()
        return count

    def _check_growth(self) -> None:
        if self._expanded > self._limits.expanded_bytes:
            raise UnreadableFileError(f"The file expands to more than {self._limits.expanded_bytes:,} bytes: split it.")
        if self._expanded > max(_HARMLESS_BYTES, self._limits.ratio * self._meter.position):
            raise UnreadableFileError(
                f"The file expands more than {self._limits.ratio} times: this is no file of posts."
            )


def expand(meter: MeteredStream, limits: Limits) -> io.BufferedReader:
    """The plain bytes of a stream, which is recognised by its first bytes.

    Raises `UnreadableFileError` for a format that is not read here, and later for damage and for bombs.
    """
    source: io.BufferedReader = io.BufferedReader(meter)
    start = source.peek(8)
    for signature, description in _FOREIGN.items():
        if start.startswith(signature):
            raise UnreadableFileError(f"The file is {description}.")
    if start.startswith(_GZIP):
        return io.BufferedReader(_BoundedGunzip(source, meter, limits), buffer_size=128 * 1024)
    return source
