"""Random samples of query versions, judged by people: precision and recall, or not enough evidence."""

import pytest
from desk import Desk
from versions import filled, judge, propose, sample


async def test_samples_are_random_stable_and_of_their_kind(desk: Desk) -> None:
    texts = tuple("late bus" if number % 3 else "slow bus" for number in range(90))
    study = await filled(desk, texts=texts)
    await propose(desk, study, "bus")

    everything = await sample(desk, study, "search_set")
    gained = await sample(desk, study, "gained")

    assert [each["position"] for each in everything] == list(range(1, 91))
    assert await sample(desk, study, "search_set") == everything
    arrival = [each["id"] for each in await desk.posts()]
    assert sorted(each["id"] for each in everything) == arrival
    assert [each["id"] for each in everything] != arrival
    assert {each["text"] for each in gained} == {"slow bus"}
    assert len(gained) == 30
    assert len(await sample(desk, study, "lost")) == 0


async def test_judgements_tell_precision_and_recall(desk: Desk) -> None:
    # 40 of 80 posts are relevant; the query takes 30 of them, and 10 others.
    texts = ("bus relevant",) * 30 + ("relevant",) * 10 + ("bus",) * 10 + ("noise",) * 30
    study = await filled(desk, texts=texts)
    await propose(desk, study, "bus")
    for each in await sample(desk, study, "search_set"):
        await judge(desk, study, each["id"], "relevant" in each["text"])

    scores = (await desk.client.get(f"/v1/studies/{study['id']}/query-versions/2")).json()["scores"]

    assert scores["precision"]["value"] == pytest.approx(0.75)
    assert scores["recall"]["value"] == pytest.approx(0.75)
    assert scores["relevant_posts"]["value"] == pytest.approx(40, abs=1)
    assert scores["precision"]["low"] < 0.75 < scores["precision"]["high"]
    assert scores["not_enough_evidence"] == []
    assert (await sample(desk, study, "matched"))[0]["relevant"] is not None


async def test_few_judgements_are_not_enough_evidence(desk: Desk) -> None:
    study = await filled(desk)
    version = await propose(desk, study, "bus")
    await judge(desk, study, version["diff"]["gained_posts"][0]["id"], True)

    scores = (await desk.client.get(f"/v1/studies/{study['id']}/query-versions/2")).json()["scores"]

    assert (scores["precision"], scores["recall"], scores["relevant_posts"]) == (None, None, None)
    assert len(scores["not_enough_evidence"]) == 2


async def test_posts_that_were_picked_do_not_count_as_a_random_sample(desk: Desk) -> None:
    study = await filled(desk, texts=("bus",) * 60)
    await propose(desk, study, "bus")
    matched = await sample(desk, study, "matched")
    for each in [*matched[:21], *matched[22:60]]:
        await judge(desk, study, each["id"], each["position"] <= 21)

    scores = (await desk.client.get(f"/v1/studies/{study['id']}/query-versions/2")).json()["scores"]

    assert scores["judged_matched"] == 21
    assert scores["precision"]["value"] == 1


async def test_the_last_judgement_counts_and_erased_posts_leave(desk: Desk) -> None:
    study = await filled(desk, texts=("bus",) * 25)
    await propose(desk, study, "bus")
    matched = await sample(desk, study, "matched")
    for each in matched:
        await judge(desk, study, each["id"], False)
    for each in matched[1:]:
        await judge(desk, study, each["id"], True)

    await desk.client.delete(f"/v1/posts/{matched[0]['id']}")
    await judge(desk, study, matched[1]["id"], True)

    scores = (await desk.client.get(f"/v1/studies/{study['id']}/query-versions/2")).json()["scores"]
    assert (scores["judged_matched"], scores["precision"]["value"]) == (24, 1)
    assert matched[0]["id"] not in [each["id"] for each in await sample(desk, study, "matched")]
