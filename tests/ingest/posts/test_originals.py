"""The original of a post is kept compressed, without its author's id, and goes when the post goes."""

import json
from uuid import UUID

import pytest
from desk import Desk, lines, post
from sqlalchemy import text

from ingest.posts.destinations import Destination
from ingest.posts.originals.compression import compress, decompress
from ingest.posts.originals.masking import mask
from kit.db import EVERYWHERE
from kit.testing import Running

PSEUDONYM = UUID(int=7)


async def original_of(desk: Desk, external_id: str) -> dict[str, object]:
    shown = await desk.show(external_id)
    answer = await desk.client.get(f"/v1/posts/{shown['id']}/raw")
    assert answer.status_code == 200, answer.text
    return dict(json.loads(answer.content))


async def test_fields_that_no_mapping_takes_are_in_the_original(desk: Desk) -> None:
    study = await desk.ask()
    sent = post(1, author="", mood="furious", nested={"place": "Lille"})

    await desk.stream(study, lines([sent]))
    await desk.send(study, post(2, author="", mood="calm"))
    await desk.finish(await desk.upload(study, "a.csv", b"external_id,text,platform,ticket\n3,hello,x,A-17\n"))

    assert await original_of(desk, "post-1") == sent
    assert (await original_of(desk, "post-2"))["mood"] == "calm"
    assert (await original_of(desk, "3"))["ticket"] == "A-17"


async def test_an_edit_replaces_the_original_and_a_mere_observation_does_not(desk: Desk) -> None:
    study = await desk.ask()
    await desk.stream(study, lines([post(1, state="first")]))

    await desk.stream(study, lines([post(1, state="seen", engagement={"likes": 9})]))
    observed = await original_of(desk, "post-1")
    await desk.stream(study, lines([post(1, state="edited", text="Edited")]))

    assert observed["state"] == "first"
    assert (await original_of(desk, "post-1"))["state"] == "edited"


async def test_an_edit_without_an_original_leaves_none_of_the_words_before(desk: Desk) -> None:
    study = await desk.ask()
    await desk.send(study, post(1, text="words that go"))

    await desk.take(Destination(), post(1, text="Edited"))

    shown = await desk.show("post-1")
    assert shown["text"] == "Edited"
    assert (await desk.client.get(f"/v1/posts/{shown['id']}/raw")).status_code == 404


async def test_the_author_is_a_pseudonym_in_the_original_too(desk: Desk) -> None:
    study = await desk.ask()
    await desk.stream(study, lines([post(1, author="u_9", user={"id": "u_9", "name": "Zoé"})]))
    shown = await desk.show("post-1")

    original = await original_of(desk, "post-1")

    assert original["author"] == original["user"]["id"] == shown["author_id"]  # type: ignore[index]


async def test_an_erased_post_leaves_no_original(desk: Desk, running: Running) -> None:
    study = await desk.ask()
    await desk.send(study, post(1, engagement={"likes": 1}))
    [shown] = await desk.posts()

    await desk.client.delete(f"/v1/posts/{shown['id']}")

    assert (await desk.client.get(f"/v1/posts/{shown['id']}/raw")).status_code == 404
    async with running.runtime.database.session(EVERYWHERE) as session:
        assert await session.scalar(text("SELECT count(*) FROM raw_posts")) == 0
        assert await session.scalar(text("SELECT count(*) FROM engagement_observations")) == 0


async def test_originals_of_another_workspace_are_not_found(running: Running) -> None:
    alpha, beta = Desk(running), Desk(running, "beta")
    await alpha.send(await alpha.ask(), post(1))
    [shown] = await alpha.posts()

    assert (await beta.client.get(f"/v1/posts/{shown['id']}/raw")).status_code == 404


@pytest.mark.parametrize(
    ("original", "masked"),
    [
        ({"author": "u9"}, {"author": str(PSEUDONYM)}),
        (
            {"user": {"id": 17}, "n": 170, "t": "17 of them"},
            {"user": {"id": str(PSEUDONYM)}, "n": 170, "t": "17 of them"},
        ),
        (
            {"uri": "at://did:plc:abcdefgh/app.bsky.feed.post/3l", "did": "did:plc:abcdefgh"},
            {"uri": f"at://{PSEUDONYM}/app.bsky.feed.post/3l", "did": str(PSEUDONYM)},
        ),
        ({"name": "Zoé", "text": "Zoé here"}, {"name": str(PSEUDONYM), "text": "Zoé here"}),
        ({"id": " u9 ", "on": True, "none": None}, {"id": str(PSEUDONYM), "on": True, "none": None}),
    ],
)
def test_the_id_is_masked_wherever_it_is_a_value(original: dict[str, object], masked: dict[str, object]) -> None:
    for author in ("u9", "17", "did:plc:abcdefgh", "Zoé"):
        for escaped in (True, False):
            raw = json.dumps(original, ensure_ascii=escaped).encode()
            if author in str(original):
                assert json.loads(mask(raw, author, PSEUDONYM)) == masked


def test_a_handle_that_must_not_be_kept_goes_with_and_without_its_sign() -> None:
    raw = b'{"screen_name": "zoe", "display": "@zoe", "text": "zoe was here"}'

    masked = json.loads(mask(raw, "", PSEUDONYM, handle="zoe"))

    assert masked == {"screen_name": "", "display": "", "text": "zoe was here"}


def test_what_is_no_json_loses_the_id_everywhere() -> None:
    assert (
        mask(b"<entry><author>u9</author></entry>", "u9", PSEUDONYM)
        == f"<entry><author>{PSEUDONYM}</author></entry>".encode()
    )


@pytest.mark.parametrize("original", [b"", b"x", b'{"text": "the same again"}' * 500, bytes(range(256))])
def test_originals_come_back_as_they_were(original: bytes) -> None:
    assert decompress(compress(original), 1) == original


def test_what_an_earlier_release_compressed_can_still_be_read() -> None:
    """Changing a dictionary makes every original that it compressed unreadable: add another one instead."""
    stored = bytes.fromhex("28b52ffd203b9d0000505374696c6c206865727d0200e7b61c9bb680")

    assert decompress(stored, 1) == b'{"text":"Still here","external_id":"post-1","platform":"x"}'
