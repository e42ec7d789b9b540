"""Drivers are coded for studies with a target behaviour only, and anew when it changes."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import grpc
import pytest

from enrichment.app import service
from enrichment.readings.reader import Reader
from enrichment.studies import jobs as recoding
from enrichment.studies import watch
from enrichment.studies.targets import bound
from kit.db import new_id
from kit.testing import Launch, Running, until
from pourquoi.enrichment.v1.events_pb2 import PostEnriched
from pourquoi.ingest.v1.events_pb2 import Post, Study, StudyChanged
from pourquoi.ingest.v1.ingest_pb2 import GetStudyRequest, GetStudyResponse
from pourquoi.ingest.v1.ingest_pb2_grpc import IngestServiceServicer, add_IngestServiceServicer_to_server
from tests.enrichment.conftest import STUDY

SCARED = "I'm scared of the side effects."
MakePost = Callable[..., Post]
Collect = Callable[..., Any]


class Ingest(IngestServiceServicer):
    """Knows studies by id."""

    def __init__(self) -> None:
        self.studies: dict[str, Study] = {}
        self.asked: list[str] = []
        self.target = ""

    async def GetStudy(self, request: GetStudyRequest, context: Any) -> GetStudyResponse:  # noqa: N802
        self.asked.append(request.id)
        if request.id not in self.studies:
            await context.abort(grpc.StatusCode.NOT_FOUND, "unknown")
        return GetStudyResponse(study=self.studies[request.id])


@pytest.fixture
async def ingest() -> AsyncIterator[Ingest]:
    ingest, server = Ingest(), grpc.aio.server()
    add_IngestServiceServicer_to_server(ingest, server)
    ingest.target = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    await server.start()
    yield ingest
    await server.stop(None)


@pytest.fixture
async def enrichment(
    launch: Launch, reader: Reader, ingest: Ingest, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Running]:
    monkeypatch.setattr("enrichment.readings.loading.load", lambda _: reader)
    monkeypatch.setattr(watch, "EVERY_SECONDS", 0.05)
    monkeypatch.setattr(recoding, "_PAGE_POSTS", 2)
    async with launch(service, ingest_target=ingest.target) as running:
        yield running


def study(behaviour: str, revision: int = 1, study_id: str = STUDY) -> Study:
    return Study(id=study_id, name="Vaccination", target_behaviour=behaviour, revision=revision)


async def drivers(running: Running, post: Post) -> list[tuple[str, str, str]]:
    """Code, effect and study of each driver of a post, as REST tells."""
    found = (await running.client.get(f"/v1/posts/{post.id}/enrichment")).json()
    codes = [code for statement in found["statements"] for code in statement["codes"]]
    return [(each["code"], each["effect"], each["study_id"]) for each in codes if each["codebook"] == "drivers"]


async def become(running: Running, post: Post, expected: list[tuple[str, str, str]]) -> None:
    async def are_there() -> bool:
        return await drivers(running, post) == expected

    await until(are_there)


def test_candidates_are_coded_for_the_studies_that_ask(reader: Reader) -> None:
    [reading] = reader.read([SCARED])
    first, second = new_id(), new_id()

    once = bound(reading, [first])
    twice = bound(once, [first, second])

    assert [code.study for code in once.statements[0].codes if code.codebook == "drivers"] == ["", str(first)]
    assert {code.study for code in twice.statements[0].codes if code.study} == {str(first), str(second)}
    assert bound(twice, []) == reading
    assert "drivers/motivation_automatic" not in reading.code_keys
    assert "drivers/motivation_automatic" in once.code_keys


async def test_a_study_without_a_target_behaviour_has_no_drivers(
    enrichment: Running, post: MakePost, collect: Collect
) -> None:
    await enrichment.publish(StudyChanged(study=study("")))
    sent = post(SCARED)
    await collect(sent)

    assert await drivers(enrichment, sent) == []
    [event] = await enrichment.published(PostEnriched, 1)
    assert not [code for each in event.enrichment.statements for code in each.codes if code.codebook == "drivers"]


async def test_drivers_name_the_study_whose_behaviour_they_are_about(
    enrichment: Running, ingest: Ingest, post: MakePost, collect: Collect
) -> None:
    ingest.studies[STUDY] = study("get vaccinated")
    other = str(new_id())
    ingest.studies[other] = study("", study_id=other)
    sent = post(SCARED, study_ids=[STUDY, other])

    await collect(sent)

    # No event told about the studies: enrichment asks ingest, and codes what it had read already.
    await become(enrichment, sent, [("motivation_automatic", "barrier", STUDY)])


async def test_a_new_target_behaviour_recodes_the_posts_of_the_study(
    enrichment: Running, ingest: Ingest, post: MakePost, collect: Collect
) -> None:
    ingest.studies[STUDY] = study("")
    posts = [post(f"{SCARED} {number}") for number in range(5)]
    unrelated = post("The box is blue and large")
    await collect(*posts, unrelated)
    await until(lambda: STUDY in ingest.asked)

    await enrichment.publish(StudyChanged(study=study("get vaccinated", revision=2)))
    for each in posts:
        await become(enrichment, each, [("motivation_automatic", "barrier", STUDY)])

    await enrichment.publish(StudyChanged(study=study("", revision=3)))
    for each in posts:
        await become(enrichment, each, [])
    # Six readings, then five posts recoded twice; what has no driver is not published again.
    published = await enrichment.published(PostEnriched, 16)
    assert sum(event.enrichment.post_id == unrelated.id for event in published) == 1


async def test_what_is_told_late_changes_nothing(enrichment: Running, post: MakePost, collect: Collect) -> None:
    await enrichment.publish(StudyChanged(study=study("get vaccinated", revision=2)))
    await enrichment.publish(StudyChanged(study=study("", revision=1)))
    sent = post(SCARED)

    await collect(sent)

    await become(enrichment, sent, [("motivation_automatic", "barrier", STUDY)])


async def test_a_study_that_ingest_does_not_know_is_asked_about_once_a_post(
    enrichment: Running, ingest: Ingest, post: MakePost, collect: Collect
) -> None:
    sent = post(SCARED)
    await collect(sent)

    await until(lambda: STUDY in ingest.asked)
    assert await drivers(enrichment, sent) == []


async def test_drivers_are_searched_by_code(
    enrichment: Running, ingest: Ingest, post: MakePost, collect: Collect
) -> None:
    ingest.studies[STUDY] = study("get vaccinated")
    sent = post(SCARED)
    await collect(sent)
    await become(enrichment, sent, [("motivation_automatic", "barrier", STUDY)])

    found = await enrichment.client.get("/v1/search", params={"q": "fear", "code": "drivers/motivation_automatic"})

    assert [each["post_id"] for each in found.json()["items"]] == [sent.id]
