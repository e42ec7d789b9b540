"""The terms of a source hold for the posts that it brought, also when nobody collects from it any more."""

import asyncio
from typing import cast

from scripted import Script, Stage

from ingest.retention.keeping import RetentionKeeper
from ingest.settings import IngestSettings


async def test_posts_go_when_the_time_of_their_source_is_over_even_if_it_was_removed(stage: Stage) -> None:
    brief = await stage.connect(Script.of_posts(10), retention_days=7)
    await stage.collect()
    await stage.connect(Script.of_posts(25))
    stage.clock.pass_by(60)
    await stage.collect()
    await stage.tell("UPDATE posts SET first_seen_at = first_seen_at - interval '8 days'")
    assert (await stage.desk.client.delete(f"/v1/sources/{brief['id']}")).status_code == 204

    settings = cast(IngestSettings, stage.running.runtime.settings)
    keeper = RetentionKeeper(stage.running.runtime.database, settings.pseudonyms, 0, 60)
    erased = await keeper.enforce(asyncio.Event())

    assert erased == 10
    assert await stage.ask("SELECT count(*) FROM posts WHERE erased_at IS NULL") == 15


async def test_private_posts_and_handles_are_kept_as_the_source_says(stage: Stage) -> None:
    pages: list[list[object]] = [[{"text": "Hello", "external_id": "1", "author": "a", "author_handle": "ann"}]]
    source = await stage.connect(Script(pages), privacy="private", keeps_handles=True)

    await stage.collect()

    assert await stage.ask("SELECT privacy || ' ' || author_handle FROM posts") == "private ann"
    assert str(await stage.ask("SELECT source_id FROM posts")) == source["id"]
