"""Walks through listings that begin with the newest, each of which may be interrupted and goes on where it was."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from ingest.sources.connector import Batch, Cursor, SourceRefused
from ingest.sources.shapes import Gathering


@dataclass
class Page:
    """One page of a listing: which it was, what was found, when each item was published (seconds since 1970)."""

    page: str = ""
    next_page: str = ""
    gathering: Gathering = field(default_factory=Gathering)
    moments: list[float] = field(default_factory=list)


class Walk(BaseModel):
    """How far one listing has been read.

    Everything up to `reached` is known. A walk that is on its way started at `top`, the newest moment that it saw,
    and goes on at `page`; only when it has come down to `reached` is everything up to `top` known.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    reached: float = 0.0
    top: float = 0.0
    page: str = ""

    def after(self, page: Page, overlap_seconds: float) -> "Walk":
        """Where the walk stands behind a page; it goes `overlap_seconds` deeper than it must, to see changes."""
        top = max(self.top, self.reached, *page.moments)
        is_deep_enough = bool(page.moments) and min(page.moments) < self.reached - overlap_seconds
        if is_deep_enough or not page.next_page or page.next_page == page.page:
            return Walk(reached=top)
        return Walk(reached=self.reached, top=top, page=page.next_page)


class Walks(BaseModel):
    """The cursor of a source that reads several listings.

    `back_to` goes before the source's own `since`; `first_page` is where a listing begins that can begin in the past.
    """

    model_config = ConfigDict(extra="ignore")

    walks: dict[str, Walk] = {}
    back_to: float = 0.0
    first_page: str = ""

    def of(self, name: str, since: float = 0.0) -> Walk:
        """The walk through a listing; a new one goes back to `since`."""
        return self.walks.get(name) or Walk(reached=self.back_to or since, page=self.first_page)

    def cursor(self) -> Cursor:
        """As it is kept between runs."""
        return self.model_dump(mode="json")

    async def collect(
        self,
        names: Iterable[str],
        read: Callable[[str, Walk], Awaitable[Page]],
        *,
        since: datetime | None = None,
        overlap_seconds: float = 0.0,
    ) -> AsyncGenerator[Batch, None]:
        """A batch for every page of every listing, each down to where the walk before it began.

        A listing that is refused does not keep the others away, and is told in the end.
        """
        refusals: list[str] = []
        for name in names:
            try:
                async with aclosing(self._go(name, read, since, overlap_seconds)) as batches:
                    async for batch in batches:
                        yield batch
            except SourceRefused as refusal:
                refusals.append(str(refusal))
        if refusals:
            raise SourceRefused(" ".join(refusals))

    async def _go(
        self, name: str, read: Callable[[str, Walk], Awaitable[Page]], since: datetime | None, overlap_seconds: float
    ) -> AsyncGenerator[Batch, None]:
        while True:
            walk = self.of(name, since.timestamp() if since else 0.0)
            page = await read(name, walk)
            self.walks[name] = walk.after(page, overlap_seconds)
            yield page.gathering.batch(self.cursor())
            if not self.walks[name].page:
                return


def rewind(since: datetime, until: datetime) -> Cursor:
    """The cursor of walks that go back to `since`; listings begin with the newest, whatever `until` says."""
    return Walks(back_to=since.timestamp()).cursor()
