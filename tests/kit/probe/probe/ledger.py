"""What tests look up about the probe: what it counted, what it gave up on."""

from sqlalchemy import text

from kit.db import EVERYWHERE
from kit.events import DeadLetter, dead_letters
from kit.testing import Running


async def counted(probe: Running) -> list[str]:
    """What the consumer has counted, sorted."""
    async with probe.runtime.database.session(EVERYWHERE) as session:
        return sorted((await session.execute(text("SELECT body FROM counts"))).scalars())


async def reached(probe: Running, number: int) -> bool:
    """True once so many are counted."""
    return len(await counted(probe)) >= number


async def letters(probe: Running) -> list[DeadLetter]:
    """The dead letters of ingest's events."""
    return [letter async for letter in dead_letters(probe.runtime.bus, "ingest")]
