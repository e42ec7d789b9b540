"""Own codebooks learn from samples that were drawn to learn from, and never from those that measure."""

from google.protobuf.timestamp_pb2 import Timestamp

from kit.testing import until
from pourquoi.ingest.v1.events_pb2 import PostErased
from tests.enrichment.annotations.support import Json, Lab
from tests.enrichment.codebooks.bank import CARDS, is_trained, until_idle

POSTS = [
    "The new card I ordered has not arrived yet.",
    "Where is the bank card that you sent me?",
    "My card still has not come.",
    "When does the card I ordered arrive?",
]


async def made(lab: Lab) -> Json:
    answer = await lab.running.client.post("/v1/codebooks", json=CARDS)
    codebook: Json = answer.json()
    await until(lambda: is_trained(lab.running, codebook))
    await lab.take_in(*POSTS)
    await until_idle(lab.running)
    return codebook


async def train(lab: Lab, codebook: Json) -> None:
    await lab.running.client.post(f"/v1/codebooks/{codebook['id']}/trainings")
    await until_idle(lab.running)


async def test_what_coders_say_of_a_learning_sample_is_learnt(lab: Lab) -> None:
    codebook = await made(lab)
    task = await lab.request(codebook="cards", sample="uncertainty", size=3)

    for coder in ("anna", "ben"):
        await lab.code_all(task, coder, lambda _: ["card_late"])
    await train(lab, codebook)

    scores = await lab.read(f"/v1/codebooks/{codebook['id']}/scores")
    assert scores["labels"] == 3
    assert [(each["present"], each["absent"]) for each in scores["codes"]] == [(3, 0), (0, 3)]


async def test_what_coders_say_of_a_random_sample_is_kept_from_the_head_that_it_measures(lab: Lab) -> None:
    codebook = await made(lab)
    task = await lab.request(codebook="cards", size=3)

    for coder in ("anna", "ben"):
        await lab.code_all(task, coder, lambda _: ["card_late"])
    await train(lab, codebook)

    assert await is_trained(lab.running, codebook, labels=0)


async def test_an_erased_post_is_unlearnt(lab: Lab) -> None:
    codebook = await made(lab)
    task = await lab.request(codebook="cards", sample="uncertainty", size=3)
    for coder in ("anna", "ben"):
        await lab.code_all(task, coder, lambda _: ["card_late"])
    await train(lab, codebook)
    listed = await lab.read(f"/v1/annotation-tasks/{task['id']}/annotations")

    erased = PostErased(post_id=listed["items"][0]["post_id"], erased_at=Timestamp(seconds=1_790_000_000))
    await lab.running.publish(erased)

    async def is_unlearnt() -> bool:
        jobs = (await lab.read("/v1/jobs"))["items"]
        return any(job["kind"] == "codebook-training" and job["status"] == "queued" for job in jobs)

    await until(is_unlearnt)
    await train(lab, codebook)
    assert await is_trained(lab.running, codebook, labels=2)
