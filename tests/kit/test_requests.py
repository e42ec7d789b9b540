"""Odd requests get an answer of the 4xx kind, a problem, and cost the service little."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

import pytest
from fastapi import File, Query, Request, UploadFile
from itsdangerous import URLSafeSerializer
from probe.app import NoteRepository, router, service
from pydantic import BaseModel
from sqlalchemy import text

from kit.rest import Page, Paging, ReadSession, Router, Writer, WriteSession, boundary
from kit.service import Service, build_app
from kit.testing import Launch, Running

PROBLEM = "application/problem+json"
odd = Router(prefix="/v1/odd", tags=["odd"])


class Word(BaseModel):
    word: str


@odd.get("")
async def find(session: ReadSession, word: str) -> list[str]:
    """Finds notes."""
    found = await session.execute(text("SELECT body FROM notes WHERE body = :word"), {"word": word})
    return list(found.scalars())


@odd.post("/words")
async def take(session: WriteSession, word: Word) -> int:
    """Takes a word, unwashed."""
    await NoteRepository(session).add(word.word)
    return len(word.word)


@odd.post("/uploads")
async def upload(session: WriteSession, file: Annotated[UploadFile, File()]) -> int:
    """Takes a file."""
    content = await file.read()
    await NoteRepository(session).add(content.decode())
    return len(content)


@odd.post("/streams")
async def stream(request: Request, writer: Writer) -> int:
    """Counts the bytes of a stream."""
    return sum([len(chunk) async for chunk in request.stream()])


@odd.get("/pages")
async def pages(paging: Paging) -> Page[str]:
    """Reads two values of the cursor."""
    after = paging.after
    return paging.page([f"{after['id']} {after['at']}"] if after else ["first"], str, lambda row: {"id": row})


@odd.get("/pool")
async def pool(session: ReadSession, seconds: Annotated[float, Query()] = 0) -> int:
    """Holds a connection."""
    await session.execute(text("SELECT pg_sleep(:seconds)"), {"seconds": seconds})
    return 1


odd_service = Service(settings=service.settings, description="Odd.", routers=[router, odd])


@pytest.fixture
async def probe(launch: Launch) -> AsyncIterator[Running]:
    async with launch(odd_service, request_megabytes=1, database_pool=2) as running:
        yield running


def is_problem(answer: Any, status: int) -> bool:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == PROBLEM
    assert answer.json()["status"] == status
    return True


async def test_a_nul_character_is_the_callers_mistake(probe: Running) -> None:
    assert is_problem(await probe.client.get("/v1/odd", params={"word": "a\0b"}), 400)
    assert is_problem(await probe.client.post("/v1/odd/words", json={"word": "a\0b"}), 400)
    keyed = await probe.client.post("/v1/notes", json={"body": "x"}, headers={"Idempotency-Key": "a\0b"})
    assert is_problem(keyed, 400)
    assert is_problem(await probe.client.get("/v1/notes", params={"cursor": "a\0b"}), 422)
    assert is_problem(await probe.client.put("/v1/notes/a%00b"), 422)
    assert is_problem(await probe.client.get("/v1/a%00b"), 404)


async def test_a_body_that_is_no_proper_json_is_the_callers_mistake(probe: Running) -> None:
    surrogates = [b'{"word": "\\ud800"}', b'{"\\ud800": 1}']
    for body in (*surrogates, b"\xff", b'{"word": ', b"[" * 100_000, b"", b"null", b"NaN"):
        answer = await probe.client.post("/v1/odd/words", content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code in (400, 422), body[:20]
        assert answer.headers["content-type"] == PROBLEM


async def test_an_odd_host_header_harms_nobody(probe: Running) -> None:
    for host in ("[", "a]b", "a b", "http://x", ""):
        answer = await probe.client.get("/v1/notes/nowhere/at/all", headers={"Host": host})
        assert is_problem(answer, 404), host
        headers = {"Host": host, "Idempotency-Key": "k"}
        assert (await probe.client.post("/v1/notes", json={"body": "x"}, headers=headers)).status_code == 201, host


async def test_a_strangers_upload_is_refused_unread(probe: Running) -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(100):
            read += 1
            yield b"x" * 65536

    for path in ("/v1/odd/uploads", "/v1/odd/streams", "/v1/odd/words"):
        for kind in ("application/x-ndjson", "multipart/form-data; boundary=b"):
            headers = {"Content-Type": kind}
            answer = await probe.client_for(None).post(path, content=endless(), headers=headers)
            assert is_problem(answer, 401)
    assert read <= 6, "the client sends a chunk before it looks"


async def test_a_known_caller_may_stream_more_than_a_plain_body_holds(probe: Running) -> None:
    headers = {"Content-Type": "application/x-ndjson"}
    answer = await probe.client.post("/v1/odd/streams", content=b"x" * 2_000_000, headers=headers)
    assert answer.json() == 2_000_000
    assert is_problem(await probe.client.post("/v1/odd/streams", content=b"x" * 2_000_000), 413)


async def test_an_endpoint_of_json_takes_no_stream(probe: Running) -> None:
    headers = {"Content-Type": "application/x-ndjson"}
    assert is_problem(await probe.client.post("/v1/odd/words", content=b"x" * 2_000_000, headers=headers), 422)


async def test_a_key_stands_for_one_request_also_when_it_is_an_upload(probe: Running) -> None:
    headers = {"Idempotency-Key": "k"}

    async def send(content: bytes) -> Any:
        return await probe.client.post("/v1/odd/uploads", files={"file": ("f", content)}, headers=headers)

    assert (await send(b"one")).json() == 3
    again = await send(b"one")
    assert (again.json(), again.headers["idempotent-replayed"]) == (3, "true")
    assert is_problem(await send(b"another"), 422)


async def test_a_twin_that_takes_too_long_is_not_waited_for(probe: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boundary, "TWIN_SECONDS", 0.1)
    twin = {"workspace": "alpha", "key": "k", "fingerprint": ""}
    async with probe.runtime.database.open("alpha") as session:
        await session.execute(boundary._TAKE_KEY, twin)
        answer = await probe.client.post("/v1/notes", json={"body": "x"}, headers={"Idempotency-Key": "k"})
        assert is_problem(answer, 409)


async def test_a_failed_request_frees_its_key(probe: Running) -> None:
    headers = {"Idempotency-Key": "k"}
    assert is_problem(await probe.client.post("/v1/notes", json={"body": "conflict"}, headers=headers), 409)
    assert (await probe.client.post("/v1/notes", json={"body": "fine"}, headers=headers)).status_code == 201


async def test_a_cursor_of_another_shape_belongs_to_another_list(probe: Running) -> None:
    signer = URLSafeSerializer("test", salt="Pourquoi probe /v1/odd/pages")
    for position in ({"id": "x"}, ["id"], "id", 7, None):
        answer = await probe.client.get("/v1/odd/pages", params={"cursor": signer.dumps(position)})
        assert is_problem(answer, 422), position


async def test_a_cursor_of_another_list_is_refused(probe: Running) -> None:
    for body in ("a", "b"):
        await probe.client.post("/v1/notes", json={"body": body})
    cursor = (await probe.client.get("/v1/notes", params={"limit": 1})).json()["next_cursor"]
    assert (await probe.client.get("/v1/notes", params={"cursor": cursor})).status_code == 200
    assert is_problem(await probe.client.get("/v1/odd/pages", params={"cursor": cursor}), 422)


async def test_too_many_slow_requests_are_told_to_come_back(probe: Running) -> None:
    probe.runtime.database.engine.pool._timeout = 0.1  # type: ignore[attr-defined]
    answers = await asyncio.gather(
        *(probe.client.get("/v1/odd/pool", params={"seconds": 0.5}) for _ in range(4)),
    )
    assert sorted({answer.status_code for answer in answers}) == [200, 503]
    away = next(answer for answer in answers if answer.status_code == 503)
    assert away.headers["retry-after"] == "2"


async def test_a_problem_names_the_request_and_its_trace_and_keeps_the_limits(probe: Running, spans) -> None:
    missing = UUID(int=7)
    answer = await probe.client.put(f"/v1/notes/{missing}")
    problem = answer.json()
    assert problem["type"] == "urn:pourquoi:problem:not-found"
    assert problem["instance"] == f"/v1/notes/{missing}"
    assert len(problem["trace_id"]) == 32
    assert "ratelimit" in answer.headers


async def test_a_caller_that_hangs_up_is_no_error_of_ours(probe: Running, caplog: pytest.LogCaptureFixture) -> None:
    sent: list[dict[str, Any]] = []
    messages = iter([{"type": "http.request", "body": b"x", "more_body": True}, {"type": "http.disconnect"}])

    async def receive() -> Any:
        return next(messages)

    async def send(message: Any) -> None:
        sent.append(message)

    key = probe.keys.by_workspace["alpha"]
    headers = [(b"authorization", f"Bearer {key}".encode()), (b"content-type", b"application/x-ndjson")]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/v1/odd/streams",
        "raw_path": b"/v1/odd/streams",
        "query_string": b"",
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("service", 80),
    }
    await probe.app(scope, receive, send)
    assert sent[0]["status"] == 400
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


async def test_what_went_wrong_inside_is_logged_by_route_and_kind(
    probe: Running, caplog: pytest.LogCaptureFixture
) -> None:
    await probe.client.post("/v1/notes", json={"body": "crash"})
    [line] = [record.getMessage() for record in caplog.records if record.name.startswith("kit.rest")]
    assert line == "POST /v1/notes failed: RuntimeError"


async def test_readiness_needs_the_database_and_not_nats(probe: Running) -> None:
    assert (await probe.client.get("/readyz")).status_code == 200
    await probe.runtime.bus.close()
    assert (await probe.client.get("/readyz")).status_code == 200


def test_the_document_describes_every_problem_and_needs_no_connection() -> None:
    document = build_app(odd_service, odd_service.settings()).openapi()
    json.dumps(document)
    answers = document["paths"]["/v1/odd"]["get"]["responses"]
    for status in ("400", "401", "403", "404", "422", "429", "503"):
        assert list(answers[status]["content"]) == [PROBLEM]
