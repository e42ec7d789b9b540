"""Copies as they come in: grouped, published, shown, forgotten."""

from desk import Desk, post, published
from sqlalchemy import text

from ingest.app import service
from kit.db import EVERYWHERE
from kit.testing import BETA, Launch, Running, until
from pourquoi.ingest.v1.events_pb2 import PostCollected

TEXT = "The 8:15 to Lille was cancelled again and nobody told us anything"
NEAR = "RT @anna: The 8:15 to Lille was canceled again and nobody told us anything 😡"
OTHER = "The 9:15 to Lille was cancelled again and nobody told us anything"


async def groups(desk: Desk) -> dict[str, str]:
    """Of which post each is a copy, both by external id."""
    posts = await desk.posts()
    names = {each["id"]: each["external_id"] for each in posts}
    return {each["external_id"]: names.get(each["copy_of"], "gone") for each in posts}


async def test_copies_point_to_the_first_of_them_within_a_chunk_and_later(desk: Desk) -> None:
    study = await desk.ask()
    await desk.send(study, post(1, text=TEXT), post(2, text=OTHER), post(3, text=NEAR))
    await desk.send(study, post(4, text=TEXT.upper()), post(5, text=NEAR), post(6, text=f"So true! {TEXT}"))
    assert await groups(desk) == {
        "post-1": "post-1",
        "post-2": "post-2",
        "post-3": "post-1",
        "post-4": "post-1",
        "post-5": "post-1",
        "post-6": "post-1",
    }


async def test_events_tell_of_which_post_it_is_a_copy(desk: Desk) -> None:
    study = await desk.ask()
    await desk.send(study, post(1, text=TEXT), post(2, text=NEAR))
    events = await published(desk.running, PostCollected)
    first = next(event.post.id for event in events if event.post.external_id == "post-1")
    assert {event.post.external_id: event.post.copy_of for event in events} == {"post-1": first, "post-2": first}


async def test_lists_the_group_of_any_of_its_posts_page_by_page(desk: Desk) -> None:
    study = await desk.ask()
    await desk.send(study, *(post(number, text=TEXT) for number in range(1, 5)), post(9))
    last = next(each for each in await desk.posts() if each["external_id"] == "post-4")
    first_page = (await desk.client.get(f"/v1/posts/{last['id']}/copies", params={"limit": 3})).json()
    rest = await desk.client.get(f"/v1/posts/{last['id']}/copies", params={"cursor": first_page["next_cursor"]})
    listed = [each["external_id"] for each in [*first_page["items"], *rest.json()["items"]]]
    assert listed == ["post-1", "post-2", "post-3", "post-4"]
    assert (await desk.running.client_for(BETA).get(f"/v1/posts/{last['id']}/copies")).status_code == 404


async def test_posts_of_another_workspace_are_no_originals(running: Running) -> None:
    ours, theirs = Desk(running), Desk(running, BETA)
    await theirs.send(await theirs.ask(), post(1, text=TEXT))
    await ours.send(await ours.ask(), post(2, text=NEAR), post(3, text=TEXT))
    assert await groups(ours) == {"post-2": "post-2", "post-3": "post-2"}


async def test_a_copy_of_an_erased_post_begins_a_group_and_no_signature_stays(desk: Desk) -> None:
    study = await desk.ask()
    await desk.send(study, post(1, text=TEXT))
    await desk.client.delete(f"/v1/posts/{(await desk.posts())[0]['id']}")
    async with desk.running.runtime.database.session(EVERYWHERE) as session:
        assert await session.scalar(text("SELECT count(*) FROM post_signatures")) == 0
    await desk.send(study, post(2, text=TEXT), post(3, text=NEAR))
    assert await groups(desk) == {"post-2": "post-2", "post-3": "post-2"}


async def test_a_post_that_is_sent_again_stays_where_it_is(desk: Desk) -> None:
    study = await desk.ask()
    await desk.send(study, post(1, text=TEXT), post(2, text=NEAR))
    report = await desk.send(study, post(1, text=TEXT), post(2, text=NEAR), post(3, text=NEAR))
    assert report["duplicates"] == 2
    assert await groups(desk) == {"post-1": "post-1", "post-2": "post-1", "post-3": "post-1"}


async def test_an_edited_post_leaves_its_group_and_its_old_text_attracts_nothing(desk: Desk) -> None:
    study = await desk.ask()
    await desk.send(study, post(1, text=TEXT), post(2, text=TEXT))
    await desk.send(study, post(1, text="I have sold my car and take the night train to Vienna"))
    await desk.send(study, post(2, text="I have sold my car and take the night train to Viena"))
    await desk.send(study, post(3, text=TEXT), post(4, text=NEAR))
    assert await groups(desk) == {"post-1": "post-1", "post-2": "post-1", "post-3": "post-3", "post-4": "post-3"}


async def test_a_small_edit_changes_no_group(desk: Desk) -> None:
    study = await desk.ask()
    await desk.send(study, post(1, text=TEXT), post(2, text=TEXT))
    await desk.send(study, post(1, text=NEAR), post(2, text=f"{TEXT} #sncf"))
    assert await groups(desk) == {"post-1": "post-1", "post-2": "post-1"}


async def test_replicas_learn_from_one_another_and_a_new_one_from_the_database(launch: Launch) -> None:
    async with launch(service, copies_follow_seconds=0.05) as first:
        desk = Desk(first)
        study = await desk.ask()
        url = first.runtime.settings.database_url
        async with launch(service, database_url=url, copies_follow_seconds=0.05) as second:
            await desk.send(study, post(1, text=TEXT))
            await until(lambda: second.runtime.state.copies.known == 1)
            await Desk(second).send(study, post(2, text=NEAR))
        async with launch(service, database_url=url) as third:
            await Desk(third).send(study, post(3, text=f"Read this. {TEXT}"))
    async with launch(service, database_url=url) as last:
        assert await groups(Desk(last)) == {"post-1": "post-1", "post-2": "post-1", "post-3": "post-1"}


async def test_equal_texts_are_found_beyond_the_window(launch: Launch) -> None:
    async with launch(service, copies_window=2) as running:
        desk = Desk(running)
        study = await desk.ask()
        await desk.send(study, post(1, text=TEXT))
        await desk.send(
            study, *(post(number, text=f"{number} " + "reasons why I ride a bike " * 3) for number in (2, 3))
        )
        await desk.send(study, post(4, text=TEXT.lower()), post(5, text=NEAR))
        found = await groups(desk)
        assert found["post-4"] == "post-1"
        assert found["post-5"] == "post-5"
