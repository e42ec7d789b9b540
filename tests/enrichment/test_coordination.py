"""Coordination: what many share within minutes is shown, and what chance explains is not."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from enrichment.coordination.bursts import Burst, ObjectKind, remarkable
from kit.testing import Running, until
from pourquoi.ingest.v1.events_pb2 import Post, PostErased

STUDY = "01960000-0000-7000-8000-000000000001"
START = 1_780_000_000
MakePost = Callable[..., Post]
Collect = Callable[..., Any]


@pytest.fixture
def at(post: MakePost) -> MakePost:
    """Makes posts so many seconds after the start."""

    def make(seconds: int, text: str, **fields: Any) -> Post:
        return post(text, published_at=Timestamp(seconds=START + seconds), **fields)

    return make


@pytest.fixture
def quiet(at: MakePost) -> list[Post]:
    """A conversation of sixty posts in twenty hours."""
    return [at(1200 * number, f"un avis numéro {number}") for number in range(60)]


async def ask(running: Running, **parameters: Any) -> list[dict[str, Any]]:
    answer = await running.client.get(f"/v1/studies/{STUDY}/coordination", params=parameters)
    assert answer.status_code == 200
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_a_link_shared_by_many_within_minutes_is_shown(
    enrichment: Running, at: MakePost, quiet: list[Post], collect: Collect
) -> None:
    link = "https://www.exemple.fr/a?utm_source="
    sharing = [at(30_000 + 20 * number, f"Lisez ça {number} {link}{number}") for number in range(6)]
    await collect(*quiet, *sharing)

    [found] = await ask(enrichment)

    assert (found["kind"], found["object"], found["authors"], found["posts"]) == ("link", "exemple.fr/a", 6, 6)
    assert found["post_ids"] == [each.id for each in sharing]
    assert found["expected"] < 1
    assert found["chance"] < 0.001
    assert not any("author_id" in name for name in found)


async def test_hashtags_and_copies_count_as_well(
    enrichment: Running, at: MakePost, quiet: list[Post], collect: Collect
) -> None:
    first = at(40_000, "Boycott maintenant, partagez !")
    copies = [at(40_000 + 10 * n, "Boycott maintenant, partagez !", copy_of=first.id) for n in range(1, 6)]
    first.copy_of = first.id
    tagged = [at(50_000 + 10 * number, f"#Stop #Grève {number}") for number in range(5)]
    await collect(*quiet, first, *copies, *tagged)

    found = await ask(enrichment)

    assert {(each["kind"], each["object"], each["authors"]) for each in found} == {
        ("copy", first.id, 6),
        ("hashtags", "grève stop", 5),
    }


async def test_one_author_reposts_and_slow_shares_are_no_coordination(
    enrichment: Running, at: MakePost, quiet: list[Post], collect: Collect
) -> None:
    author = str(uuid4())
    by_one = [at(30_000 + number, f"https://a.fr {number}", author_id=author) for number in range(8)]
    reposts = [at(40_000 + number, f"RT https://b.fr {number}", is_repost=True) for number in range(8)]
    slow = [at(5_000 * number, f"https://c.fr {number}") for number in range(8)]
    await collect(*quiet, *by_one, *reposts, *slow)

    assert await ask(enrichment) == []
    assert await ask(enrichment, within_seconds=3600, authors=3) == []


async def test_a_period_and_another_study_narrow_what_is_shown(
    enrichment: Running, at: MakePost, quiet: list[Post], collect: Collect
) -> None:
    await collect(*quiet, *(at(30_000 + number, f"https://a.fr {number}") for number in range(6)))

    assert len(await ask(enrichment)) == 1
    assert await ask(enrichment, since="2030-01-01T00:00:00Z") == []
    other = await enrichment.client.get(f"/v1/studies/{uuid4()}/coordination")
    assert other.json() == {"items": [], "next_cursor": None}
    foreign = await enrichment.client_for("beta").get(f"/v1/studies/{STUDY}/coordination")
    assert foreign.json()["items"] == []


async def test_an_erased_post_is_no_evidence(
    enrichment: Running, at: MakePost, quiet: list[Post], collect: Collect
) -> None:
    sharing = [at(30_000 + number, f"https://a.fr {number}") for number in range(5)]
    await collect(*quiet, *sharing)
    assert len(await ask(enrichment)) == 1

    await enrichment.publish(PostErased(post_id=sharing[0].id, erased_at=Timestamp(seconds=START)))

    async def none_left() -> bool:
        return await ask(enrichment) == []

    await until(none_left)


@pytest.mark.parametrize("wrong", [{"authors": 2}, {"within_seconds": 0}, {"limit": 101}, {"since": "yesterday"}])
async def test_wrong_questions_are_refused(enrichment: Running, wrong: dict[str, Any]) -> None:
    answer = await enrichment.client.get(f"/v1/studies/{STUDY}/coordination", params=wrong)

    assert answer.status_code == 422


def burst(**fields: Any) -> Burst:
    usual: dict[str, Any] = {"kind": ObjectKind.LINK, "object": "a.fr", "authors": 6, "posts": 6, "shares": 6}
    moments: dict[str, Any] = {"first_at": None, "last_at": None, "post_ids": ()}
    return Burst(**{**usual, **moments, "posts_meanwhile": 8, "posts_in_all": 1000, **fields})


def test_a_burst_is_less_remarkable_where_the_whole_study_bursts() -> None:
    assert [each.burst.object for each in remarkable([burst()], 0.05)] == ["a.fr"]
    assert remarkable([burst(posts_meanwhile=900)], 0.05) == []
    assert remarkable([], 0.05) == []


def test_looking_at_many_bursts_makes_each_less_remarkable() -> None:
    dull = [burst(object=f"{number}.fr", authors=3, posts_meanwhile=300) for number in range(200)]

    [alone], [among] = remarkable([burst()], 0.05), remarkable([burst(), *dull], 0.05)

    assert among.chance > alone.chance
