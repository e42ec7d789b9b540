"""Plain bytes of a file that may be compressed, without falling for a bomb."""

import gzip
import io
import zipfile
import zlib
from typing import Protocol

import zstandard

from ingest.sources.files.records import Limits, UnreadableFileError

GZIP, ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
# Below this size no ratio is suspicious: a short file of equal lines compresses a thousand times.
_HARMLESS_BYTES = 16 * 1024 * 1024
# 256 bytes of Zstandard hold at most 64 blocks of 128 KiB: the most that one call can make is 8 MiB.
_ZSTD_PIECE = 256
_FOREIGN = {
    b"BZh": "compressed with bzip2: use gzip, Zstandard or no compression",
    b"\xfd7zXZ": "compressed with xz: use gzip, Zstandard or no compression",
    b"7z\xbc\xaf": "a 7-Zip archive: use ZIP, gzip or no compression",
    b"Rar!": "a RAR archive: use ZIP, gzip or no compression",
    b"\xd0\xcf\x11\xe0": "an old spreadsheet: save the sheet as CSV",
    b"%PDF": "a PDF document: export the posts as CSV or NDJSON",
}


class ByteSource(Protocol):
    """Anything that gives its bytes piece by piece."""

    def read(self, size: int, /) -> bytes | None:
        """At most `size` bytes; nothing at the end."""


class MeteredStream(io.RawIOBase):
    """Counts the bytes that were read from a stream, and those that they expanded to.

    It can be sought through if the stream can.
    """

    def __init__(self, stream: ByteSource) -> None:
        self._stream = stream
        self.position = 0
        self.expanded = 0

    def readable(self) -> bool:
        """Always true."""
        return True

    def seekable(self) -> bool:
        """Whether the stream below is."""
        return isinstance(self._stream, io.IOBase) and self._stream.seekable()

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed asks for any Buffer
        """Reads up to as many bytes as the buffer takes."""
        piece = self._stream.read(len(buffer)) or b""
        buffer[: len(piece)] = piece
        self.position += len(piece)
        return len(piece)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Goes elsewhere; what was read stays counted."""
        if not isinstance(self._stream, io.IOBase):
            raise io.UnsupportedOperation("seek")
        return self._stream.seek(offset, whence)


class BoundedExpansion(io.RawIOBase):
    """Expands a compressed stream until it grows beyond the limits."""

    def __init__(self, plain: io.RawIOBase | io.BufferedIOBase, meter: MeteredStream, limits: Limits) -> None:
        self._plain = plain
        self._meter = meter
        self._limits = limits

    def readable(self) -> bool:
        """Always true."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Expands a piece; raises `UnreadableFileError` for damage and for bombs."""
        try:
            count = self._plain.readinto(buffer) or 0
        except (EOFError, OSError, zlib.error, zstandard.ZstdError, zipfile.BadZipFile) as error:
            raise UnreadableFileError(_damage(error)) from error
        grow(self._meter, count, self._limits)
        return count


def grow(meter: MeteredStream, expanded: int, limits: Limits) -> None:
    """Counts bytes that came of expansion; raises `UnreadableFileError` when they are more than is believable."""
    meter.expanded += expanded
    check_growth(meter.expanded, meter.position, limits)


def check_growth(expanded: int, compressed: int, limits: Limits) -> None:
    """Raises `UnreadableFileError` when so few compressed bytes cannot be so many of posts."""
    if expanded > limits.expanded_bytes:
        raise UnreadableFileError(f"The file expands to more than {limits.expanded_bytes:,} bytes: split it.")
    if expanded > max(_HARMLESS_BYTES, limits.ratio * compressed):
        raise UnreadableFileError(f"The file expands more than {limits.ratio} times: this is no file of posts.")


def _damage(error: Exception) -> str:
    if "too much memory" in str(error):
        return (
            "The Zstandard data needs a larger window than is allowed here: raise INGEST_ZSTD_WINDOW_MEGABYTES (dumps "
            "of Pushshift need 2048), or compress the file again without --long."
        )
    return "The compressed data is damaged or ends too early: send the file again."


class _Unzstd(io.RawIOBase):
    """Expands Zstandard frames one after the other; the library's own stream takes a cut file for a whole one."""

    def __init__(self, source: io.BufferedReader, window_bytes: int) -> None:
        self._source = source
        self._frames = zstandard.ZstdDecompressor(max_window_size=window_bytes)
        self._frame = self._frames.decompressobj(write_size=8192)
        self._fed = False
        self._ready = memoryview(b"")

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._ready:
            piece = self._source.read(_ZSTD_PIECE)
            if not piece:
                if self._fed and not self._frame.eof:
                    raise EOFError
                return 0
            self._feed(piece)
        count = min(len(buffer), len(self._ready))
        buffer[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count

    def _feed(self, piece: bytes) -> None:
        ready = []
        while piece:
            if self._frame.eof:
                self._frame = self._frames.decompressobj(write_size=8192)
            ready.append(self._frame.decompress(piece))
            self._fed, piece = True, self._frame.unused_data if self._frame.eof else b""
        self._ready = memoryview(b"".join(ready))


def expand(source: io.BufferedReader, meter: MeteredStream, limits: Limits) -> tuple[io.BufferedReader, str]:
    """The plain bytes of a stream, and the name of its compression, which is told by its first bytes.

    Raises `UnreadableFileError` for a format that is not read here, and later for damage and for bombs.
    """
    start = source.peek(8)
    for signature, description in _FOREIGN.items():
        if start.startswith(signature):
            raise UnreadableFileError(f"The file is {description}.")
    if start.startswith(GZIP):
        return bounded(gzip.GzipFile(fileobj=source), meter, limits), "gzip"
    if start.startswith(ZSTD):
        return bounded(_Unzstd(source, limits.zstd_window_bytes), meter, limits), "zstd"
    return source, ""


def bounded(plain: io.RawIOBase | io.BufferedIOBase, meter: MeteredStream, limits: Limits) -> io.BufferedReader:
    """An expanding stream that stops at the limits."""
    return io.BufferedReader(BoundedExpansion(plain, meter, limits), buffer_size=128 * 1024)
