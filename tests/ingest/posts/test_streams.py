"""Lines of a stream, however it is cut into pieces."""

from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.posts.streams import read_lines


async def pieces(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def lines(*parts: bytes, longest: int = 10) -> list[tuple[int, bytes | None]]:
    return [line async for line in read_lines(pieces(*parts), longest)]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([], []),
        ([b"a\nb\n"], [(1, b"a"), (2, b"b")]),
        ([b"a\nb"], [(1, b"a"), (2, b"b")]),
        ([b"\n\na"], [(1, b""), (2, b""), (3, b"a")]),
        ([b"x" * 11 + b"\nb"], [(1, None), (2, b"b")]),
        ([b"x" * 6, b"x" * 6, b"x" * 6 + b"\nb\n"], [(1, None), (2, b"b")]),
        ([b"x" * 10 + b"\n"], [(1, b"x" * 10)]),
        ([b"a\n" + b"x" * 11], [(1, b"a"), (2, None)]),
    ],
)
async def test_lines_are_numbered_and_bounded(parts: list[bytes], expected: list[tuple[int, bytes | None]]) -> None:
    assert await lines(*parts) == expected


@given(st.lists(st.sampled_from([b"a", b"\n", b"bb", b"\n\n", b"cccccc"])))
async def test_the_cuts_make_no_difference(parts: list[bytes]) -> None:
    assert await lines(*parts) == await lines(b"".join(parts))
