"""The main job, end to end: a conversation with a planted truth in, headlines that find it out."""

from tests.system.platform import System

POSTS = 2_500


async def test_headlines_find_what_was_planted(system: System) -> None:
    study = await system.create_study("sample")
    job = await system.ask("POST", f"/ingest/v1/studies/{study}/samples", json={"posts": POSTS, "seed": 11})
    job = await system.finish_job("ingest", job)
    posts = (await system.ask("GET", f"/ingest/v1/studies/{study}/coverage"))["posts"]
    await system.agree_on(study, posts)
    segmentation = await system.ask("POST", f"/segmentation/v1/studies/{study}/segmentations")
    await system.finish_job("segmentation", segmentation)
    answer = await system.headlines(study)

    headlines = answer["items"]
    assert 3 <= len(headlines) <= 12
    shares = [headline["share"]["value"] for headline in headlines]
    assert abs(sum(shares) + answer["remainder"]["share"] - 1) < 0.02
    for headline in headlines:
        assert headline["share"]["low"] <= headline["share"]["value"] <= headline["share"]["high"]
        assert headline["authors"] >= 20
        assert len(headline["evidence"]) >= 2
