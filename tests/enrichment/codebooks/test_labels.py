"""Labels make a codebook better, and go with the posts that they are about."""

from collections.abc import Callable
from typing import Any

import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from sqlalchemy import text

from enrichment.app import service
from enrichment.codebooks import evaluation
from enrichment.readings.reader import Reader
from kit.db import EVERYWHERE
from kit.testing import Launch, Running, until
from pourquoi.ingest.v1.events_pb2 import Post, PostCollected, PostErased
from tests.enrichment.codebooks.bank import CARDS, Make, caught, enriched, is_stored, is_trained, own_codes, until_idle
from tests.insight.support.peers import serve_ingest

OTHER_STUDY = "01960000-0000-7000-8000-000000000002"
LATE = "My new bank card has still not arrived."
SMALL_TALK = "What a lovely sunny afternoon in the park."
MakePost = Callable[..., Post]
Collect = Callable[..., Any]


async def add_labels(running: Running, codebook: dict[str, Any], labels: list[dict[str, Any]]) -> Any:
    answer = await running.client.post(f"/v1/codebooks/{codebook['id']}/labels", json={"labels": labels})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_labels_make_it_better_and_show_scores(
    enrichment: Running, post: MakePost, collect: Collect, make: Make
) -> None:
    """The words of the definition are about cards; what the bank means by it, labels alone can tell."""
    late = ["delivery", "parcel", "letter", "envelope", "post", "courier"]
    other = ["app", "password", "branch", "loan", "mortgage", "rate"]
    made = await make()
    unlike = post("The courier lost my envelope again.")
    await collect(unlike)
    await until_idle(enrichment)
    before = own_codes(await enriched(enrichment, unlike))
    labels = [
        {"text": f"{opening} {thing} {ending}", "codes": codes}
        for things, codes in ((late, ["card_late"]), (other, []))
        for thing in things
        for opening, ending in (("The", "is lost again."), ("My", "never came."), ("Where is the", "of mine?"))
    ]

    report = await add_labels(enrichment, made, labels)
    await until(lambda: is_trained(enrichment, made, labels=36))
    await until_idle(enrichment)

    assert (report["added"], report["replaced"]) == (36, 0)
    assert (before, own_codes(await enriched(enrichment, unlike))) == ([[]], [["card_late"]])
    scores = (await enrichment.client.get(f"/v1/codebooks/{made['id']}/scores")).json()
    first, second = scores["codes"]
    assert (first["present"], first["absent"], second["present"]) == (18, 18, 0)
    assert 0.5 < first["f1"]["low"] <= first["f1"]["value"] <= first["f1"]["high"] <= 1
    assert second["f1"] is None
    assert scores["macro_f1"] == pytest.approx(first["f1"]["value"])


async def test_a_label_is_replaced_listed_and_taken_back(enrichment: Running, make: Make) -> None:
    made = await make()
    path = f"/v1/codebooks/{made['id']}/labels"
    await add_labels(enrichment, made, [{"text": "Where is it?", "codes": ["card_late"]}])

    report = await add_labels(enrichment, made, [{"text": "Where is it?", "codes": []}, {"text": "b", "codes": []}])
    labels = (await enrichment.client.get(path)).json()["items"]
    gone = await enrichment.client.delete(f"{path}/{labels[0]['id']}")

    assert (report["added"], report["replaced"]) == (1, 1)
    assert [(each["text"], each["codes"]) for each in labels] == [("Where is it?", []), ("b", [])]
    assert gone.status_code == 204
    assert [each["text"] for each in (await enrichment.client.get(path)).json()["items"]] == ["b"]
    assert (await enrichment.client.delete(f"{path}/{labels[0]['id']}")).status_code == 404


@pytest.mark.parametrize(
    "label",
    [
        {"text": "a", "codes": ["stolen"]},
        {"text": "a", "codes": ["card_late", "fee_charged"]},
        {"codes": []},
        {"text": "a", "position": 0, "codes": []},
        {"text": " ", "codes": []},
    ],
    ids=["unknown code", "two codes of one", "no passage", "position of no post", "blank"],
)
async def test_wrong_labels_are_refused(enrichment: Running, make: Make, label: dict[str, Any]) -> None:
    made = await make()

    answer = await enrichment.client.post(f"/v1/codebooks/{made['id']}/labels", json={"labels": [label]})

    assert answer.status_code == 422


async def test_erasure_removes_labels_of_the_post_and_trains_without_them(
    enrichment: Running, post: MakePost, collect: Collect, make: Make
) -> None:
    made = await make()
    erased, kept = post(LATE), post(SMALL_TALK)
    await collect(erased, kept)
    labels = [
        {"post_id": erased.id, "position": 0, "codes": ["card_late"]},
        {"post_id": erased.id, "text": "quoted from it", "codes": ["card_late"]},
        {"post_id": kept.id, "position": 0, "codes": []},
    ]
    await add_labels(enrichment, made, labels)
    await until(lambda: is_trained(enrichment, made, labels=3))

    now = Timestamp()
    now.GetCurrentTime()
    await enrichment.publish(PostErased(post_id=erased.id, erased_at=now))
    await until(lambda: is_trained(enrichment, made, labels=1))

    left = (await enrichment.client.get(f"/v1/codebooks/{made['id']}/labels")).json()["items"]
    assert [each["post_id"] for each in left] == [kept.id]
    assert await caught(enrichment, "cards/card_late") == []
    async with enrichment.runtime.database.session(EVERYWHERE) as session:
        quoted = await session.scalar(text("SELECT count(*) FROM codebook_examples WHERE text LIKE 'quoted%'"))
    assert quoted == 0
    again = {"labels": [{"post_id": erased.id, "position": 0, "codes": []}]}
    assert (await enrichment.client.post(f"/v1/codebooks/{made['id']}/labels", json=again)).status_code == 404


async def test_a_head_that_reads_texts_has_them_from_ingest(
    launch: Launch, reader: Reader, monkeypatch: pytest.MonkeyPatch, post: MakePost
) -> None:
    """A made-up word decides; stored and live posts must be coded alike."""
    monkeypatch.setattr("enrichment.readings.loading.load", lambda _: reader)
    monkeypatch.setattr(evaluation, "FEWEST_TEXTS", 60)
    monkeypatch.setattr(evaluation, "_TEXTS_A_CODE", 10)
    monkeypatch.setattr(evaluation, "_MARGIN", -1.0)
    things = ["card", "loan", "fee", "app", "rate", "desk", "call", "mail", "bill", "bank"]
    labels = [
        {"text": f"{opening} {thing} {word} {ending}", "codes": ["card_late"] if word == "zorp" else []}
        for thing in things
        for opening, ending in (("my", "again"), ("the", "today"), ("our", "now"), ("a", "here"))
        for word in ("zorp", "zirp")
    ]
    texts = ["their note zorp soon", "their note zirp soon"]
    stored, live = [post(each) for each in texts], [post(f"{each}!") for each in texts]
    async with serve_ingest() as ingest:
        ingest.store(stored)
        async with launch(service, ingest_target=ingest.target) as running:
            await running.publish(*(PostCollected(post=each) for each in stored))
            await until(lambda: is_stored(running, stored))
            made = (await running.client.post("/v1/codebooks", json=CARDS)).json()
            await add_labels(running, made, labels)
            await until(lambda: is_trained(running, made, labels=len(labels)))
            await until_idle(running)
            await running.publish(*(PostCollected(post=each) for each in live))
            await until(lambda: is_stored(running, stored + live))
            found = [own_codes(await enriched(running, each)) for each in stored + live]

    assert ingest.calls > 0
    assert found == [[["card_late"]], [[]]] * 2


async def test_a_head_of_another_encoder_codes_nothing_and_is_trained_again_at_the_next_start(
    launch: Launch, reader: Reader, monkeypatch: pytest.MonkeyPatch, post: MakePost
) -> None:
    monkeypatch.setattr("enrichment.readings.loading.load", lambda _: reader)
    early, late = post(LATE), post(f"{LATE} Why?")
    async with launch(service) as first:
        made = (await first.client.post("/v1/codebooks", json=CARDS)).json()
        await until(lambda: is_trained(first, made))
        await until_idle(first)
        async with first.runtime.database.session(EVERYWHERE) as session:
            await session.execute(text("UPDATE codebook_heads SET model = 'of last year'"))
        await first.publish(PostCollected(post=early))
        await until(lambda: is_stored(first, [early]))
        uncoded = own_codes(await enriched(first, early))
        url = first.runtime.settings.database_url
    async with launch(service, database_url=url) as second:
        await until(lambda: _is_read_by(second, made, reader.model))
        await until_idle(second)
        await second.publish(PostCollected(post=late))
        await until(lambda: is_stored(second, [early, late]))
        coded = [own_codes(await enriched(second, each))[0] for each in (early, late)]

    assert uncoded == [[]]
    assert coded == [["card_late"]] * 2


async def _is_read_by(running: Running, codebook: dict[str, Any], model: str) -> bool:
    answer = await running.client.get(f"/v1/codebooks/{codebook['id']}/scores")
    return bool(answer.json()["model"] == model)
