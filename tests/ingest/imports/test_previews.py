"""The guess before an import: shown for what it is, stores nothing, and imports just so when it is sent back."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from desk import Desk
from sqlalchemy import text

from ingest.app import service
from kit.db import EVERYWHERE
from kit.testing import BETA, Launch, Running, until

SAMPLES = Path(__file__).parent.parent / "sources" / "samples"


async def previewed(desk: Desk, study: dict[str, Any], name: str, content: bytes, **fields: str) -> httpx2.Response:
    path = f"/v1/studies/{study['id']}/imports/previews"
    return await desk.client.post(path, files={"file": (name, content)}, data=fields)


async def test_the_guess_shows_format_mapping_posts_and_what_is_not_used(desk: Desk) -> None:
    study = await desk.ask()

    answer = await previewed(desk, study, "mentions.csv", (SAMPLES / "brandwatch.csv").read_bytes())

    assert answer.status_code == 200, answer.text
    guess = answer.json()
    assert (guess["format"], guess["encoding"], guess["delimiter"]) == ("csv", "utf-8", ",")
    assert guess["preset"] == {"name": "brandwatch", "title": "Brandwatch mentions (CSV)", "confidence": 1.0}
    assert guess["mapping"] == "preset:brandwatch"
    assert {"field": "text", "columns": ["Full Text", "Snippet", "Title"], "origin": "preset"} in guess["fields"]
    assert [each["post"]["text"] for each in guess["posts"]] == [
        "The 7:42 is late again",
        "Riders say that trains are full",
    ]
    assert "Sentiment" in guess["unmapped_columns"]
    assert "Author" not in guess["unmapped_columns"]
    assert guess["warnings"] == ["The first 6 lines are no table and are passed over."]
    assert (guess["drift"], guess["rejected"], guess["privacy"]) == ([], [], "public")


async def test_a_guess_by_columns_says_what_was_given_and_what_was_guessed(desk: Desk) -> None:
    study = await desk.ask()

    answer = await previewed(
        desk, study, "avis.csv", (SAMPLES / "generic.csv").read_bytes(), mapping="author=Auteur", day_first="true"
    )

    guess = answer.json()
    assert (guess["encoding"], guess["delimiter"], guess["preset"]) == ("windows-1252", ";", None)
    origins = {each["field"]: each["origin"] for each in guess["fields"]}
    assert (origins["author"], origins["text"]) == ("given", "guessed")
    assert guess["posts"][0]["post"]["engagement"]["likes"] == 1204
    assert guess["unmapped_columns"] == ["Commentaire de modération"]


async def test_only_the_first_rows_are_read_and_nothing_is_stored(desk: Desk) -> None:
    study = await desk.ask()
    content = b"text,id\n" + b"".join(b"post %d,%d\n" % (number, number) for number in range(5_000)) + b"broken\n"

    guess = (await previewed(desk, study, "posts.csv", content)).json()

    assert guess["rows"] == 200
    assert len(guess["posts"]) == 5
    assert "No column holds the date: every post gets the time of the import." in guess["warnings"]
    assert (await desk.coverage(study))["posts"] == 0
    assert (await desk.client.get("/v1/jobs")).json()["items"] == []


async def test_what_the_guess_says_is_what_the_import_does(desk: Desk) -> None:
    study = await desk.ask()
    content = (SAMPLES / "x_api.json").read_bytes()
    guess = (await previewed(desk, study, "x.json", content)).json()

    job = await desk.finish(await desk.upload(study, "x.json", content, mapping=guess["mapping"]))

    assert job["result"]["mapping"] == "preset:x_api"
    assert (job["result"]["accepted"], job["result"]["rejected_count"], job["result"]["drift"]) == (4, 0, [])
    assert [each["text"] for each in await desk.posts()] == [each["post"]["text"] for each in guess["posts"]]


async def test_drift_is_part_of_the_result(desk: Desk) -> None:
    study = await desk.ask()
    content = (SAMPLES / "brandwatch.csv").read_bytes().replace(b",Date,", b",Dates,")

    job = await desk.finish(await desk.upload(study, "b.csv", content, mapping="preset:brandwatch"))

    assert job["result"]["drift"] == [
        {
            "field": "published_at",
            "column": "date",
            "problem": "renamed",
            "rows": 2,
            "example_line": None,
            "suggestion": "Dates",
        }
    ]


async def test_an_import_whose_dates_are_gone_stores_nothing(desk: Desk) -> None:
    study = await desk.ask()
    content = b"text,id,created_at\n" + b"".join(b"post,%d,then\n" % number for number in range(400))

    job = await desk.finish(await desk.upload(study, "posts.csv", content))

    assert job["status"] == "failed"
    assert "published_at cannot be read in 50 of the first 50 rows" in job["error"]
    assert job["error"].endswith("or correct the file.")
    assert (await desk.coverage(study))["posts"] == 0


async def test_what_is_left_aside_is_counted_in_the_result(desk: Desk) -> None:
    study = await desk.ask()

    created, _, liked, *_ = (SAMPLES / "bluesky_jetstream.ndjson").read_bytes().splitlines(keepends=True)

    job = await desk.finish(await desk.upload(study, "js.ndjson", created + liked))

    assert job["result"]["received"] == job["result"]["accepted"] == 1
    assert job["result"]["left_aside"] == {"is a like, a repost or a follow": 1}


async def test_messages_are_recognised_as_private(desk: Desk) -> None:
    study = await desk.ask()

    guess = (await previewed(desk, study, "tickets.csv", (SAMPLES / "messages.csv").read_bytes())).json()

    assert (guess["preset"]["name"], guess["privacy"]) == ("messages", "private")
    assert guess["left_aside"] == {"was not written by the customer": 1}


@pytest.mark.parametrize(("given", "kept"), [("private", "private"), ("Public", "public"), ("", "public")])
async def test_the_form_says_how_far_posts_may_travel(desk: Desk, given: str, kept: str) -> None:
    study = await desk.ask()
    content = b"text,author,author_handle\nhello,me,@me\n"

    guess = (await previewed(desk, study, "posts.csv", content, privacy=given)).json()
    job = await desk.finish(await desk.upload(study, "posts.csv", content, privacy=given))

    assert (guess["privacy"], job["status"]) == (kept, "succeeded")
    [stored] = await desk.posts()
    assert (stored["privacy"], stored["author_handle"]) == (kept, "" if kept == "private" else "me")


@pytest.mark.parametrize(("privacy", "problem"), [("public", "cannot be made public"), ("secret", "public or private")])
async def test_messages_stay_private_and_other_words_are_refused(desk: Desk, privacy: str, problem: str) -> None:
    study = await desk.ask()

    answer = await desk.upload(study, "t.csv", (SAMPLES / "messages.csv").read_bytes(), privacy=privacy)

    assert answer.status_code == 422
    assert problem in answer.json()["detail"]


@pytest.mark.parametrize(
    ("content", "fields", "problem"),
    [
        (b"", {}, "empty"),
        (b"a,b\n1,2\n", {}, "No column"),
        (b"text\nx\n", {"mapping": "preset:tiktok"}, "tiktok takes text"),
    ],
)
async def test_a_file_of_no_use_is_refused(desk: Desk, content: bytes, fields: dict[str, str], problem: str) -> None:
    study = await desk.ask()
    if "preset" in fields.get("mapping", ""):
        content = b"words\nx\n"

    answer = await previewed(desk, study, "a.csv", content, **fields)

    assert answer.status_code == 422
    assert problem in answer.json()["detail"]


async def test_another_workspaces_study_is_not_found_before_the_file_is_read(desk: Desk, running: Running) -> None:
    study = await desk.ask()

    assert (await previewed(Desk(running, BETA), study, "a.csv", b"text\nx\n")).status_code == 404


async def test_a_slow_upload_holds_no_connection_of_the_database(launch: Launch) -> None:
    async with launch(service, database_pool=2, jobs_at_once=1) as running:
        desk = Desk(running)
        study = await desk.ask()
        gate = asyncio.Event()
        begun: list[int] = []

        async def slow() -> AsyncIterator[bytes]:
            yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\ntext\r\n'
            begun.append(1)
            await gate.wait()
            yield b"hello\r\n\r\n--b--\r\n"

        async def send() -> httpx2.Response:
            headers = {"Content-Type": "multipart/form-data; boundary=b"}
            path = f"/v1/studies/{study['id']}/imports"
            return await desk.client.post(path, content=slow(), headers=headers)

        uploads = [asyncio.create_task(send()) for _ in range(6)]
        await until(lambda: len(begun) == 6)
        assert (await desk.coverage(study))["posts"] == 0
        gate.set()
        answers = [await upload for upload in uploads]

        assert [answer.status_code for answer in answers] == [202] * 6
        await desk.finish(answers[-1])


async def test_imported_messages_are_kept_private_and_without_handles(desk: Desk, running: Running) -> None:
    study = await desk.ask()

    await desk.finish(await desk.upload(study, "tickets.csv", (SAMPLES / "messages.csv").read_bytes()))

    async with running.runtime.database.session(EVERYWHERE) as session:
        stored = (await session.execute(text("SELECT privacy, author_handle, thread_id FROM posts"))).all()
    assert [tuple(each) for each in stored] == [("private", "", "501")] * 2


async def test_what_a_ready_mapping_reads_is_stored(desk: Desk, running: Running) -> None:
    study = await desk.ask()

    await desk.finish(await desk.upload(study, "x.json", (SAMPLES / "x_api.json").read_bytes()))

    columns = "parent_id, repost_of, quote_of, author_handle, followers, has_media"
    async with running.runtime.database.session(EVERYWHERE) as session:
        stored = (await session.execute(text(f"SELECT {columns} FROM posts ORDER BY external_id"))).all()
    assert [tuple(each) for each in stored] == [
        ("", "", "", "ada_l", 1583, True),
        ("1975001", "", "", "grace_h", 27, False),
        ("", "1975001", "", "grace_h", 27, False),
        ("", "", "1975001", "grace_h", 27, False),
    ]
