"""An erasure is a resource: posts or an author go for good, on record, and the streams with them."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

import pytest
from desk import Desk, Json, lines, post, published
from sqlalchemy import text

from ingest.erasures import service as erasures
from ingest.erasures.repository import FORGET
from ingest.erasures.service import ErasureService
from ingest.posts.destinations import Destination
from ingest.posts.intake import PostIntake
from ingest.posts.schemas import IntakeReport, NewPost
from ingest.posts.submissions import Deletion, Submission
from ingest.settings import IngestSettings
from kit.db import EVERYWHERE
from kit.testing import ALPHA, BETA, Running, until
from pourquoi.ingest.v1.events_pb2 import AuthorErased, PostCollected, PostErased

WORDS = "quite unmistakable words"
UNKNOWN = "0192f0c1-2b1a-7000-8000-000000000000"


async def erase(desk: Desk, **wanted: object) -> Json:
    answer = await desk.client.post("/v1/erasures", json=wanted)
    assert answer.status_code == 202, answer.text
    assert answer.headers["location"] == f"/v1/erasures/{answer.json()['id']}"
    return dict(answer.json())


async def erasure(desk: Desk, erasure_id: str) -> Json:
    return dict((await desk.client.get(f"/v1/erasures/{erasure_id}")).json())


async def confirmed(desk: Desk, wanted: Json) -> Json:
    async def is_confirmed() -> Json | None:
        found = await erasure(desk, wanted["id"])
        return found if found["status"] == "confirmed" else None

    return await until(is_confirmed)


async def everything(running: Running) -> str:
    """All that any table of the service holds, as text."""
    async with running.runtime.database.session(EVERYWHERE) as session:
        tables = await session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
        rows = [str(row[0]) for table in tables for row in await session.execute(text(f"SELECT {table} FROM {table}"))]
    return "\n".join(rows)


async def messages(running: Running) -> bytes:
    return b"\n".join(each.payload for each in await running.envelopes("ingest"))


async def ids_of(desk: Desk, *numbers: int) -> list[str]:
    found = {each["external_id"]: each["id"] for each in await desk.posts()}
    return [found[f"post-{number}"] for number in numbers]


async def test_posts_go_from_every_table_and_from_the_stream(desk: Desk, running: Running) -> None:
    study = await desk.ask()
    await desk.send(study, post(1, text=WORDS, author_handle="mara_q"), post(2))
    [wanted] = await ids_of(desk, 1)
    await published(running, PostCollected)
    assert WORDS.encode() in await messages(running)

    started = await erase(desk, posts=[wanted], reason="asked by letter")

    assert WORDS not in await everything(running)
    assert "mara_q" not in await everything(running)
    assert "post-1" not in await everything(running)
    done = await confirmed(desk, started)
    assert (done["posts"], done["purged"], done["reason"]) == (1, 1, "asked by letter")
    assert done["requested_by"] == "tester-alpha"
    assert WORDS.encode() not in await messages(running)
    assert [each.post.external_id for each in await published(running, PostCollected)] == ["post-2"]
    [event] = await published(running, PostErased)
    assert (event.post_id, event.erasure_id) == (wanted, started["id"])


async def test_an_author_goes_with_every_post_and_comes_back_with_none(desk: Desk, running: Running) -> None:
    study = await desk.ask()
    await desk.send(study, *(post(number, author="mara") for number in range(5)), post(9, author="someone else"))

    started = await erase(desk, author={"platform": "X ", "external_id": "mara"})

    assert started["posts"] == 5
    [event] = await running.published(AuthorErased, 1)
    assert (event.author_id, event.erasure_id) == (started["author_id"], started["id"])
    report = await desk.stream(study, lines([post(3, author="mara"), post(7, author="mara"), post(8)]))
    assert [each["reason"] for each in report["rejected"]] == [
        "The author of this post was erased: nothing of theirs is taken any more."
    ] * 2
    assert report["accepted"] == 1
    assert {each["external_id"] for each in await desk.posts()} == {"post-8", "post-9"}


async def test_an_erased_post_stays_away_also_under_another_author(desk: Desk) -> None:
    study = await desk.ask()
    await desk.send(study, post(1, author="mara"))
    await erase(desk, author={"platform": "x", "external_id": "mara"})

    report = await desk.send(study, post(1, author="not mara"))

    assert report["rejected"] == [{"line": 1, "reason": "This post was erased and is not taken again."}]


async def test_an_author_of_whom_nothing_was_ever_here_is_kept_away(desk: Desk) -> None:
    study = await desk.ask()

    started = await erase(desk, author={"platform": "x", "external_id": "mara"})

    assert (started["status"], started["posts"]) == ("confirmed", 0)
    assert (await desk.send(study, post(1, author="mara")))["rejected_count"] == 1


async def test_an_author_is_erased_by_the_pseudonym_that_posts_show(desk: Desk) -> None:
    study = await desk.ask()
    await desk.send(study, post(1, author="mara"), post(2, author="mara"))
    [first, _] = await desk.posts()

    assert (await erase(desk, author_id=first["author_id"]))["posts"] == 2
    assert await desk.posts() == []


async def test_an_author_of_many_posts_goes_in_batches(
    desk: Desk, running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasures, "POSTS_AT_ONCE", 10)
    study = await desk.ask()
    await desk.stream(study, lines(post(number, author="mara") for number in range(95)))

    started = await erase(desk, author={"platform": "x", "external_id": "mara"})

    assert (started["status"], started["posts"]) == ("running", 10)
    done = await confirmed(desk, started)
    assert (done["posts"], done["purged"]) == (95, 95)
    assert len({event.post_id for event in await published(running, PostErased)}) == 95
    assert len(await published(running, AuthorErased)) == 1
    assert (await desk.coverage(study))["posts"] == 0


async def test_what_a_source_deletes_is_erased_and_the_unknown_kept_away(desk: Desk, running: Running) -> None:
    study = await desk.ask()
    await desk.send(study, post(1), post(2), post(3, author="mara"), post(4, author="mara"))
    settings = running.runtime.settings
    assert isinstance(settings, IngestSettings)

    async def see(*deletions: Deletion) -> None:
        async with running.runtime.database.session(ALPHA) as session:
            await ErasureService(session, settings.pseudonyms).erase_seen(deletions)

    await see(
        Deletion("x", "post-1"), Deletion("x", "post-77"), Deletion("x", author="mara"), Deletion("x", author="q")
    )
    await see(Deletion("x", "post-1"), Deletion("x", "post-77"))

    assert [each["external_id"] for each in await desk.posts()] == ["post-2"]
    listed = (await desk.client.get("/v1/erasures")).json()["items"]
    assert sorted((each["posts"], each["requested_by"]) for each in listed) == [(1, "source"), (2, "source")]
    assert (await desk.send(study, post(77)))["rejected_count"] == 1


async def test_an_erasure_of_unknown_posts_erases_nothing(desk: Desk) -> None:
    study = await desk.ask()
    await desk.send(study, post(1))
    [known] = await ids_of(desk, 1)

    answer = await desk.client.post("/v1/erasures", json={"posts": [known, UNKNOWN]})

    assert answer.status_code == 404
    assert UNKNOWN in answer.json()["detail"]
    assert len(await desk.posts()) == 1


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"posts": []},
        {"posts": [UNKNOWN], "author_id": UNKNOWN},
        {"author": {"platform": "x", "external_id": ""}},
        {"author": {"platform": "no platform!", "external_id": "a"}},
        {"authors": UNKNOWN},
    ],
)
async def test_a_wish_that_names_no_one_thing_is_refused(desk: Desk, wanted: Json) -> None:
    assert (await desk.client.post("/v1/erasures", json=wanted)).status_code == 422


async def test_a_post_that_is_gone_is_announced_anew_when_asked_for_again(desk: Desk, running: Running) -> None:
    study = await desk.ask()
    await desk.send(study, post(1))
    [wanted] = await ids_of(desk, 1)
    first = await erase(desk, posts=[wanted])

    second = await confirmed(desk, await erase(desk, posts=[wanted]))

    assert second["posts"] == 1
    assert [event.erasure_id for event in await published(running, PostErased)] == [first["id"], second["id"]]


async def test_workspaces_do_not_see_each_others_erasures(desk: Desk, running: Running) -> None:
    study = await desk.ask()
    await desk.send(study, post(1, author="mara"))
    started = await erase(desk, author={"platform": "x", "external_id": "mara"})
    other = Desk(running, BETA)

    assert (await other.client.get(f"/v1/erasures/{started['id']}")).status_code == 404
    assert (await other.client.get("/v1/erasures")).json()["items"] == []
    assert (await other.client.post("/v1/erasures", json={"author_id": started["author_id"]})).status_code == 404
    assert (await other.send(await other.ask(), post(1, author="mara")))["accepted"] == 1


async def test_deleting_a_post_shows_among_the_erasures(desk: Desk) -> None:
    study = await desk.ask()
    await desk.send(study, post(1))
    [wanted] = await ids_of(desk, 1)

    await desk.client.delete(f"/v1/posts/{wanted}")

    listed: Sequence[Json] = (await desk.client.get("/v1/erasures")).json()["items"]
    assert [each["posts"] for each in listed] == [1]
    assert UUID(listed[0]["id"])


async def test_every_table_that_is_about_single_posts_forgets_an_erased_one(running: Running) -> None:
    """A new table with a `post_id` belongs into `FORGET` of `erasures/repository.py`."""
    kept_for_good = {"erasure_posts"}
    query = (
        "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'post_id'"
    )
    async with running.runtime.database.session(EVERYWHERE) as session:
        tables = set(await session.scalars(text(query)))

    forgotten = {table for table in tables for statement in FORGET if f"DELETE FROM {table} " in statement.text}

    assert tables - kept_for_good == forgotten


async def test_a_transaction_that_stores_posts_may_not_erase_as_well(desk: Desk, running: Running) -> None:
    """Two such transactions, each waiting for the other to stop storing, would never end."""
    study = await desk.ask()
    settings = running.runtime.settings
    assert isinstance(settings, IngestSettings)

    async def store_and_erase() -> None:
        async with running.runtime.database.session(ALPHA) as session:
            intake = PostIntake(session, settings.pseudonyms, running.runtime.state.copies)
            submission = Submission(1, NewPost.model_validate(post(1)))
            await intake.accept(Destination.of_study(UUID(study["id"])), [submission], IntakeReport())
            await intake.delete([Deletion("x", "post-1")])

    with pytest.raises(RuntimeError, match="transactions of their own"):
        await store_and_erase()


async def test_an_author_stays_away_whatever_arrives_at_the_moment_of_the_erasure(desk: Desk) -> None:
    study = await desk.ask()
    await desk.send(study, post(0, author="mara"))

    async def send(first: int) -> None:
        await desk.stream(study, lines(post(number, author="mara") for number in range(first, first + 60)))

    await asyncio.gather(
        *(send(100 * number) for number in range(4)),
        erase(desk, author={"platform": "x", "external_id": "mara"}),
        *(send(100 * number + 50) for number in range(4)),
    )

    assert await desk.posts() == []
    assert (await desk.coverage(study))["posts"] == 0
