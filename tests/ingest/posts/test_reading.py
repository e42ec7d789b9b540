"""Reading posts over REST and gRPC: pages, order, and the walls between workspaces."""

from collections.abc import AsyncIterator

import pytest
from desk import Desk, post

from kit.errors import Invalid, NotFound
from kit.rpc import Client
from kit.testing import ALPHA, BETA, Running
from pourquoi.ingest.v1 import ingest_pb2 as pb
from pourquoi.ingest.v1.ingest_pb2_grpc import IngestServiceStub

UNKNOWN = "0192f0c1-2b1a-7000-8000-000000000000"


@pytest.fixture
async def ingest(running: Running) -> AsyncIterator[Client[IngestServiceStub]]:
    client = Client(running.rpc_target, IngestServiceStub, running.runtime.settings)
    yield client
    await client.close()


async def test_pages_cover_every_post_once_in_the_order_of_arrival(desk: Desk) -> None:
    study, other = await desk.ask(), await desk.ask(name="Others")
    await desk.send(study, *[post(number) for number in range(30)])
    await desk.send(other, *[post(number) for number in range(30, 40)])

    assert [each["external_id"] for each in await desk.posts()] == [f"post-{number}" for number in range(40)]
    assert len(await desk.posts(study_id=other["id"])) == 10
    assert len(await desk.posts(study_id=study["id"], limit=30)) == 30


async def test_coverage_counts_posts_and_tells_the_ends_of_their_time(desk: Desk) -> None:
    study = await desk.ask()
    empty = await desk.coverage(study)

    await desk.send(study, *[post(number) for number in range(25)])

    assert empty == {"study_id": study["id"], "posts": 0, "first_published_at": None, "last_published_at": None}
    assert await desk.coverage(study) == {
        "study_id": study["id"],
        "posts": 25,
        "first_published_at": "2026-11-01T08:30:00Z",
        "last_published_at": "2026-11-20T08:30:00Z",
    }


async def test_another_workspace_sees_nothing(desk: Desk, running: Running) -> None:
    study = await desk.ask()
    await desk.send(study, post(1))
    [stored] = await desk.posts()
    stranger = Desk(running, BETA)

    for path in (f"/v1/posts/{stored['id']}", f"/v1/studies/{study['id']}", f"/v1/studies/{study['id']}/coverage"):
        assert (await stranger.client.get(path)).status_code == 404
    assert (await stranger.client.get("/v1/posts", params={"study_id": study["id"]})).status_code == 404
    assert (await stranger.client.delete(f"/v1/posts/{stored['id']}")).status_code == 404
    path = f"/v1/studies/{study['id']}/posts"
    assert (await stranger.client.post(path, json={"posts": [post(2)]})).status_code == 404
    assert await stranger.posts() == []


async def test_workspaces_hold_their_own_copies_of_a_post(desk: Desk, running: Running) -> None:
    stranger = Desk(running, BETA)
    mine, theirs = await desk.ask(query="late"), await stranger.ask(query="late")

    await desk.send(mine, post(1))
    report = await stranger.send(theirs, post(1))

    assert report["accepted"] == 1
    [my_copy], [their_copy] = await desk.posts(), await stranger.posts()
    assert my_copy["id"] != their_copy["id"]
    assert my_copy["author_id"] != their_copy["author_id"]
    assert my_copy["study_ids"] == [mine["id"]]


async def test_a_cursor_of_another_list_is_refused(desk: Desk) -> None:
    study = await desk.ask()
    await desk.send(study, *[post(number) for number in range(3)])
    page = (await desk.client.get("/v1/posts", params={"limit": 1})).json()

    answer = await desk.client.get("/v1/studies", params={"cursor": page["next_cursor"]})

    assert answer.status_code == 422


async def test_without_a_key_nothing_is_read_or_written(running: Running, desk: Desk) -> None:
    study = await desk.ask()
    nobody = running.client_for(None)

    for method, path in (
        ("GET", "/v1/posts"),
        ("POST", f"/v1/studies/{study['id']}/posts"),
        ("POST", f"/v1/studies/{study['id']}/imports"),
        ("POST", "/v1/studies"),
    ):
        assert (await nobody.request(method, path)).status_code == 401


async def test_posts_are_given_in_the_order_asked_for(desk: Desk, ingest: Client[IngestServiceStub]) -> None:
    study = await desk.ask()
    await desk.send(study, *[post(number) for number in range(5)])
    ids = [each["id"] for each in await desk.posts()]
    await desk.client.delete(f"/v1/posts/{ids[2]}")
    asked = [ids[4], UNKNOWN, ids[0], ids[2], ids[3]]

    answer = await ingest.call("BatchGetPosts", pb.BatchGetPostsRequest(ids=asked), ALPHA)

    assert [each.id for each in answer.posts] == [ids[4], ids[0], ids[3]]
    assert answer.posts[0].study_ids == [study["id"]]
    strange = await ingest.call("BatchGetPosts", pb.BatchGetPostsRequest(ids=asked), BETA)
    assert list(strange.posts) == []


async def test_posts_of_a_study_come_in_pages_over_grpc(desk: Desk, ingest: Client[IngestServiceStub]) -> None:
    study = await desk.ask()
    await desk.send(study, *[post(number) for number in range(25)])
    found: list[str] = []
    request = pb.ListPostsRequest(study_id=study["id"], page_size=10)
    while True:
        answer = await ingest.call("ListPosts", request, ALPHA)
        found += [each.external_id for each in answer.posts]
        if not answer.next_page_token:
            break
        request.page_token = answer.next_page_token

    assert found == [f"post-{number}" for number in range(25)]


async def test_a_study_is_told_over_grpc(desk: Desk, ingest: Client[IngestServiceStub]) -> None:
    study = await desk.ask(query="late", languages=["en"], target_behaviour="cancel the pass")

    answer = await ingest.call("GetStudy", pb.GetStudyRequest(id=study["id"]), ALPHA)

    assert (answer.study.id, answer.study.query, list(answer.study.languages)) == (study["id"], "late", ["en"])
    assert answer.study.target_behaviour == "cancel the pass"


@pytest.mark.parametrize(
    ("method", "request_", "error"),
    [
        ("GetStudy", pb.GetStudyRequest(id=UNKNOWN), NotFound),
        ("GetStudy", pb.GetStudyRequest(id="no uuid"), Invalid),
        ("ListPosts", pb.ListPostsRequest(study_id=UNKNOWN), NotFound),
        ("ListPosts", pb.ListPostsRequest(study_id=UNKNOWN, page_size=1_001), Invalid),
        ("ListPosts", pb.ListPostsRequest(study_id=UNKNOWN, page_size=-1), Invalid),
        ("ListPosts", pb.ListPostsRequest(study_id=UNKNOWN, page_token="no token"), Invalid),
        ("BatchGetPosts", pb.BatchGetPostsRequest(ids=["no uuid"]), Invalid),
        ("BatchGetPosts", pb.BatchGetPostsRequest(ids=[UNKNOWN] * 1_001), Invalid),
    ],
)
async def test_wrong_calls_get_a_status_that_says_why(
    ingest: Client[IngestServiceStub], method: str, request_: object, error: type[Exception]
) -> None:
    with pytest.raises(error):
        await ingest.call(method, request_, ALPHA)  # type: ignore[arg-type]


async def test_a_study_of_another_workspace_is_not_found_over_grpc(
    desk: Desk, ingest: Client[IngestServiceStub]
) -> None:
    study = await desk.ask()

    with pytest.raises(NotFound):
        await ingest.call("GetStudy", pb.GetStudyRequest(id=study["id"]), BETA)
    with pytest.raises(NotFound):
        await ingest.call("ListPosts", pb.ListPostsRequest(study_id=study["id"]), BETA)
