"""JSON documents are cut into their posts: each with its line, a wrong one alone is lost."""

import io
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.sources.files.compression import MeteredStream
from ingest.sources.files.documents import PAGE_BYTES
from ingest.sources.files.reader import open_file
from ingest.sources.files.records import Contents, Limits, Record, Rejection, UnreadableFileError


def opened(content: bytes, **limits: int) -> Contents:
    return open_file(MeteredStream(io.BytesIO(content)), Limits(**limits))


def posts(content: bytes, **limits: int) -> list[tuple[int, dict[str, object]]]:
    entries = opened(content, **limits).entries
    return [(entry.line, dict(entry.fields)) for entry in entries if isinstance(entry, Record)]


def rejections(content: bytes, **limits: int) -> list[tuple[int, str]]:
    entries = opened(content, **limits).entries
    return [(entry.line, entry.reason) for entry in entries if isinstance(entry, Rejection)]


def test_every_item_of_a_list_has_its_line() -> None:
    content = b'\n[\n {"text": "a"},\n\n {"text":\n  "b"}, {"text": "c"}\n]\n'

    assert posts(content) == [(3, {"text": "a"}), (5, {"text": "b"}), (6, {"text": "c"})]


def test_signs_within_texts_cut_nothing() -> None:
    texts = ['a, b] {"', "\\", '\\"', "]}", '"[', "\\\\"]

    assert [post["text"] for _, post in posts(json.dumps([{"text": text} for text in texts]).encode())] == texts


def test_a_wrong_item_is_named_and_the_next_is_read() -> None:
    content = b'[{"text": "a"},\n{"text": },\n5,\n["x"],\n{"text": "b"}}},\n{"text": "c"}]'

    assert [line for line, _ in rejections(content)] == [2, 3, 4, 5]
    assert [post["text"] for _, post in posts(content)] == ["a", "c"]


def test_an_item_over_the_limit_is_named_and_the_next_is_read() -> None:
    content = b'[{"text": "a"},\n{"text": "' + b"x" * 300_000 + b'"},\n{"text": "b"}]'

    assert rejections(content, line_bytes=1_000) == [(2, "The item is longer than 1,000 bytes.")]
    assert [post["text"] for _, post in posts(content, line_bytes=1_000)] == ["a", "b"]


@pytest.mark.parametrize("wrapped", ['{"meta": {"n": [1, 2]}, "data": %s, "next": []}', '{"data": {"children": %s}}'])
def test_the_list_of_a_document_larger_than_a_page_is_found(wrapped: str) -> None:
    items = [{"text": "x" * 1_000, "n": number} for number in range(PAGE_BYTES // 900)]

    found = posts((wrapped % json.dumps(items)).encode())

    assert [post["n"] for _, post in found] == list(range(len(items)))


def test_a_large_document_without_a_list_is_refused_with_advice() -> None:
    with pytest.raises(UnreadableFileError, match="no list of posts that is known"):
        opened(json.dumps({"text": "a", "numbers": list(range(2_000_000))}).encode())


@pytest.mark.parametrize("content", [b'{\n "text": "a"\n}\n{\n "text": "b"\n}\n', b"[1, 2]", b'{"text": \n}'])
def test_a_file_of_nothing_readable_is_refused_with_advice(content: bytes) -> None:
    with pytest.raises(UnreadableFileError, match=r"line 1: .*one JSON object per line"):
        opened(content)


def test_a_ticket_with_comments_is_one_post_and_no_page() -> None:
    ticket = {"id": 7, "subject": "Refund", "comments": [{"body": "a"}, {"body": "b"}]}

    assert posts(json.dumps([ticket]).encode()) == [(1, ticket)]


VALUES: Any = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(codec="utf-8"), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


@settings(deadline=None)
@given(
    st.lists(st.fixed_dictionaries({"id": VALUES, "text": VALUES}), min_size=1, max_size=12),
    st.sampled_from([None, 1]),
    st.booleans(),
)
def test_what_a_json_writer_writes_is_read_back(items: list[dict[str, Any]], indent: int | None, ascii_: bool) -> None:
    written = json.dumps(items, indent=indent, ensure_ascii=ascii_).encode()

    assert [post for _, post in posts(written)] == items
