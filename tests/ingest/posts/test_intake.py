"""Posts come in once, whoever sends them how often; wrong ones are named and the others stay."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import pytest
from desk import Desk, counts, lines, post, published
from starlette.requests import ClientDisconnect

from kit.testing import Running, until
from pourquoi.ingest.v1.events_pb2 import PostCollected, PostUpdated


async def test_a_post_is_stored_and_published_with_everything_consumers_need(desk: Desk, running: Running) -> None:
    study = await desk.ask()
    sent = post(1, language="en", url="https://x.example/1", is_repost=True)

    report = await desk.send(study, sent)

    assert counts(report) == {"received": 1, "accepted": 1}
    [stored] = await desk.posts()
    [event] = await running.published(PostCollected, 1)
    assert event.post.id == stored["id"]
    assert event.post.text == stored["text"] == sent["text"]
    assert event.post.external_id == "post-1"
    assert event.post.platform == "x"
    assert event.post.author_id == stored["author_id"]
    assert event.post.claimed_language == stored["language"] == "en"
    assert event.post.published_at.ToJsonString() == stored["published_at"] == sent["published_at"]
    assert list(event.post.study_ids) == stored["study_ids"] == [study["id"]]
    assert (event.post.revision, event.post.url, event.post.is_repost) == (1, sent["url"], True)


async def test_the_author_is_kept_as_a_pseudonym(desk: Desk) -> None:
    study = await desk.ask()

    await desk.send(
        study,
        post(1, author="me"),
        post(2, author="me"),
        post(3, author="you"),
        post(4, author="me", platform="forum"),
        post(5, author=""),
        post(6, author=""),
    )

    first, second, third, elsewhere, unnamed, unnamed_too = [each["author_id"] for each in await desk.posts()]
    assert first == second
    assert len({first, third, elsewhere, unnamed, unnamed_too}) == 5


async def test_posts_that_are_sent_again_change_nothing(desk: Desk, running: Running) -> None:
    study = await desk.ask()
    batch = [post(number) for number in range(120)]

    first = await desk.send(study, *batch)
    again = await desk.stream(study, lines(batch))

    assert counts(first) == {"received": 120, "accepted": 120}
    assert counts(again) == {"received": 120, "duplicates": 120}
    assert (await desk.coverage(study))["posts"] == 120
    await running.published(PostCollected, 120)
    assert not await published(running, PostUpdated)


async def test_duplicates_within_one_chunk_are_counted_exactly(desk: Desk) -> None:
    study = await desk.ask()

    report = await desk.stream(study, lines([post(1), post(2), post(1), post(1), post(2)]))

    assert counts(report) == {"received": 5, "accepted": 2, "duplicates": 3}


async def test_a_chunk_that_was_admitted_early_meets_what_the_one_before_it_stored(desk: Desk) -> None:
    study = await desk.ask()
    first = [post(number) for number in range(150)]
    again = [post(number, text=f"Edited: {number}") for number in range(150)]

    report = await desk.stream(study, lines(first + again + first[:1]))

    assert counts(report) == {"received": 301, "accepted": 150, "updated": 151}
    stored = await desk.posts(study_id=study["id"])
    assert [each["external_id"] for each in stored] == [f"post-{number}" for number in range(150)]
    assert [each["text"] for each in stored[1:]] == [f"Edited: {number}" for number in range(1, 150)]


async def test_clients_that_send_the_same_posts_at_once_store_and_publish_each_once(
    desk: Desk, running: Running
) -> None:
    study = await desk.ask()
    batch = [post(number) for number in range(300)]
    orders = [batch, batch[::-1], batch[150:] + batch[:150], batch]

    reports = await asyncio.gather(*(desk.stream(study, lines(order)) for order in orders))

    total: Counter[str] = Counter()
    for report in reports:
        total.update({name: report[name] for name in ("received", "accepted", "duplicates", "updated")})
    assert total == {"received": 1_200, "accepted": 300, "duplicates": 900, "updated": 0}
    assert (await desk.coverage(study))["posts"] == 300
    await running.published(PostCollected, 300)
    events = await published(running, PostCollected)
    assert len({event.post.external_id for event in events}) == len(events) == 300


async def test_a_changed_text_is_a_new_revision(desk: Desk, running: Running) -> None:
    study = await desk.ask()
    await desk.send(study, post(1))

    report = await desk.send(study, post(1, text="Edited: it came after all"))

    assert counts(report) == {"received": 1, "updated": 1}
    [event] = await running.published(PostUpdated, 1)
    assert (event.post.text, event.post.revision) == ("Edited: it came after all", 2)
    [stored] = await desk.posts()
    assert (stored["text"], stored["revision"], stored["id"]) == (event.post.text, 2, event.post.id)


async def test_a_change_within_one_chunk_is_published_once_in_its_last_form(desk: Desk, running: Running) -> None:
    study = await desk.ask()

    report = await desk.stream(study, lines([post(1), post(1, text="second"), post(1, text="third"), post(1)]))

    assert counts(report) == {"received": 4, "accepted": 1, "updated": 3}
    [event] = await running.published(PostCollected, 1)
    assert (event.post.text, event.post.revision) == (post(1)["text"], 4)
    assert not await published(running, PostUpdated)


async def test_wrong_lines_are_named_and_the_others_stay(desk: Desk) -> None:
    study = await desk.ask()
    content = b"\n".join(
        [
            lines([post(1)]).strip(),
            b"{this is no json",
            b"",
            b'{"text": "no id"}',
            b'["a", "list"]',
            b'{"text": "  ", "external_id": "blank"}',
            b'{"text": "wrong date", "external_id": "d", "published_at": "9999-99-99"}',
            b"\xff\xfe\x00",
            b"[" * 10_000,
            lines([post(2)]).strip(),
        ]
    )

    report = await desk.stream(study, content)

    assert counts(report) == {"received": 9, "accepted": 2, "rejected_count": 7}
    assert [each["line"] for each in report["rejected"]] == [2, 4, 5, 6, 7, 8, 9]
    reasons = {each["line"]: each["reason"] for each in report["rejected"]}
    assert reasons[2].startswith("The line is no JSON")
    assert reasons[4] == "external_id: is missing."
    assert reasons[6] == "text: is empty."
    assert "published_at: is no date" in reasons[7]


async def test_wrong_posts_of_a_document_are_named_by_position(desk: Desk) -> None:
    study = await desk.ask()

    report = await desk.send(study, *[post(number) for number in range(60)], "no post", {"text": "no id"}, post(99))

    assert counts(report) == {"received": 63, "accepted": 61, "rejected_count": 2}
    assert [each["line"] for each in report["rejected"]] == [61, 62]


async def test_the_list_of_rejections_is_bounded_and_their_number_is_not(desk: Desk) -> None:
    study = await desk.ask()

    report = await desk.stream(study, b"{}\n" * 1_500)

    assert report["rejected_count"] == 1_500
    assert len(report["rejected"]) == 1_000


@pytest.mark.parametrize("body", [b"{", b"", b"[]", b'{"posts": {}}', b'{"posts": 1', b"\xff", b"null"])
async def test_a_malformed_document_is_a_problem(desk: Desk, body: bytes) -> None:
    study = await desk.ask()

    answer = await desk.client.post(
        f"/v1/studies/{study['id']}/posts", content=body, headers={"Content-Type": "application/json"}
    )

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


async def test_another_media_type_is_refused(desk: Desk) -> None:
    study = await desk.ask()

    answer = await desk.client.post(
        f"/v1/studies/{study['id']}/posts", content=b"<xml/>", headers={"Content-Type": "text/xml"}
    )

    assert answer.status_code == 422


async def test_text_is_cleaned_at_the_door(desk: Desk) -> None:
    study = await desk.ask()

    report = await desk.stream(
        study,
        b'{"text": " a\\u0000b \\ud83d ", "external_id": "1\\u0000", "author": "me\\u0000", "url": null}\n'
        b'{"text": " a\\u0000b \\ud83d ", "external_id": "1\\u0000", "author": "me\\u0000"}\n',
    )

    assert report["accepted"] == 1
    [stored] = await desk.posts()
    assert (stored["text"], stored["external_id"]) == ("ab", "1")


async def test_a_line_over_the_limit_is_rejected_without_being_held(desk: Desk) -> None:
    study = await desk.ask()

    async def content() -> AsyncIterator[bytes]:
        yield lines([post(1)])
        for _ in range(50):
            yield b"x" * 1_000_000
        yield b"\n" + lines([post(2)])

    report = await desk.stream(study, content())

    assert counts(report) == {"received": 3, "accepted": 2, "rejected_count": 1}
    assert report["rejected"][0] == {"line": 2, "reason": "The line is longer than 1024 KiB."}


async def test_what_arrived_before_a_stream_broke_off_is_stored(desk: Desk) -> None:
    study = await desk.ask()

    async def content() -> AsyncIterator[bytes]:
        yield lines(post(number) for number in range(100))
        await until(_covers(desk, study, 100))
        raise ClientDisconnect

    answer = await desk.client.post(
        f"/v1/studies/{study['id']}/posts", content=content(), headers={"Content-Type": "application/x-ndjson"}
    )

    assert answer.status_code == 400
    assert (await desk.coverage(study))["posts"] == 100
    report = await desk.stream(study, lines(post(number) for number in range(130)))
    assert counts(report) == {"received": 130, "accepted": 30, "duplicates": 100}


def _covers(desk: Desk, study: dict[str, object], posts: int):
    async def covers() -> bool:
        return (await desk.coverage(study))["posts"] == posts

    return covers


async def test_posts_for_an_unknown_study_are_refused(desk: Desk) -> None:
    answer = await desk.client.post("/v1/studies/0192f0c1-2b1a-7000-8000-000000000000/posts", json={"posts": [post(1)]})

    assert answer.status_code == 404
    assert await desk.posts() == []
