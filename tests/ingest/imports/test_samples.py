"""A sample fills a study with its conversation, once."""

from desk import Desk

from ingest.sources.sample.conversation import SampleConversation
from kit.testing import Running
from pourquoi.ingest.v1.events_pb2 import PostCollected


async def test_a_sample_is_stored_like_any_other_posts(desk: Desk, running: Running) -> None:
    study = await desk.ask()
    planted = {post.external_id: post for post in SampleConversation(seed=3, posts=170).posts()}

    answer = await desk.client.post(f"/v1/studies/{study['id']}/samples", json={"posts": 170, "seed": 3})

    job = await desk.finish(answer)
    assert job["progress"] == {"done": 170, "total": 170}
    assert (job["result"]["accepted"], job["result"]["rejected_count"]) == (170, 0)
    stored = {each["external_id"]: each for each in await desk.posts(study_id=study["id"], limit=100)}
    assert {key: each["text"] for key, each in stored.items()} == {key: post.text for key, post in planted.items()}
    assert all(stored[key]["is_repost"] == post.is_repost for key, post in planted.items())
    assert len(await running.published(PostCollected, 170)) == 170


async def test_the_same_sample_again_adds_nothing(desk: Desk) -> None:
    study = await desk.ask()
    path = f"/v1/studies/{study['id']}/samples"

    await desk.finish(await desk.client.post(path, json={"posts": 60}))
    job = await desk.finish(await desk.client.post(path, json={"posts": 60}))

    assert (job["result"]["accepted"], job["result"]["duplicates"]) == (0, 60)


async def test_a_wrong_sample_is_refused(desk: Desk) -> None:
    study = await desk.ask()
    path = f"/v1/studies/{study['id']}/samples"

    for body in ({"posts": 0}, {"posts": 10**9}, {"seed": -1}, {"ends_at": "2026-01-01"}, {"brand": "mine"}):
        assert (await desk.client.post(path, json=body)).status_code == 422
    unknown = "/v1/studies/0192f0c1-2b1a-7000-8000-000000000000/samples"
    assert (await desk.client.post(unknown, json={})).status_code == 404
