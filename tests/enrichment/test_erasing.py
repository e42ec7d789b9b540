"""After an erasure no table of the service holds anything of the post but that it was erased."""

from collections.abc import Callable
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp
from sqlalchemy import text

from kit.testing import Running, until
from pourquoi.ingest.v1.events_pb2 import Post, PostErased

MARK = "marmalade"
TOMBSTONES = {"erased_posts", "erasure_posts"}
FOUND = f'[{{"name": "{MARK}", "codebook": "{MARK}"}}]'
MakePost = Callable[..., Post]
Collect = Callable[..., Any]


async def test_statements_codes_entities_reasons_and_vectors_go_with_the_post(
    enrichment: Running, post: MakePost, collect: Collect
) -> None:
    erased, copy = post(f"I lost my {MARK}. Nobody answers!"), post("the seat was broken. The meal was cold!")
    await collect(erased, copy)
    async with enrichment.runtime.database.session("alpha") as session:
        for table, columns in {
            "enrichments": ("codes", "entities", "reasons", "personal_data"),
            "statements": ("codes",),
        }.items():
            values = ", ".join(f"{column} = CAST(:found AS jsonb)" for column in columns)
            await session.execute(
                text(f"UPDATE {table} SET {values} WHERE post_id = :id"), {"found": FOUND, "id": erased.id}
            )
    assert await tables_with(enrichment, MARK) == {"enrichments", "statements"}
    assert await tables_with(enrichment, erased.id) >= {"study_posts", "code_posts"}

    await enrichment.publish(PostErased(post_id=erased.id, erased_at=Timestamp(seconds=1_780_000_100)))

    async def is_gone() -> bool:
        return not await tables_with(enrichment, MARK)

    await until(is_gone)
    assert await tables_with(enrichment, erased.id) <= TOMBSTONES
    assert await tables_with(enrichment, copy.id) == {"enrichments", "statements", "study_posts", "code_posts"}


async def tables_with(running: Running, words: str) -> set[str]:
    """The tables of which some row, written out, holds the words."""
    async with running.runtime.database.session("*") as session:
        names = await session.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
        found = set()
        for name in names.scalars():
            held = await session.execute(
                text(f'SELECT EXISTS (SELECT FROM "{name}" AS r WHERE strpos(r::text, :words) > 0)'), {"words": words}
            )
            if held.scalar_one():
                found.add(name)
        return found
