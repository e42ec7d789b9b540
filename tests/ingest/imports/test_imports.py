"""Files are imported by jobs that report what they did, and that a crash does not harm."""

import csv
import gzip
import io
import json
import zipfile
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow
import pytest
import zstandard
from desk import Desk, lines, post
from pyarrow import parquet
from sqlalchemy import text

from ingest.app import service
from ingest.imports.jobs import ImportJob
from ingest.imports.sweeping import UploadSweeper
from kit.db import EVERYWHERE, Session
from kit.jobs import JobContext, JobHandler, JobRunner, JsonObject
from kit.testing import BETA, Launch, Running, until
from pourquoi.ingest.v1.events_pb2 import PostCollected

Posts = list[dict[str, object]]


def as_csv(posts: Posts, delimiter: str = ",") -> bytes:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, posts[0].keys(), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(posts)
    return buffer.getvalue().encode()


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def as_parquet(posts: Posts) -> bytes:
    buffer = io.BytesIO()
    parquet.write_table(pyarrow.Table.from_pylist(posts), buffer, row_group_size=40)
    return buffer.getvalue()


POSTS = [post(number) for number in range(130)]


@pytest.mark.parametrize(
    ("name", "content", "format_"),
    [
        ("posts.csv", as_csv(POSTS), "csv"),
        ("posts.tsv", as_csv(POSTS, "\t"), "csv"),
        ("posts.csv.gz", gzip.compress(as_csv(POSTS)), "csv"),
        ("posts.ndjson", lines(POSTS), "ndjson"),
        ("posts.ndjson.gz", gzip.compress(lines(POSTS)), "ndjson"),
        ("posts.ndjson.zst", zstandard.compress(lines(POSTS)), "ndjson"),
        ("posts.json", json.dumps(POSTS).encode(), "json"),
        ("posts.json", json.dumps({"data": POSTS}, indent=1).encode(), "json"),
        ("posts.parquet", as_parquet(POSTS), "parquet"),
        ("posts.zip", zipped({"a.csv": as_csv(POSTS[:70]), "b.csv": as_csv(POSTS[70:]), "c.png": b"x"}), "csv"),
    ],
)
async def test_a_file_is_imported_to_its_last_post(desk: Desk, name: str, content: bytes, format_: str) -> None:
    study = await desk.ask()

    answer = await desk.upload(study, name, content)

    job = await desk.finish(answer)
    assert (job["kind"], job["status"]) == ("import", "succeeded")
    assert job["progress"] == {"done": len(content), "total": len(content)}
    assert job["result"]["accepted"] == job["result"]["received"] == 130
    assert (job["result"]["filename"], job["result"]["format"]) == (name, format_)
    assert "published_at=published_at" in job["result"]["mapping"]
    assert (job["result"]["drift"], job["result"]["left_aside"]) == ([], {})
    assert (await desk.coverage(study))["posts"] == 130


async def test_what_a_file_brings_travels_behind_live_posts(desk: Desk, running: Running) -> None:
    study = await desk.ask()

    await desk.finish(await desk.upload(study, "posts.ndjson", lines(POSTS)))

    await running.published(PostCollected, 130)
    collected = [each for each in await running.envelopes("ingest") if each.headers["ce-type"].endswith("Collected")]
    assert len(collected) == 130
    assert all(each.subject.startswith("backfill.") for each in collected)


async def test_an_import_may_be_repeated(desk: Desk) -> None:
    study = await desk.ask()
    rows = [
        {"Texte": f"Le train {number}", "Auteur": "moi", "Date de publication": "2026-11-01"} for number in range(9)
    ]
    content = as_csv(rows)

    first = await desk.finish(await desk.upload(study, "avis.csv", content))
    again = await desk.finish(await desk.upload(study, "avis.csv", content))

    assert first["result"]["accepted"] == 9
    assert (again["result"]["accepted"], again["result"]["duplicates"]) == (0, 9)


async def test_columns_with_other_names_are_mapped(desk: Desk) -> None:
    study = await desk.ask()
    rows = [{"Was": "a, b", "Who": "me", "When": "03/04/2026"}]

    answer = await desk.upload(
        study, "posts.csv", as_csv(rows), mapping="text=Was,author=Who,published_at=When", day_first="true"
    )

    job = await desk.finish(answer)
    assert job["result"]["mapping"] == "text=Was,author=Who,published_at=When"
    [stored] = await desk.posts()
    assert (stored["text"], stored["published_at"]) == ("a, b", "2026-04-03T00:00:00Z")


async def test_wrong_rows_are_named_by_line_and_the_others_stay(desk: Desk) -> None:
    study = await desk.ask()
    content = (
        b'id,text,created_at\n1,"two\nlines",2026-11-01\n2,,2026-11-01\n3,fine,tomorrow\nbroken\n4,"last",2026-11-02\n'
    )

    job = await desk.finish(await desk.upload(study, "posts.csv", content))

    assert (job["result"]["received"], job["result"]["accepted"], job["result"]["rejected_count"]) == (5, 2, 3)
    assert [each["line"] for each in job["result"]["rejected"]] == [4, 5, 6]
    assert job["result"]["rejected"][0]["reason"] == "text: is missing."


@pytest.mark.parametrize(
    ("name", "content", "fields", "problem"),
    [
        ("a.csv", b"id,body\n1,x\n", {"mapping": "text=tweet"}, 'no column "tweet". Its columns are "id", "body"'),
        ("a.csv", b"a,b\n1,2\n", {}, "No column looks like the text"),
        ("a.csv", b"text\nx\n", {"mapping": "mood=text"}, "maps nothing"),
        ("a.csv", b"text\nx\n", {"day_first": "maybe"}, "must be true or false"),
        ("a.xlsx", zipped({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b""}), {}, "spreadsheet"),
        ("a.zip", b"PK\x03\x04...", {}, "damaged"),
        ("a.json", b'[{"text": "a"}', {}, "ends too early"),
        ("a.csv", b"text\nx\n", {"mapping": "preset:brandwatch"}, 'takes text from "full_text", "snippet", "title"'),
        ("a.csv", b"", {}, "empty"),
    ],
)
async def test_a_file_of_no_use_is_refused_at_once(
    desk: Desk, name: str, content: bytes, fields: dict[str, str], problem: str
) -> None:
    study = await desk.ask()

    answer = await desk.upload(study, name, content, **fields)

    assert answer.status_code == 422
    assert problem in answer.json()["detail"]
    assert (await desk.client.get("/v1/jobs")).json()["items"] == []


async def test_a_file_that_is_damaged_half_way_fails_and_says_what_is_stored(desk: Desk) -> None:
    study = await desk.ask()
    whole = gzip.compress(lines(post(number, text=f"post {number} " * 20) for number in range(4_000)))

    job = await desk.finish(await desk.upload(study, "posts.ndjson.gz", whole[: len(whole) // 2]))

    assert job["status"] == "failed"
    stored = (await desk.coverage(study))["posts"]
    assert stored > 500
    assert job["error"] == (
        "The compressed data is damaged or ends too early: send the file again. "
        f"{stored:,} posts that came before are stored."
    )


async def test_a_file_over_the_limit_is_refused(launch: Launch) -> None:
    async with launch(service, upload_megabytes=1) as running:
        desk = Desk(running)
        study = await desk.ask()

        answer = await desk.upload(study, "posts.csv", b"text\n" + b"x" * 2**21)

        assert answer.status_code == 413


async def test_a_form_without_a_file_is_refused(desk: Desk) -> None:
    study = await desk.ask()
    path = f"/v1/studies/{study['id']}/imports"

    for request in ({"data": {"mapping": "text=a"}}, {"json": {}}, {"files": {"other": b"x"}}):
        answer = await desk.client.post(path, **request)
        assert answer.status_code == 422
    broken = await desk.client.post(
        path, content=b"no form", headers={"Content-Type": "multipart/form-data; boundary=b"}
    )
    assert broken.status_code == 422


async def test_a_file_for_another_workspaces_study_is_refused(desk: Desk, running: Running) -> None:
    study = await desk.ask()

    answer = await Desk(running, BETA).upload(study, "posts.csv", b"text\nx\n")

    assert answer.status_code == 404


async def test_a_repeated_key_imports_once(desk: Desk) -> None:
    study = await desk.ask()
    path, headers = f"/v1/studies/{study['id']}/imports", {"Idempotency-Key": "once"}

    answers = [
        await desk.client.post(path, files={"file": ("a.csv", b"text\nhello\n")}, headers=headers) for _ in range(2)
    ]

    assert answers[0].json()["id"] == answers[1].json()["id"]
    await desk.finish(answers[0])
    assert len((await desk.client.get("/v1/jobs")).json()["items"]) == 1


class PowerCut(RuntimeError):
    """The process dies here."""


class MortalContext(JobContext):
    """A context that dies inside the transaction of its third chunk."""

    chunks = 0

    async def advance_within(
        self, session: Session, done: int, total: int | None = None, state: JsonObject | None = None
    ) -> None:
        await super().advance_within(session, done, total, state)
        self.chunks += 1
        if self.chunks == 3:
            raise PowerCut


@pytest.fixture
async def idle(launch: Launch) -> AsyncIterator[Running]:
    """Ingest whose jobs wait until the test runs them."""
    async with launch(replace(service, job_handlers=lambda _: ()), chunk_posts=50) as started:
        yield started


def import_job(running: Running) -> ImportJob:
    return ImportJob(running.runtime.database, running.runtime.settings, running.runtime.state.copies)


def runner(running: Running, handle: Callable[[JobContext], Any] | None = None) -> JobRunner:
    job = import_job(running)
    return JobRunner(running.runtime.database, [JobHandler("import", handle) if handle else job.handler])


async def test_an_import_whose_process_dies_goes_on_where_it_stopped(idle: Running) -> None:
    desk = Desk(idle)
    study = await desk.ask()
    content = lines([*(post(number) for number in range(230)), "no post", *(post(number) for number in range(10))])
    answer = await desk.upload(study, "posts.ndjson", content)

    async def die(context: JobContext) -> JsonObject:
        mortal = MortalContext(**{name: getattr(context, name) for name in JobContext.__dataclass_fields__})
        return await import_job(idle).run(mortal)

    assert await runner(idle, die).run_next()
    assert (await desk.coverage(study))["posts"] == 100
    await until(runner(idle).run_next)

    job = await desk.finish(answer)
    assert job["status"] == "succeeded"
    report = job["result"]
    assert (report["received"], report["accepted"], report["duplicates"]) == (241, 230, 10)
    assert report["rejected"] == [{"line": 231, "reason": report["rejected"][0]["reason"]}]
    assert (await desk.coverage(study))["posts"] == 230
    events = await idle.published(PostCollected, 230)
    assert len({event.post.external_id for event in events}) == 230


async def test_a_file_stays_until_its_import_has_ended(idle: Running) -> None:
    desk = Desk(idle)
    study = await desk.ask()
    sweeper = UploadSweeper(idle.runtime.database, 60)
    await desk.upload(study, "posts.ndjson", lines(POSTS))

    await sweeper.sweep()
    assert await kept_bytes(idle) == len(lines(POSTS))
    await runner(idle).run_next()
    await sweeper.sweep()

    assert await kept_bytes(idle) == 0


async def kept_bytes(running: Running) -> int:
    async with running.runtime.database.session(EVERYWHERE) as session:
        return int(await session.scalar(text("SELECT coalesce(sum(length(content)), 0) FROM upload_chunks")) or 0)


async def test_a_file_larger_than_a_chunk_comes_back_whole(desk: Desk) -> None:
    study = await desk.ask()
    posts = [post(number, text=f"{number} " + "long text " * 1_500) for number in range(220)]
    assert len(lines(posts)) > 3 * 1024 * 1024

    job = await desk.finish(await desk.upload(study, "posts.ndjson", lines(posts)))

    assert job["result"]["accepted"] == 220
    assert [each["text"] for each in await desk.posts(limit=100)] == [str(each["text"]).strip() for each in posts]


async def test_a_real_brand_conversation_is_imported_without_a_mapping(desk: Desk, data_folder: Path) -> None:
    study = await desk.ask()
    content = b"".join((data_folder / "airline" / "airline.csv").read_bytes().splitlines(keepends=True)[:3_000])

    job = await desk.finish(await desk.upload(study, "airline.csv", content))

    assert job["result"]["mapping"] == (
        "text=text,author=author,published_at=created_at,external_id=row_id,reposts=retweet_count"
    )
    assert job["result"]["accepted"] > 2_500
    assert job["result"]["rejected_count"] <= 1
