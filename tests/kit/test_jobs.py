"""Jobs: run once at a time, resumed where they stopped, tried again, and given up in the end."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
from probe.app import NoteRepository
from sqlalchemy import text

from kit.db import EVERYWHERE, Database
from kit.errors import Invalid, NotFound, Unavailable
from kit.jobs import JobContext, JobHandler, JobRepository, JobRunner, JobView, LeaseLost, enqueue, leases, runner
from kit.testing import until

Work = Callable[[JobContext], Awaitable[dict[str, Any]]]


def running(database: Database, work: Work) -> JobRunner:
    return JobRunner(database, [JobHandler("work", work)])


async def queue(database: Database, **parameters: Any) -> UUID:
    async with database.session("alpha") as session:
        return (await enqueue(session, "work", parameters)).id


async def look(database: Database, job_id: UUID) -> JobView:
    async with database.session("alpha") as session:
        return JobView.of(await JobRepository(session).get(job_id))


async def change(database: Database, assignments: str) -> None:
    async with database.session(EVERYWHERE) as session:
        await session.execute(text(f"UPDATE jobs SET {assignments}"))


async def run_all(jobs: JobRunner) -> None:
    """Runs what is due, and what becomes due at once."""
    while await jobs.run_next():
        pass


@pytest.fixture
def no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tries again at once."""
    monkeypatch.setattr(runner, "RETRY_SECONDS", 0.0)
    monkeypatch.setattr(runner, "OUTAGE_SECONDS", 0.0)


async def test_a_job_reports_its_progress_and_its_result(database: Database) -> None:
    seen: list[JobView] = []

    async def work(context: JobContext) -> dict[str, Any]:
        await context.advance(1, 4)
        seen.append(await look(database, job_id))
        await context.advance(3)
        seen.append(await look(database, job_id))
        return {"sum": context.parameters["a"] + 1}

    job_id = await queue(database, a=1)
    assert (await look(database, job_id)).status == "queued"
    assert await running(database, work).run_next()
    assert [(view.status, view.progress.done, view.progress.total) for view in seen] == [
        ("running", 1, 4),
        ("running", 3, 4),
    ]
    ended = await look(database, job_id)
    assert (ended.status, ended.result, ended.error) == ("succeeded", {"sum": 2}, None)


async def test_a_job_that_was_not_committed_never_runs(database: Database) -> None:
    async with database.open("alpha") as session:
        await enqueue(session, "work", {})
    assert not await running(database, refuse_everything).run_next()


async def test_jobs_of_other_kinds_are_left_alone(database: Database) -> None:
    await queue(database)
    assert not await JobRunner(database, [JobHandler("other", refuse_everything)]).run_next()


async def test_another_workspace_does_not_see_the_job(database: Database) -> None:
    job_id = await queue(database)
    async with database.session("beta") as session:
        with pytest.raises(NotFound):
            await JobRepository(session).get(job_id)
        assert await JobRepository(session).list_newest(10, None) == []


async def refuse_everything(context: JobContext) -> dict[str, Any]:
    raise Invalid("This file has no text column.")


async def test_a_refusal_ends_the_job_with_its_sentence(database: Database) -> None:
    job_id = await queue(database)
    await running(database, refuse_everything).run_next()
    job = await look(database, job_id)
    assert (job.status, job.error) == ("failed", "This file has no text column.")


async def test_a_job_goes_on_from_its_last_state_and_does_no_step_twice(database: Database, no_waits: None) -> None:
    attempts: list[int] = []

    async def work(context: JobContext) -> dict[str, Any]:
        attempts.append(context.attempt)
        for step in range(context.state.get("step", 0), 4):
            async with context.database.session(context.workspace) as session:
                await NoteRepository(session).add(f"step {step}")
                await context.advance_within(session, step + 1, 4, {"step": step + 1})
            if step == 1 and context.attempt == 1:
                raise RuntimeError("half way")
        return {}

    job_id = await queue(database)
    await run_all(running(database, work))
    async with database.session("alpha") as session:
        bodies = [note.body for note in await NoteRepository(session).list_after(None, 100)]
    assert bodies == ["step 0", "step 1", "step 2", "step 3"]
    assert attempts == [1, 2]
    assert (await look(database, job_id)).status == "succeeded"


async def test_a_job_whose_process_was_killed_is_taken_over_when_its_lease_ends(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "LEASE_SECONDS", 0.3)
    started = asyncio.Event()

    async def hang(context: JobContext) -> dict[str, Any]:
        await context.advance(1, 2, {"step": 1})
        started.set()
        await asyncio.Event().wait()
        return {}

    async def finish(context: JobContext) -> dict[str, Any]:
        return {"resumed at": context.state["step"]}

    job_id = await queue(database)
    killed = asyncio.create_task(running(database, hang).run())
    await started.wait()
    survivor = running(database, finish)
    assert not await survivor.run_next(), "the lease is held"
    killed.cancel()
    await asyncio.wait([killed])
    await until(survivor.run_next)
    assert (await look(database, job_id)).result == {"resumed at": 1}


async def test_a_lease_is_kept_while_the_handler_computes_without_a_word(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "LEASE_SECONDS", 0.3)
    gate, started = asyncio.Event(), asyncio.Event()

    async def compute(context: JobContext) -> dict[str, Any]:
        started.set()
        await gate.wait()
        return {}

    job_id = await queue(database)
    task = asyncio.create_task(running(database, compute).run_next())
    await started.wait()
    first = (await look(database, job_id)).updated_at
    await until(lambda: renewed_after(database, job_id, first))
    assert not await running(database, refuse_everything).run_next()
    gate.set()
    await task
    assert (await look(database, job_id)).status == "succeeded"


async def renewed_after(database: Database, job_id: UUID, moment: Any) -> bool:
    return ((await look(database, job_id)).updated_at - moment).total_seconds() > 0.5


async def test_who_lost_the_lease_changes_nothing_any_more(database: Database) -> None:
    async def lose(context: JobContext) -> dict[str, Any]:
        await change(database, "due_at = now()")
        assert await running(database, succeed).run_next()
        with pytest.raises(LeaseLost):
            await context.advance(7)
        raise LeaseLost("as a handler that lets it pass")

    async def succeed(context: JobContext) -> dict[str, Any]:
        return {"by": "the other"}

    job_id = await queue(database)
    await running(database, lose).run_next()
    job = await look(database, job_id)
    assert (job.status, job.result, job.progress.done) == ("succeeded", {"by": "the other"}, 0)


async def test_a_handler_is_stopped_when_its_lease_is_lost(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "LEASE_SECONDS", 0.1)
    cancelled: list[bool] = []

    async def hang(context: JobContext) -> dict[str, Any]:
        await change(database, "attempts = attempts + 1")
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.append(True)
        return {}

    await queue(database)
    await asyncio.wait_for(running(database, hang).run_next(), 10)
    assert cancelled == [True]


async def test_a_stop_gives_the_job_back_at_once_and_counts_for_nothing(database: Database) -> None:
    started = asyncio.Event()

    async def hang(context: JobContext) -> dict[str, Any]:
        started.set()
        await asyncio.Event().wait()
        return {}

    async def finish(context: JobContext) -> dict[str, Any]:
        return {"attempt": context.attempt}

    job_id = await queue(database)
    for _ in range(runner.MAX_ATTEMPTS + 1):
        started.clear()
        stopped = running(database, hang)
        task = asyncio.create_task(stopped.run())
        await started.wait()
        stopped.stopping.set()
        await asyncio.wait_for(task, 10)
        assert (await look(database, job_id)).status == "queued"
    assert await running(database, finish).run_next()
    assert (await look(database, job_id)).result == {"attempt": 1}


async def test_a_handler_that_always_breaks_fails_after_a_few_attempts(database: Database, no_waits: None) -> None:
    attempts: list[int] = []

    async def breaks(context: JobContext) -> dict[str, Any]:
        attempts.append(context.attempt)
        raise RuntimeError("the secret inner detail")

    job_id = await queue(database)
    await run_all(running(database, breaks))
    job = await look(database, job_id)
    assert (job.status, job.error) == ("failed", "Internal error (RuntimeError).")
    assert attempts == [1, 2, 3, 4, 5]


async def test_a_handler_that_cancels_itself_is_broken_and_not_stopped(database: Database, no_waits: None) -> None:
    async def cancels(context: JobContext) -> dict[str, Any]:
        raise asyncio.CancelledError

    job_id = await queue(database)
    await run_all(running(database, cancels))
    assert (await look(database, job_id)).error == "Internal error (CancelledError)."


async def test_a_job_that_brings_its_process_down_again_and_again_is_given_up(database: Database) -> None:
    started = asyncio.Event()

    async def hang(context: JobContext) -> dict[str, Any]:
        started.set()
        await asyncio.Event().wait()
        return {}

    job_id = await queue(database)
    for _ in range(runner.MAX_CRASHES):
        started.clear()
        task = asyncio.create_task(running(database, hang).run_next())
        await started.wait()
        task.cancel()
        await asyncio.wait([task])
        await change(database, "due_at = now()")
    assert await asyncio.wait_for(running(database, hang).run_next(), 10)
    job = await look(database, job_id)
    assert job.status == "failed"
    assert "died 20 times" in (job.error or "")


async def test_a_peer_that_is_away_is_waited_for_without_counting(database: Database, no_waits: None) -> None:
    calls: list[int] = []

    async def ask(context: JobContext) -> dict[str, Any]:
        calls.append(context.attempt)
        if len(calls) <= runner.MAX_ATTEMPTS + 2:
            raise Unavailable("The service ingest does not answer.")
        return {}

    job_id = await queue(database)
    jobs = running(database, ask)
    await jobs.run_next()
    waiting = await look(database, job_id)
    assert (waiting.status, waiting.error) == ("queued", "The service ingest does not answer.")
    await run_all(jobs)
    ended = await look(database, job_id)
    assert (ended.status, ended.error) == ("succeeded", None)
    assert set(calls) == {1}


async def test_a_peer_that_stays_away_for_a_day_ends_the_job(database: Database, no_waits: None) -> None:
    async def ask(context: JobContext) -> dict[str, Any]:
        raise Unavailable("The service ingest does not answer.")

    job_id = await queue(database)
    await change(database, "created_at = now() - make_interval(hours => 25)")
    await running(database, ask).run_next()
    job = await look(database, job_id)
    assert (job.status, job.error) == ("failed", "The service ingest does not answer.")


async def test_odd_values_in_parameters_state_and_result_are_stored_clean(database: Database) -> None:
    async def work(context: JobContext) -> dict[str, Any]:
        await context.advance(1, state={"line": "a\0b", "list": ("\ud800x",)})
        return {"id": context.id, "text": "c\0d \\u0000", "nested": [{"k\0": None}], "parameters": context.parameters}

    job_id = await queue(database, name="e\0f")
    await running(database, work).run_next()
    assert (await look(database, job_id)).result == {
        "id": str(job_id),
        "text": "cd \\u0000",
        "nested": [{"k": None}],
        "parameters": {"name": "ef"},
    }


async def test_two_runners_share_the_jobs(database: Database) -> None:
    done: list[UUID] = []

    async def work(context: JobContext) -> dict[str, Any]:
        done.append(context.id)
        return {}

    made = {await queue(database) for _ in range(20)}
    await asyncio.gather(*(run_all(running(database, work)) for _ in range(2)))
    assert len(done) == 20
    assert set(done) == made


async def test_a_job_continues_the_trace_of_its_request(database: Database, spans) -> None:
    from opentelemetry import trace

    async def work(context: JobContext) -> dict[str, Any]:
        return {}

    with trace.get_tracer("test").start_as_current_span("request") as request:
        await queue(database)
    await running(database, work).run_next()
    [job] = [span for span in spans.get_finished_spans() if span.name == "job work"]
    assert job.context.trace_id == request.get_span_context().trace_id
