"""Others push posts: with a key, or signed by the secret of a source."""

import base64
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import httpx2
import pytest
from desk import Desk, Json, counts, lines, post
from standardwebhooks import Webhook

from ingest.app import service
from kit.testing import BETA, Launch, Running

SECRET = "whsec_" + base64.b64encode(b"a secret of thirty-two bytes, ok").decode()
OTHER = "whsec_" + base64.b64encode(b"another one of thirty-two bytes.").decode()
NDJSON = "application/x-ndjson"


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_HOOK_SECRET", SECRET)


async def connect(desk: Desk, **fields: object) -> Json:
    body = {"name": "Hook", "kind": "push", "config": {"secret": "env:SOURCE_HOOK_SECRET"}, **fields}
    answer = await desk.client.post("/v1/sources", json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def signed(body: bytes, secret: str = SECRET, age_seconds: float = 0, name: str = "msg_1") -> dict[str, str]:
    moment = datetime.now(UTC) - timedelta(seconds=age_seconds)
    return {
        "webhook-id": name,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": Webhook(secret).sign(name, moment, body.decode()),
        "content-type": NDJSON,
    }


async def deliver(running: Running, source: Json, body: bytes, headers: Mapping[str, str]) -> httpx2.Response:
    path = f"/v1/sources/{source['id']}/webhook"
    return await running.client_for(None).post(path, content=body, headers=dict(headers))


async def runs(desk: Desk, source: Json) -> list[Json]:
    return list((await desk.client.get(f"/v1/sources/{source['id']}/runs")).json()["items"])


@pytest.mark.parametrize("media_type", ["application/json", NDJSON])
async def test_posts_that_are_sent_to_the_workspace_belong_to_whoever_asks_for_them(
    desk: Desk, media_type: str
) -> None:
    study = await desk.ask(query="Lille")
    other = await desk.ask(query="Marseille")
    posts = [post(1), post(2), post(3, text="Nothing of interest")]
    content = (
        lines(posts) if media_type == NDJSON else b'{"posts": [' + b",".join(lines(posts).split(b"\n")[:3]) + b"]}"
    )

    answer = await desk.client.post("/v1/posts", content=content, headers={"Content-Type": media_type})

    assert counts(answer.json()) == {"received": 3, "accepted": 3, "unmatched": 1}
    assert (await desk.coverage(study))["posts"] == 2
    assert (await desk.coverage(other))["posts"] == 0


async def test_the_terms_of_a_source_hold_for_posts_that_are_sent_to_it(desk: Desk) -> None:
    await desk.ask(query="Lille")
    source = await connect(desk, unmatched="drop")
    posts = [post(1), post(2, text="Nothing of interest"), {"text": "no id"}]

    answer = await desk.client.post(f"/v1/posts?source_id={source['id']}", json={"posts": posts})

    assert counts(answer.json()) == {"received": 3, "accepted": 1, "dropped": 1, "rejected_count": 1}
    [run] = await runs(desk, source)
    assert (run["fetched"], run["new"], run["dropped"], run["rejected"]) == (3, 1, 1, 1)
    assert run["rejections"][0]["line"] == 3


async def test_posts_are_not_sent_to_a_source_that_collects_or_is_paused(desk: Desk) -> None:
    collecting = await connect(desk, name="Sample", kind="sample", config={"posts": 1})
    paused = await connect(desk)
    await desk.client.patch(f"/v1/sources/{paused['id']}", json={"state": "paused"})

    answers = [
        await desk.client.post(f"/v1/posts?source_id={source['id']}", json={"posts": []})
        for source in (collecting, paused)
    ]

    assert [answer.status_code for answer in answers] == [422, 409]


async def test_a_signed_delivery_is_taken_without_a_key_and_once(desk: Desk, running: Running) -> None:
    study = await desk.ask(query="Lille")
    source = await connect(desk)
    body = lines([post(1), post(2)])

    first = await deliver(running, source, body, signed(body))
    again = await deliver(running, source, body, signed(body))

    assert counts(first.json()) == {"received": 2, "accepted": 2}
    assert (again.status_code, counts(again.json())) == (200, {})
    assert (await desk.coverage(study))["posts"] == 2
    [run] = await runs(desk, source)
    assert run["new"] == 2
    assert (await desk.client.get(f"/v1/sources/{source['id']}")).json()["health"]["status"] == "ok"


async def test_a_delivery_may_be_a_json_document(desk: Desk, running: Running) -> None:
    source = await connect(desk)
    body = b'{"posts": [{"text": "Late again", "external_id": "7"}]}'

    answer = await deliver(running, source, body, {**signed(body), "content-type": "application/json"})

    assert counts(answer.json()) == {"received": 1, "accepted": 1, "unmatched": 1}


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-signature": "v1,AAAA"},
        {"webhook-signature": "nonsense"},
        {"webhook-signature": "v1"},
        {"webhook-id": "msg_2"},
        {"webhook-id": ""},
        {"webhook-timestamp": "yesterday"},
        {"webhook-timestamp": "1"},
        {"webhook-timestamp": "inf"},
    ],
)
async def test_a_delivery_with_anything_wrong_is_401_and_nothing_else(
    desk: Desk, running: Running, change: dict[str, str]
) -> None:
    source = await connect(desk)
    body = lines([post(1)])

    answer = await deliver(running, source, body, {**signed(body), **change})

    assert answer.status_code == 401
    assert answer.json()["detail"] == "This delivery is not signed by its source."
    assert await desk.posts() == []


async def test_who_does_not_have_the_secret_learns_nothing(
    desk: Desk, running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = lines([post(1)])
    source = await connect(desk)
    without_secret = await connect(desk, name="Open", config={})
    collecting = await connect(desk, name="Sample", kind="sample", config={"posts": 1})
    unknown = {"id": "01990000-0000-7000-8000-000000000000"}

    answers = [
        await deliver(running, source, body, signed(body, OTHER)),
        await deliver(running, source, body, signed(body, age_seconds=360)),
        await deliver(running, source, body, signed(body, age_seconds=-360)),
        await deliver(running, source, body + b" ", signed(body)),
        await deliver(running, source, body, {"content-type": NDJSON}),
        *[await deliver(running, each, body, signed(body)) for each in (without_secret, collecting, unknown)],
    ]
    monkeypatch.delenv("SOURCE_HOOK_SECRET")
    answers.append(await deliver(running, source, body, signed(body)))

    assert {answer.status_code for answer in answers} == {401}
    assert await desk.posts() == []


async def test_a_secret_can_be_rotated_without_a_gap(desk: Desk, running: Running) -> None:
    source = await connect(desk)
    body = lines([post(1)])
    both = f"{signed(body, OTHER)['webhook-signature']} {signed(body)['webhook-signature']}"

    answer = await deliver(running, source, body, {**signed(body), "webhook-signature": both})

    assert answer.status_code == 200


async def test_a_delivery_goes_to_the_workspace_of_its_source_alone(desk: Desk, running: Running) -> None:
    source = await connect(Desk(running, BETA))
    body = lines([post(1)])

    assert (await deliver(running, source, body, signed(body))).status_code == 200

    assert await desk.posts() == []
    assert len(await Desk(running, BETA).posts()) == 1


async def test_a_signed_body_is_bounded(desk: Desk, running: Running) -> None:
    source = await connect(desk)
    body = b"x" * (17 * 1024 * 1024)

    answer = await deliver(running, source, body, {**signed(b""), "content-type": NDJSON})

    assert answer.status_code == 413


async def test_a_source_that_delivers_too_often_is_told_to_wait_and_strangers_use_nothing_up(launch: Launch) -> None:
    async with launch(service, requests_per_minute=3) as running:
        desk, body = Desk(running), lines([post(1)])
        source, other = await connect(desk), await connect(desk, name="Other")
        for number in range(9):
            await deliver(running, source, body, signed(body, OTHER, name=f"bad_{number}"))

        answers = [await deliver(running, source, body, signed(body, name=f"msg_{number}")) for number in range(4)]
        elsewhere = await deliver(running, other, body, signed(body))

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert 0 < int(answers[-1].headers["retry-after"]) <= 60
    assert "r=2" in answers[0].headers["ratelimit"]
    assert elsewhere.status_code == 200
