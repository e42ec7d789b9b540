"""A re-enrichment survives the death of the process that works on it and of the one that it asks for texts."""

import asyncio

from kit.engines import EmbeddedPostgres
from kit.local.databases import database_name
from kit.testing import until
from tests.system.platform import Json, System, numbered
from tests.system.traces import published_posts

POSTS = 2_000


async def test_every_post_is_read_again_once_whatever_dies_meanwhile(own_system: System) -> None:
    study = await own_system.create_study("again")
    await own_system.send(study, numbered(0, POSTS))
    await own_system.agree_on(study, POSTS)
    await asyncio.to_thread(age, own_system)

    job = await own_system.ask("POST", "/enrichment/v1/reenrichments")
    await until(lambda: is_under_way(own_system, job), seconds=120, pause=0.05)
    await own_system.restart("enrichment")
    await own_system.restart("ingest")

    done = await own_system.finish_job("enrichment", job, seconds=240)
    assert done["progress"] == {"done": POSTS, "total": POSTS}
    versions = (await own_system.ask("GET", "/enrichment/v1/reenrichments"))["versions"]
    assert [(each["posts"], each["is_current"]) for each in versions] == [(POSTS, True)]
    # Once when it came, and once more.
    await until(lambda: own_system.is_ready("enrichment"))

    async def all_are_published() -> bool:
        return (await published_posts(own_system)).total() >= 2 * POSTS

    await until(all_are_published, seconds=60, pause=0.5)
    assert set((await published_posts(own_system)).values()) == {2}


def age(system: System) -> None:
    """Makes all that is stored look as another encoder has read it."""
    postgres = system.local.parts["postgres"]
    assert isinstance(postgres, EmbeddedPostgres)
    postgres.execute("UPDATE enrichments SET model = 'of last year'", database_name("enrichment"))


async def is_under_way(system: System, job: Json) -> bool:
    found = await system.ask("GET", f"/enrichment/v1/jobs/{job['id']}")
    return 0 < found["progress"]["done"] < POSTS
