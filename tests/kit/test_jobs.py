"""Jobs: run once at a time, resumed where they stopped, tried again, and given up in the end."""

import asyncio
from typing import Any

import pytest
from probe.app import NoteRepository
from working import change, look, queue, refuse_everything, run_all, running

from kit.db import Database
from kit.errors import NotFound, Unavailable
from kit.jobs import JobContext, JobHandler, JobRepository, JobRunner, JobView, enqueue, runner


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


async def test_a_job_continues_the_trace_of_its_request(database: Database, spans) -> None:
    from opentelemetry import trace

    async def work(context: JobContext) -> dict[str, Any]:
        return {}

    with trace.get_tracer("test").start_as_current_span("request") as request:
        await queue(database)
    await running(database, work).run_next()
    [job] = [span for span in spans.get_finished_spans() if span.name == "job work"]
    assert job.context.trace_id == request.get_span_context().trace_id
