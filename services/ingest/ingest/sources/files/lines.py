"""Numbered lines of text: bounded in length, in whichever encoding they were written."""

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.sources.files.records import Rejection, UnreadableFileError

_SAMPLE_BYTES = 4096
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True)
class Line:
    """A line with its end, counted from 1."""

    number: int
    text: str


def read_lines(stream: io.BufferedReader, longest: int) -> Iterator[Line | Rejection]:
    """The lines of a stream; one of more than `longest` bytes is passed over and rejected.

    The rule of encodings: a byte order mark says UTF-8 or UTF-16. Without one, a line that is valid UTF-8 is
    UTF-8, and any other is Windows-1252, the superset of Latin-1 that spreadsheets write.

    Raises `UnreadableFileError` for binary data.
    """
    start = stream.peek(_SAMPLE_BYTES)
    if start.startswith(_UTF16):
        stream = _as_utf8(stream)
    elif b"\x00" in start[:_SAMPLE_BYTES]:
        raise UnreadableFileError("The file holds binary data: send CSV, TSV or NDJSON, as text or compressed by gzip.")
    elif start.startswith(codecs.BOM_UTF8):
        stream.read(len(codecs.BOM_UTF8))
    return _number(stream, longest)


def _number(stream: io.BufferedReader, longest: int) -> Iterator[Line | Rejection]:
    number = 0
    while raw := stream.readline(longest + 1):
        number += 1
        if len(raw) > longest and not raw.endswith(b"\n"):
            _skip_line(stream, longest)
            yield Rejection(number, f"The line is longer than {longest:,} bytes.")
        else:
            yield Line(number, _decode(raw))


def _skip_line(stream: io.BufferedReader, step: int) -> None:
    while (piece := stream.readline(step)) and not piece.endswith(b"\n"):
        pass


def _decode(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


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
