"""Files are imported by jobs that report what they did, and that a crash does not harm."""

import gzip
import json
from pathlib import Path

import pytest
import zstandard
from desk import Desk, lines, post
from exports import POSTS, as_csv, as_parquet, zipped

from ingest.app import service
from kit.testing import BETA, Launch, Running
from pourquoi.ingest.v1.events_pb2 import PostCollected


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
