"""Outbox, inbox, consumers and dead letters on the real engines."""

import asyncio

from probe.app import Behaviour, service
from probe.ledger import counted, letters, reached

from kit.events import applying, replay
from kit.testing import Launch, until
from pourquoi.ingest.v1.events_pb2 import PostErased


async def test_every_event_is_applied_exactly_once(launch: Launch, behaviour: Behaviour) -> None:
    async with launch(service) as probe:
        await asyncio.gather(*(probe.client.post("/v1/notes", json={"body": f"{n:03}"}) for n in range(120)))
        await until(lambda: reached(probe, 120))
        envelopes = await probe.envelopes("ingest")
        replays = [type(e)(e.subject, {**e.headers, "Nats-Msg-Id": f"again-{e.id}"}, e.payload) for e in envelopes]
        await probe.runtime.bus.publish(replays)
        await until(lambda: sum(behaviour.batches) >= 240)
        assert await counted(probe) == [f"{n:03}" for n in range(120)]


async def test_an_outage_holds_events_back_without_burying_them(launch: Launch, behaviour: Behaviour) -> None:
    behaviour.outages = 3
    async with launch(service) as probe:
        await probe.publish(PostErased(post_id="patient"))
        assert await until(lambda: counted(probe)) == ["patient"]
        assert await letters(probe) == []


async def test_a_poison_event_is_buried_with_its_error_and_can_be_replayed(
    launch: Launch, behaviour: Behaviour, monkeypatch
) -> None:
    monkeypatch.setattr(applying, "RETRY_SECONDS", (0.05, 0.05))
    behaviour.poison = {"bad"}
    async with launch(service) as probe:
        await probe.publish(*(PostErased(post_id=body) for body in ("a", "bad", "b")))
        [letter] = await until(lambda: letters(probe))
        assert letter.consumer == "probe"
        assert letter.error == "ValueError: this event cannot be applied"
        assert await counted(probe) == ["a", "b"]
        behaviour.poison = set()
        await replay(probe.runtime.bus, letter)
        await until(lambda: reached(probe, 3))
        assert await counted(probe) == ["a", "b", "bad"]
        assert await letters(probe) == []


async def test_an_unreadable_event_is_buried_at_once(launch: Launch, behaviour: Behaviour) -> None:
    async with launch(service) as probe:
        await probe.publish(PostErased(post_id="x"))
        await until(lambda: counted(probe))
        [envelope] = await probe.envelopes("ingest")
        broken = type(envelope)(envelope.subject, {**envelope.headers, "Nats-Msg-Id": "broken"}, b"\xff\xff\xff")
        await probe.runtime.bus.publish([broken])
        [letter] = await until(lambda: letters(probe))
        assert letter.error.startswith("DecodeError")


async def test_backfill_reaches_the_same_consumer(launch: Launch, behaviour: Behaviour) -> None:
    async with launch(service) as probe:
        await probe.publish(PostErased(post_id="old"), lane="backfill")
        await probe.publish(PostErased(post_id="new"))
        await until(lambda: reached(probe, 2))


async def test_one_trace_goes_through_outbox_and_consumer(launch: Launch, behaviour: Behaviour, spans) -> None:
    async with launch(service) as probe:
        await probe.client.post("/v1/notes", json={"body": "traced"})
        await until(lambda: counted(probe))
        await until(lambda: [s for s in spans.get_finished_spans() if s.name.startswith("process ")])
        [request] = [s for s in spans.get_finished_spans() if s.name == "POST /v1/notes"]
        [process] = [s for s in spans.get_finished_spans() if s.name.startswith("process ")]
        [batch] = [s for s in spans.get_finished_spans() if s.name == "batch probe"]
        assert process.context.trace_id == request.context.trace_id
        assert [link.context.span_id for link in batch.links] == [process.context.span_id]
