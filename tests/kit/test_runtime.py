"""Background tasks: one that dies or just ends brings the process down, a stop lets each finish."""

import asyncio
import logging

import pytest

from kit.runtime import Supervisor
from kit.testing import until


async def _fail() -> None:
    raise ValueError("broken")


async def _end() -> None:
    return


async def _cancel_itself() -> None:
    raise asyncio.CancelledError


@pytest.mark.parametrize("run", [_fail, _end, _cancel_itself])
async def test_a_task_that_ends_before_it_was_told_to_is_a_death(run, caplog: pytest.LogCaptureFixture) -> None:
    deaths: list[str] = []
    supervisor = Supervisor(lambda: deaths.append("dead"))
    with caplog.at_level(logging.CRITICAL):
        supervisor.start("worker", run)
        await until(lambda: deaths)
        await supervisor.stop(1)
    assert deaths == ["dead"]
    assert "Background task worker died" in caplog.text


async def test_a_stop_lets_a_task_finish_what_it_holds() -> None:
    supervisor = Supervisor(lambda: pytest.fail("nothing died"))
    finished: list[str] = []

    async def run() -> None:
        await supervisor.stopping.wait()
        await asyncio.sleep(0)
        finished.append("the batch in hand")

    supervisor.start("worker", run)
    await supervisor.stop(5)
    assert finished == ["the batch in hand"]


async def test_a_task_that_does_not_stop_is_cancelled_in_the_end() -> None:
    supervisor = Supervisor(lambda: pytest.fail("nothing died"))
    supervisor.start("deaf", asyncio.Event().wait)  # type: ignore[arg-type]
    await supervisor.stop(0.05)
    assert supervisor.tasks[0].done()


async def test_nothing_to_stop_is_stopped_at_once() -> None:
    await Supervisor(lambda: None).stop(60)
