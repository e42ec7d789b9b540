"""What the pages of a Parquet file say of themselves, read before anything of them is expanded.

Page headers are structures of Thrift's compact protocol (parquet-format, PageHeader). Arrow takes as much memory as
such a header claims, so the claims are checked first.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass

_INTEGERS, _BINARY, _STRUCTURE = (4, 5, 6), 8, 12
_TRUE, _FALSE, _BYTE, _DOUBLE = 1, 2, 3, 7
_LONGEST_VARINT = 10
_LONGEST_BINARY = 16 * 1024 * 1024
_DEEPEST = 4
# Numbers of fields and of values in PageHeader.
_TYPE, _EXPANDED, _STORED, _DATA, _DICTIONARY, _DATA_2 = 1, 2, 3, 5, 7, 8
_DATA_PAGE, _DICTIONARY_PAGE, _DATA_PAGE_2 = 0, 2, 3
_DELTA_BYTE_ARRAY = 7

Structure = dict[int, "int | Structure"]


@dataclass(frozen=True, slots=True)
class Page:
    """What the header of a page claims: its size once expanded, and how many values come of it.

    `repeats` says that a few bytes of it may stand for a long value again and again.
    """

    expanded: int
    values: int
    repeats: bool


def read_pages(source: io.BufferedReader, start: int, end: int, values: int) -> Iterator[Page]:
    """The pages of a column from `start` on, until they hold as many values or `end` is reached.

    Raises `ValueError` for bytes that are no header of a page.
    """
    position = start
    while values > 0 and position < end:
        source.seek(position)
        header = _Reader(source)
        fields = header.structure()
        page, stored = _page(fields), _number(fields, _STORED)
        yield page
        values -= page.values
        position += header.count + stored


def _page(fields: Structure) -> Page:
    kind, expanded = _number(fields, _TYPE), _number(fields, _EXPANDED)
    if kind == _DICTIONARY_PAGE:
        return Page(expanded, 0, repeats=True)
    if kind not in (_DATA_PAGE, _DATA_PAGE_2):
        return Page(expanded, 0, repeats=False)
    inner = fields.get(_DATA if kind == _DATA_PAGE else _DATA_2)
    if not isinstance(inner, dict):
        raise ValueError("A page of data says nothing of its data.")
    encoding = _number(inner, 2 if kind == _DATA_PAGE else 4)
    return Page(expanded, _number(inner, 1), repeats=encoding == _DELTA_BYTE_ARRAY)


def _number(fields: Structure, name: int) -> int:
    value = fields.get(name)
    if not isinstance(value, int) or value < 0:
        raise ValueError(f"Field {name} of a page header is no count.")
    return value


class _Reader:
    """Reads one structure of the compact protocol, of those parts that page headers have."""

    def __init__(self, source: io.BufferedReader) -> None:
        self._source = source
        self.count = 0

    def structure(self, depth: int = 1) -> Structure:
        if depth > _DEEPEST:
            raise ValueError("A page header is nested too deep.")
        fields: Structure = {}
        name = 0
        while head := self._byte():
            step, kind = head >> 4, head & 0xF
            name = name + step if step else self._integer()
            value = self.structure(depth + 1) if kind == _STRUCTURE else self._plain(kind)
            if value is not None:
                fields[name] = value
        return fields

    def _plain(self, kind: int) -> int | None:
        if kind in _INTEGERS:
            return self._integer()
        if kind in (_TRUE, _FALSE):
            return None
        if kind not in (_BYTE, _DOUBLE, _BINARY):
            raise ValueError("A page header holds what is not expected there.")
        self._pass({_BYTE: 1, _DOUBLE: 8}.get(kind) or self._varint())
        return None

    def _integer(self) -> int:
        number = self._varint()
        return (number >> 1) ^ -(number & 1)

    def _varint(self) -> int:
        number = 0
        for place in range(_LONGEST_VARINT):
            byte = self._byte()
            number |= (byte & 0x7F) << (7 * place)
            if byte < 0x80:
                return number
        raise ValueError("A number of a page header does not end.")

    def _pass(self, length: int) -> None:
        if length > _LONGEST_BINARY or len(self._source.read(length)) < length:
            raise ValueError("A page header ends too early.")
        self.count += length

    def _byte(self) -> int:
        byte = self._source.read(1)
        if not byte:
            raise ValueError("A page header ends too early.")
        self.count += 1
        return byte[0]
