"""JSON that is one document: its posts are found, one after the other, without holding the document.

A JSON library stops at the first error and does not tell lines. Here the document is only cut into its values, by
quotation marks and brackets, and each value is parsed on its own: a wrong one costs itself, and has a line.
"""

import re
from collections.abc import Iterator

from ingest.sources.files.lines import Line, Text
from ingest.sources.files.records import Rejection, UnreadableFileError

# Below these keys the interfaces of platforms, and dumps of them, put their lists.
LIST_KEYS = frozenset(
    {"data", "items", "posts", "statuses", "feed", "results", "tweets", "comments", "children", "messages", "tickets"}
)
# One answer of an interface is held as a whole, so that its posts can be joined with its authors.
PAGE_BYTES = 8 * 1024 * 1024
_PIECE = 64 * 1024
_MOST_BUFFERED = 2 * PAGE_BYTES
_DEEPEST_LIST = 3
_SIGNS = re.compile(rb'"(?:[^"\\]++|\\.)*+"|["\[\]{},]', re.DOTALL)
_BLANK = re.compile(rb"\s*+")
_DEEPER = {b"[": 1, b"{": 1, b"]": -1, b"}": -1}
_ENDS = (b",", b"]")
_CUT = "The JSON document ends too early: send the file again."


def read_document(text: Text, longest: int, begin: int = 1) -> Iterator[Line | Rejection]:
    """The posts of a document whose first line has the number `begin`, each with its line.

    They are the items of its list; a document that is no longer than a page is one item.
    Raises `UnreadableFileError` when there is no list or when it ends too early.
    """
    start = text.stream.read(PAGE_BYTES) if text.stream.peek(1).lstrip().startswith(b"{") else b""
    if 0 < len(start) < PAGE_BYTES:
        yield Line(begin, text.decode(start))
    else:
        yield from _Scanner(text, start, longest, begin).items()


def _deeper(depth: int, sign: bytes) -> int:
    """The depth behind the sign; a bracket too many does not lead out of the list."""
    return max(0, depth + _DEEPER.get(sign, 0))


class _Scanner:
    """Goes through a document sign by sign: strings as a whole, brackets, commas."""

    def __init__(self, text: Text, start: bytes, longest: int, begin: int) -> None:
        self._text = text
        self._buffer = start
        self._longest = longest
        self._at = 0
        self._line = begin
        self._counted = 0

    def items(self) -> Iterator[Line | Rejection]:
        """The items of the list; one that is too long is passed over and rejected."""
        self._find_list()
        while True:
            self._drop()
            item = self._next_item()
            if item is None:
                return
            yield item

    def _find_list(self) -> None:
        """Goes behind the bracket that opens the list: the first of all, or the one below a known key."""
        depth, key = 0, ""
        while sign := self._next_sign():
            if sign == b"[" and (depth == 0 or key in LIST_KEYS):
                return
            depth = _deeper(depth, sign)
            if sign.startswith(b'"'):
                key = sign[1:-1].decode("utf-8", "replace") if depth <= _DEEPEST_LIST else ""
            self._drop()
        raise UnreadableFileError(
            "The JSON document holds no list of posts that is known: send the list itself ([...]), "
            "or one JSON object per line (NDJSON)."
        )

    def _next_item(self) -> Line | Rejection | None:
        """The value up to the next comma or to the end of the list; None when the list has ended."""
        depth, start = 0, self._at
        while sign := self._next_sign():
            if depth == 0 and sign in _ENDS:
                item = self._item(self._buffer[start : self._at - 1])
                if item is None and sign == b"]":
                    return None
                if item is not None:
                    self._at -= sign == b"]"
                    return item
                self._drop()
                start = self._at
            elif self._at - start > self._longest:
                return self._skip_item(start, _deeper(depth, sign))
            else:
                depth = _deeper(depth, sign)
        raise UnreadableFileError(_CUT)

    def _item(self, raw: bytes) -> Line | None:
        value = raw.lstrip()
        if not value.strip():
            return None
        blank = raw[: len(raw) - len(value)].count(b"\n")
        return Line(self._line + blank, self._text.decode(value))

    def _skip_item(self, start: int, depth: int) -> Rejection:
        blank = _BLANK.match(self._buffer, start)
        line = self._line + (blank[0].count(b"\n") if blank else 0)
        rejection = Rejection(line, f"The item is longer than {self._longest:,} bytes.")
        self._drop()
        while sign := self._next_sign():
            if depth == 0 and sign in _ENDS:
                self._at -= sign == b"]"
                return rejection
            depth = _deeper(depth, sign)
            self._drop()
        raise UnreadableFileError(_CUT)

    def _next_sign(self) -> bytes:
        """The next string, bracket or comma, and moves behind it; nothing at the end of the document."""
        while True:
            match = _SIGNS.search(self._buffer, self._at)
            if match and match[0] != b'"':
                self._at = match.end()
                return match[0]
            if match is None:
                self._at = len(self._buffer)
            if len(self._buffer) > _MOST_BUFFERED:
                raise UnreadableFileError(
                    f"The JSON document holds a value of more than {PAGE_BYTES:,} bytes, or a quotation mark too many."
                )
            if not self._grow():
                return b""

    def _grow(self) -> bool:
        piece = self._text.stream.read(max(_PIECE, len(self._buffer) - self._at))
        self._buffer += piece
        return bool(piece)

    def _drop(self) -> None:
        """Forgets what lies behind, once it is much, and counts its lines."""
        self._line += self._buffer.count(b"\n", self._counted, self._at)
        self._counted = self._at
        if self._at > _PIECE:
            self._buffer = self._buffer[self._at :]
            self._at = self._counted = 0
