"""REST: transactions, idempotency keys, pages, revisions, problems, who may what."""

import asyncio
from typing import Any

import pytest
from probe.app import service

from kit.jobs import runner
from kit.testing import Launch, Running, until
from pourquoi.ingest.v1.events_pb2 import PostErased

PROBLEM = "application/problem+json"


async def test_a_write_commits_its_row_and_its_event_together(launch: Launch) -> None:
    async with launch(service) as probe:
        answer = await probe.client.post("/v1/notes", json={"body": "hello"})
        assert answer.status_code == 201
        assert answer.headers["etag"] == '"1"'
        assert [event.post_id for event in await probe.published(PostErased, 1)] == ["hello"]


async def test_an_error_after_nothing_was_committed_leaves_no_event(launch: Launch) -> None:
    async with launch(service) as probe:
        answer = await probe.client.post("/v1/notes", json={"body": "conflict"})
        assert answer.status_code == 409
        await probe.client.post("/v1/notes", json={"body": "after"})
        assert [event.post_id for event in await probe.published(PostErased, 1)] == ["after"]
        assert len((await probe.client.get("/v1/notes")).json()["items"]) == 1


async def test_a_repeated_key_gets_the_first_answer_and_writes_once(launch: Launch) -> None:
    async with launch(service) as probe:
        headers = {"Idempotency-Key": "k1"}
        answers = await asyncio.gather(
            *(probe.client.post("/v1/notes", json={"body": "once"}, headers=headers) for _ in range(5))
        )
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.json()["id"] for answer in answers}) == 1
        assert sum(answer.headers.get("idempotent-replayed") == "true" for answer in answers) == 4
        other = await probe.client.post("/v1/notes", json={"body": "other"}, headers=headers)
        assert other.status_code == 422
        elsewhere = await probe.client_for("beta").post("/v1/notes", json={"body": "other"}, headers=headers)
        assert elsewhere.status_code == 201


async def test_pages_cover_every_row_once(launch: Launch) -> None:
    async with launch(service) as probe:
        for number in range(7):
            await probe.client.post("/v1/notes", json={"body": str(number)})
        seen, cursor = [], None
        while True:
            query = {"limit": 3, **({"cursor": cursor} if cursor else {})}
            page = (await probe.client.get("/v1/notes", params=query)).json()
            seen += [note["body"] for note in page["items"]]
            cursor = page["next_cursor"]
            if not cursor:
                break
        assert seen == [str(number) for number in range(7)]
        forged = await probe.client.get("/v1/notes", params={"cursor": "forged"})
        assert forged.status_code == 422


async def test_an_old_revision_is_refused(launch: Launch) -> None:
    async with launch(service) as probe:
        note = (await probe.client.post("/v1/notes", json={"body": "x"})).json()
        path = f"/v1/notes/{note['id']}"
        assert (await probe.client.put(path, headers={"If-Match": '"1"'})).status_code == 200
        assert (await probe.client.put(path, headers={"If-Match": '"7"'})).status_code == 412
        assert (await probe.client.put(path, headers={"If-Match": "seven"})).status_code == 400


async def test_another_workspace_sees_nothing(launch: Launch) -> None:
    async with launch(service) as probe:
        note = (await probe.client.post("/v1/notes", json={"body": "mine"})).json()
        beta = probe.client_for("beta")
        assert (await beta.get("/v1/notes")).json()["items"] == []
        assert (await beta.put(f"/v1/notes/{note['id']}")).status_code == 404


async def test_without_a_valid_key_the_answer_is_401(launch: Launch) -> None:
    async with launch(service) as probe:
        for header in (None, "Bearer pq_nope_nope", "Basic abc", "Bearer "):
            headers = {"Authorization": header} if header else {}
            answer = await probe.client_for(None).get("/v1/notes", headers=headers)
            assert answer.status_code == 401, header
            assert answer.headers["content-type"] == PROBLEM
            assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_crash_answers_500_without_inner_details(launch: Launch) -> None:
    async with launch(service) as probe:
        answer = await probe.client.post("/v1/notes", json={"body": "crash"})
        assert answer.status_code == 500
        assert answer.headers["content-type"] == PROBLEM
        assert "secret" not in answer.text


async def test_invalid_bodies_name_the_wrong_part(launch: Launch) -> None:
    async with launch(service, request_megabytes=1) as probe:
        answer = await probe.client.post("/v1/notes", json={"body": "x" * 101})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["location"] == "body.body"
        huge = await probe.client.post("/v1/notes", json={"body": "x" * 2**21})
        assert huge.status_code == 413


async def test_the_limit_of_requests_is_told_and_held(launch: Launch) -> None:
    async with launch(service, requests_per_minute=2) as probe:
        first = await probe.client.get("/v1/notes")
        assert "r=1" in first.headers["ratelimit"]
        await probe.client.get("/v1/notes")
        third = await probe.client.get("/v1/notes")
        assert third.status_code == 429
        assert int(third.headers["retry-after"]) <= 60


async def test_docs_and_probes_need_no_key_and_no_internet(launch: Launch) -> None:
    async with launch(service) as probe:
        stranger = probe.client_for(None)
        for path in ("/docs", "/redoc", "/openapi.json", "/livez", "/readyz", "/metrics", "/assets/swagger-ui.css"):
            assert (await stranger.get(path)).status_code == 200, path
        assert "https://" not in (await stranger.get("/docs")).text


async def test_a_job_resumes_where_it_failed(launch: Launch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "RETRY_SECONDS", 0.01)
    async with launch(service) as probe:
        note = (await probe.client.post("/v1/notes", json={"body": "x"})).json()
        answer = await probe.client.post(f"/v1/notes/{note['id']}/copies")
        assert answer.status_code == 202
        job = await _ended(probe, answer.headers["location"])
        assert job["status"] == "succeeded"
        assert job["progress"] == {"done": 3, "total": 3}
        bodies = [note["body"] for note in (await probe.client.get("/v1/notes")).json()["items"]]
        assert bodies == ["x", "copy 0", "copy 1", "copy 2"]


async def _ended(probe: Running, location: str) -> dict[str, Any]:
    async def ended() -> dict[str, Any] | None:
        job = (await probe.client.get(location)).json()
        return job if job["status"] in ("succeeded", "failed") else None

    return await until(ended)


@pytest.mark.parametrize(
    ("forwarded", "prefix"),
    [("/probe", "/probe"), ("/a/b-c", "/a/b-c"), ("", ""), ("//evil.example", ""), ("https://evil.example", "")],
)
async def test_a_location_holds_behind_the_prefix_of_a_gateway(launch: Launch, forwarded: str, prefix: str) -> None:
    async with launch(service) as probe:
        note = (await probe.client.post("/v1/notes", json={"body": "x"})).json()
        headers = {"X-Forwarded-Prefix": forwarded, "Idempotency-Key": "once"}
        answers = [await probe.client.post(f"/v1/notes/{note['id']}/copies", headers=headers) for _ in range(2)]
        assert [answer.headers["location"] for answer in answers] == [f"{prefix}/v1/jobs/{answers[0].json()['id']}"] * 2
