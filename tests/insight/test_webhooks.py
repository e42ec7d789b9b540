"""Published insights reach partners: signed, retried, replayed, once per attempt, and never inside the house."""

import asyncio
import socket
from typing import Any

import pytest
from sqlalchemy import text

from insight.app import service
from insight.settings import InsightSettings
from insight.webhooks.sender import WebhookSender, http_client
from insight.webhooks.worker import DeliveryWorker
from kit.testing import Launch, Running, until
from tests.insight.support.conversations import airline
from tests.insight.support.peers import Partner


async def subscribe(insight: Running, partner: Partner) -> dict[str, Any]:
    response = await insight.client.post("/v1/endpoints", json={"url": partner.url})
    assert response.status_code == 201, response.text
    created: dict[str, Any] = response.json()
    return created


async def publish(insight: Running, item: dict[str, Any]) -> None:
    for action in ("accept", "publish"):
        assert (await insight.client.post(f"/v1/insights/{item['id']}/{action}")).status_code == 200


async def deliveries(insight: Running, **query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await insight.client.get("/v1/deliveries", params=query)).json()["items"]
    return found


async def ended(insight: Running, status: str) -> dict[str, Any]:
    async def has_ended() -> dict[str, Any] | None:
        return next(iter(await deliveries(insight, status=status)), None)

    found = await until(has_ended)
    assert found is not None
    return found


async def test_a_partner_can_verify_what_was_published(read, insight: Running, partner: Partner) -> None:
    endpoint = await subscribe(insight, partner)
    item = (await read(airline()))["items"][0]
    await publish(insight, item)
    delivery = await ended(insight, "succeeded")
    [payload] = partner.verified(endpoint["secret"])
    assert payload["type"] == "insight.published"
    assert payload["data"]["claim"] == item["claim"]
    assert payload["data"]["evidence"] == item["evidence"]
    [(headers, _)] = partner.requests
    assert headers["webhook-id"] == delivery["id"]
    assert partner.url.removeprefix("http://").startswith(headers["host"])


async def test_a_delivery_is_tried_again_until_the_partner_takes_it(read, insight: Running, partner: Partner) -> None:
    partner.statuses = [500, 302]
    endpoint = await subscribe(insight, partner)
    await publish(insight, (await read(airline()))["items"][0])
    assert (await ended(insight, "succeeded"))["attempts"] == 3
    assert len(partner.verified(endpoint["secret"])) == 3
    assert len({headers["webhook-id"] for headers, _ in partner.requests}) == 1


async def test_a_delivery_fails_when_no_attempt_is_left_and_can_be_replayed(
    read, insight: Running, partner: Partner
) -> None:
    partner.statuses = [500] * 4
    await subscribe(insight, partner)
    await publish(insight, (await read(airline()))["items"][0])
    failed = await ended(insight, "failed")
    assert (failed["attempts"], failed["answer"]) == (4, "The endpoint answered 500. No attempt is left.")
    replayed = await insight.client.post(f"/v1/deliveries/{failed['id']}/replay")
    assert (replayed.status_code, replayed.json()["status"]) == (202, "pending")
    assert (await ended(insight, "succeeded"))["id"] == failed["id"]
    assert len(partner.requests) == 5


async def test_gone_disables_the_endpoint_until_somebody_enables_it(read, insight: Running, partner: Partner) -> None:
    partner.statuses = [410]
    endpoint = await subscribe(insight, partner)
    angry, glad = (await read(airline()))["items"]
    await publish(insight, angry)
    await ended(insight, "failed")
    disabled = (await insight.client.get(f"/v1/endpoints/{endpoint['id']}")).json()
    assert disabled["disabled_reason"] == "The endpoint answered 410 Gone."
    await publish(insight, glad)
    assert len(await deliveries(insight)) == 1  # nothing more is even queued
    enabled = await insight.client.post(f"/v1/endpoints/{endpoint['id']}/enable")
    assert enabled.json()["disabled_at"] is None


async def test_a_waiting_delivery_loses_what_is_erased(read, insight: Running, partner: Partner) -> None:
    conversation = airline()
    partner.statuses, partner.retry_after = [503], "3600"
    await subscribe(insight, partner)
    item = (await read(conversation))["items"][0]
    await publish(insight, item)

    async def waits() -> bool:
        [delivery] = await deliveries(insight)
        return delivery["answer"] == "The endpoint answered 503."

    await until(waits)
    gone = item["evidence"][0]
    said = next(each for each in conversation.posts if str(each.id) == gone["post_id"])
    await insight.publish(conversation.erased(said))

    async def is_forgotten() -> bool:
        return gone not in (await insight.client.get(f"/v1/insights/{item['id']}")).json()["evidence"]

    await until(is_forgotten)
    await execute(insight, "UPDATE deliveries SET due_at = now()")
    await ended(insight, "succeeded")
    before, after = partner.bodies
    assert gone in before["data"]["evidence"]
    assert gone["post_id"] not in str(after)
    assert said.text not in str(after)


async def test_two_replicas_never_make_the_same_attempt(
    read, insight: Running, partner: Partner, quick: dict[str, Any]
) -> None:
    await subscribe(insight, partner)
    item = (await read(airline()))["items"][0]
    await insight.runtime.supervisor.stop(5)
    await queue_many(insight, item, 60)
    settings = InsightSettings(**{**quick, "webhook_timeout_seconds": 60.0})
    async with http_client() as client:
        replicas = [
            DeliveryWorker(insight.runtime.database, WebhookSender(client, settings), settings) for _ in range(4)
        ]
        while sum(await asyncio.gather(*(replica.send_due() for replica in replicas))):
            pass
    ids = [headers["webhook-id"] for headers, _ in partner.requests]
    assert len(ids) == len(set(ids)) == 60


async def test_a_delivery_whose_replica_died_is_sent_by_another(read, insight: Running, partner: Partner) -> None:
    await subscribe(insight, partner)
    item = (await read(airline()))["items"][0]
    await queue_many(insight, item, 1, status="dispatched", attempts=1)
    assert (await ended(insight, "succeeded"))["attempts"] == 2


async def test_private_urls_are_refused_by_default(launch: Launch) -> None:
    async with launch(service) as insight:
        refused = await insight.client.post("/v1/endpoints", json={"url": "http://127.0.0.1:9/hook"})
    assert refused.status_code == 422
    assert "private" in refused.json()["detail"]


async def test_a_name_that_leads_into_the_house_is_not_called(partner: Partner) -> None:
    settings = InsightSettings(allow_private_endpoints=False)
    async with http_client() as client:
        answer = await WebhookSender(client, settings).send(partner.url.replace("127.0.0.1", "localhost"), {}, "{}")
    assert answer.status is None
    assert "private address" in answer.reason
    assert partner.requests == []


@pytest.mark.parametrize(
    ("url", "reason"),
    [("http://127.0.0.1:1/", "could not be reached"), ("http://nowhere.invalid/", "cannot be resolved")],
)
async def test_a_partner_that_cannot_be_reached_is_an_answer(url: str, reason: str) -> None:
    settings = InsightSettings(allow_private_endpoints=True)
    async with http_client() as client:
        assert reason in (await WebhookSender(client, settings).send(url, {}, "{}")).reason


async def test_a_partner_that_keeps_silent_is_given_up_in_time() -> None:
    settings = InsightSettings(allow_private_endpoints=True, webhook_timeout_seconds=0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        async with http_client() as client:
            url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
            answer = await WebhookSender(client, settings).send(url, {}, "{}")
    assert answer.reason == "The endpoint did not answer within 0.2 s."


async def test_endpoints_are_listed_without_secrets_and_deleted(insight: Running, partner: Partner) -> None:
    endpoint = await subscribe(insight, partner)
    assert endpoint["secret"].startswith("whsec_")
    [listed] = (await insight.client.get("/v1/endpoints")).json()["items"]
    assert listed["id"] == endpoint["id"]
    assert "secret" not in listed
    assert (await insight.client.delete(f"/v1/endpoints/{endpoint['id']}")).status_code == 204
    assert (await insight.client.get(f"/v1/endpoints/{endpoint['id']}")).status_code == 404


async def queue_many(
    insight: Running, item: dict[str, Any], count: int, status: str = "pending", attempts: int = 0
) -> None:
    """Queues deliveries of one insight that are due since a while."""
    await execute(
        insight,
        "INSERT INTO deliveries (workspace_id, id, endpoint_id, insight_id, event, status, attempts, due_at, answer, "
        "created_at) SELECT 'alpha', gen_random_uuid(), id, :insight_id, 'insight.published', :status, :attempts, "
        "now() - interval '1 minute', '', now() FROM endpoints, generate_series(1, :count)",
        insight_id=item["id"],
        status=status,
        attempts=attempts,
        count=count,
    )


async def execute(insight: Running, statement: str, **values: object) -> None:
    async with insight.runtime.database.session("alpha") as session:
        await session.execute(text(statement), values)
