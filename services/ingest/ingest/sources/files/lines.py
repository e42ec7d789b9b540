"""Numbered lines of text: bounded in length, in whichever encoding they were written."""

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.sources.files.records import Rejection, UnreadableFileError

_SAMPLE_BYTES = 4096
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
WINDOWS = "windows-1252"


@dataclass(frozen=True, slots=True)
class Line:
    """A line with its end, counted from 1."""

    number: int
    text: str


@dataclass
class Text:
    """A stream of text as bytes, and the encoding that it was found to have so far."""

    stream: io.BufferedReader
    encoding: str

    def decode(self, raw: bytes) -> str:
        """The text of some bytes: valid UTF-8 is UTF-8, anything else is Windows-1252."""
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            self.encoding = WINDOWS
            return raw.decode("cp1252", errors="replace")


def open_text(stream: io.BufferedReader) -> Text:
    """The stream as text.

    The rule of encodings: a byte order mark says UTF-8 or UTF-16. Without one, a line that is valid UTF-8 is
    UTF-8, and any other is Windows-1252, the superset of Latin-1 that spreadsheets write.

    Raises `UnreadableFileError` for binary data.
    """
    start = stream.peek(_SAMPLE_BYTES)
    if start.startswith(_UTF16):
        return Text(_as_utf8(stream), "utf-16")
    if b"\x00" in start[:_SAMPLE_BYTES]:
        raise UnreadableFileError(
            "The file holds binary data: send CSV, TSV, NDJSON, JSON or Parquet, plain, or compressed by gzip, "
            "Zstandard or ZIP."
        )
    if start.startswith(codecs.BOM_UTF8):
        stream.read(len(codecs.BOM_UTF8))
    return Text(stream, "utf-8")


def rejoin(begin: bytes, rest: io.BufferedReader) -> io.BufferedReader:
    """A stream that gives once more what was read from its beginning."""
    return io.BufferedReader(_Rejoined(begin, rest), buffer_size=64 * 1024)


def read_lines(text: Text, longest: int, begin: int = 1) -> Iterator[Line | Rejection]:
    """The lines of a text, counted from `begin`; one of more than `longest` bytes is passed over and rejected."""
    number, stream = begin - 1, text.stream
    while raw := stream.readline(longest + 1):
        number += 1
        if len(raw) > longest and not raw.endswith(b"\n"):
            _skip_line(stream, longest)
            yield Rejection(number, f"The line is longer than {longest:,} bytes.")
        else:
            yield Line(number, text.decode(raw))


def _skip_line(stream: io.BufferedReader, step: int) -> None:
    while (piece := stream.readline(step)) and not piece.endswith(b"\n"):
        pass


class _Rejoined(io.RawIOBase):
    def __init__(self, begin: bytes, rest: io.BufferedReader) -> None:
        self._begin = memoryview(begin)
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if not self._begin:
            return self._rest.readinto1(buffer)
        count = min(len(buffer), len(self._begin))
        buffer[:count] = self._begin[:count]
        self._begin = self._begin[count:]
        return count


class _Utf8Stream(io.RawIOBase):
    """A text stream as UTF-8 bytes."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed asks for any Buffer
        if not self._rest:
            self._rest = self._text.read(16 * 1024).encode("utf-8", errors="replace")
        piece, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(piece)] = piece
        return len(piece)


def _as_utf8(stream: io.BufferedReader) -> io.BufferedReader:
    text = io.TextIOWrapper(stream, encoding="utf-16", errors="replace", newline="")
    return io.BufferedReader(_Utf8Stream(text))
