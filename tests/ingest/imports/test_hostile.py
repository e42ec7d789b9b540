"""Hostile input, by file and by stream: never an error of ours, a named rejection each, and the others are stored."""

import gzip
import io
import json
import zipfile
from collections.abc import AsyncIterator
from typing import Any

import pytest
import zstandard
from desk import Desk

from kit.testing import until

GOOD = b'{"text": "fine", "external_id": "good"}\n'
MEGABYTE = 1024 * 1024
DEEP = b'{"text": "x", "external_id": "1", "a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}\n"
MANY_KEYS = b'{"text": "x", ' + b",".join(b'"k%d":1' % number for number in range(10**6)) + b"}\n"
LINES: list[tuple[str, bytes, str]] = [
    ("50 MB line", b'{"text": "' + b"x" * 50 * MEGABYTE + b'"}\n', "longer than"),
    ("10^6 columns", MANY_KEYS, "longer than"),
    ("deep JSON", DEEP, "recursion"),
    ("only NUL", b"\0" * 100 + b"\n", "no JSON"),
    ("a text of NUL", b'{"text": "\\u0000\\u0000", "external_id": "1"}\n', "text: is empty"),
    ("binary data", bytes(range(256)).replace(b"\n", b"") + b"\n", "no JSON"),
    ("gzip", gzip.compress(GOOD * 50).replace(b"\n", b"") + b"\n", "no JSON"),
    ("year 0", b'{"text": "x", "external_id": "1", "published_at": "0000-01-01T00:00:00Z"}\n', "is no date"),
    ("year 9999", b'{"text": "x", "external_id": "1", "published_at": "9999-12-31T23:59:59Z"}\n', "in the future"),
    ("the last moment", b'{"text": "x", "external_id": "1", "published_at": "9999-12-31T23:59:59-14:00"}\n', "outside"),
    ("a date of 10^400", b'{"text": "x", "external_id": "1", "published_at": 1' + b"0" * 400 + b"}\n", "published_at"),
    (
        "likes of 10^400",
        b'{"text": "x", "external_id": "1", "engagement": {"likes": 1' + b"0" * 400 + b"}}\n",
        "engagement",
    ),
    ("a list for a text", b'{"text": ["x"], "external_id": "1"}\n', "text: "),
    ("half a line", b'{"text": "x", "external_\n', "no JSON"),
]
# A file that begins with binary data is refused as a whole; counts that cannot be read cost a file no post.
IN_FILES = [each for each in LINES if each[0] not in ("only NUL", "binary data", "gzip", "likes of 10^400")]


@pytest.mark.parametrize(("name", "line", "reason"), LINES, ids=[each[0] for each in LINES])
async def test_a_hostile_line_of_a_stream_is_named_and_the_next_is_stored(
    desk: Desk, name: str, line: bytes, reason: str
) -> None:
    study = await desk.ask()

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(line), MEGABYTE):
            yield line[start : start + MEGABYTE]
        yield GOOD

    report = await desk.stream(study, pieces())

    assert (report["accepted"], report["rejected_count"]) == (1, 1)
    assert report["rejected"][0]["line"] == 1
    assert any(each in report["rejected"][0]["reason"] for each in reason.split("|")), report["rejected"]


@pytest.mark.parametrize(("name", "line", "reason"), IN_FILES, ids=[each[0] for each in IN_FILES])
async def test_a_hostile_line_of_a_file_is_named_and_the_next_is_stored(
    desk: Desk, name: str, line: bytes, reason: str
) -> None:
    study = await desk.ask()

    job = await desk.finish(await desk.upload(study, "posts.ndjson", GOOD + line + GOOD.replace(b"good", b"too")))

    result = job["result"]
    assert (job["status"], result["accepted"], result["rejected_count"]) == ("succeeded", 2, 1), job
    assert result["rejected"][0]["line"] == 2
    assert any(each in result["rejected"][0]["reason"] for each in reason.split("|")), result["rejected"]


@pytest.mark.parametrize("way", ["stream", "file", "document"])
async def test_half_characters_and_nul_are_taken_out_of_texts(desk: Desk, way: str) -> None:
    study = await desk.ask()
    line = rb'{"text": "cut \ud83d off\u0000", "external_id": "a\u0000b", "author": "\udc00", "url": ""}' + b"\n"

    if way == "stream":
        await desk.stream(study, line)
    elif way == "file":
        await desk.finish(await desk.upload(study, "posts.ndjson", line))
    else:
        answer = await desk.client.post(
            f"/v1/studies/{study['id']}/posts",
            content=b'{"posts": [' + line + b"]}",
            headers={"Content-Type": "application/json"},
        )
        assert answer.status_code == 200, answer.text

    [stored] = await desk.posts()
    assert (stored["text"], stored["external_id"]) == ("cut  off", "ab")


async def test_formulas_are_kept_as_the_text_they_are(desk: Desk) -> None:
    study = await desk.ask()
    cells = ["=HYPERLINK(0)", "+1+1", "-2+3", "@SUM(1)", "\t=1", "=cmd|' /C calc'!A0"]
    content = "text,id\n" + "".join(f'"{cell}",{number}\n' for number, cell in enumerate(cells))

    await desk.finish(await desk.upload(study, "posts.csv", content.encode()))

    assert [each["text"] for each in await desk.posts()] == [cell.strip() for cell in cells]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("text\nété à 5 €\n".encode("cp1252"), "été à 5 €"),
        ("text\nété\n".encode("utf-16"), "été"),
        (b"text\n\xc3\x28\xff\n", "Ã(ÿ"),
    ],
)
async def test_a_wrong_encoding_is_read_by_its_rule(desk: Desk, content: bytes, text: str) -> None:
    study = await desk.ask()

    await desk.finish(await desk.upload(study, "posts.csv", content))

    assert [each["text"] for each in await desk.posts()] == [text]


def zipped(content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("posts.csv", content)
    return buffer.getvalue()


BOMB = b"text\n" + (b"x" * 900_000 + b"\n") * 60


@pytest.mark.parametrize(
    "bomb", [gzip.compress(BOMB), zstandard.compress(BOMB), zipped(BOMB)], ids=["gz", "zst", "zip"]
)
async def test_a_bomb_is_refused_with_a_sentence(desk: Desk, bomb: bytes) -> None:
    study = await desk.ask()

    answer = await desk.upload(study, "posts", bomb)

    assert answer.status_code == 422
    assert "expands more than 200 times: this is no file of posts." in answer.json()["detail"]


WHOLE: list[tuple[str, bytes, str]] = [
    ("10^6 columns", b",".join(b"c%d" % number for number in range(10**6)) + b"\n", "no usable first line"),
    ("3,000 columns", b",".join(b"c" for _ in range(3_000)) + b"\n", "2,000 are allowed"),
    ("50 MB header", b"x" * 50 * MEGABYTE, "no usable first line"),
    ("deep document", b"[" * 10**6, "more than|too early"),
    ("an endless text", b'[{"text": "' + b"x" * 20 * MEGABYTE, "more than"),
    ("NUL", b"\0" * 1000, "binary data"),
    ("damaged Parquet", b"PAR1" + b"\xff" * 1000 + b"PAR1", "Parquet file is damaged"),
    ("damaged ZIP", b"PK\x03\x04" + b"\xff" * 1000, "ZIP archive is damaged"),
    ("damaged gzip", b"\x1f\x8b" + b"\xff" * 1000, "damaged or ends too early"),
    ("damaged Zstandard", b"\x28\xb5\x2f\xfd" + b"\xff" * 1000, "damaged or ends too early|window"),
    ("a picture", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0" * 100, "binary data"),
]


@pytest.mark.parametrize("call", ["imports", "imports/previews"])
@pytest.mark.parametrize(("name", "content", "problem"), WHOLE, ids=[each[0] for each in WHOLE])
async def test_a_hostile_file_is_refused_with_a_sentence(
    desk: Desk, call: str, name: str, content: bytes, problem: str
) -> None:
    study = await desk.ask()

    answer = await desk.client.post(f"/v1/studies/{study['id']}/{call}", files={"file": ("posts", content)})

    assert answer.status_code == 422, answer.text
    assert any(each in answer.json()["detail"] for each in problem.split("|")), answer.json()


async def test_a_document_of_the_wrong_shape_is_refused(desk: Desk) -> None:
    study = await desk.ask()
    path, headers = f"/v1/studies/{study['id']}/posts", {"Content-Type": "application/json"}

    for body in (b"", b"[" * 10**6, b'{"posts": 1}', b"\xff\xfe", b'{"posts": [' + DEEP + b"]}", b"null"):
        answer = await desk.client.post(path, content=body, headers=headers)
        assert answer.status_code in (413, 422), answer.text


async def test_ids_and_names_of_any_characters_are_stored(desk: Desk) -> None:
    study = await desk.ask()
    odd = ["'; DROP TABLE posts; --", "%s %(x)s {}", "\u202etxet", "é\u0301" * 50, "a" * 500]
    posts: list[Any] = [{"text": each, "external_id": each, "author": each[:200]} for each in odd]

    report = await desk.stream(study, b"".join(json.dumps(each).encode() + b"\n" for each in posts))

    assert report["accepted"] == len(odd)
    stored = await desk.posts()
    await until(lambda: len(stored) == len(odd))
    assert {each["external_id"] for each in stored} == set(odd)
