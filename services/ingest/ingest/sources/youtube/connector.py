"""Collects the comments of videos and channels."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Annotated

from pydantic import Field, ValidationError

from ingest.posts.schemas import NewPost
from ingest.posts.submissions import explain
from ingest.sources.connector import Batch, Cursor, SourceUnavailable
from ingest.sources.http import Answer, HttpCaller
from ingest.sources.shapes import Gathering, Maybe, Shape
from ingest.sources.tools import Tools
from ingest.sources.walks import Page, Walk, Walks
from ingest.sources.youtube.config import YouTubeConfig
from ingest.sources.youtube.mapping import Thread, published_at, read_comment
from ingest.sources.youtube.quota import PAGE_IS_GONE, raise_for_error, reason_of

_PAGE = "100"
_MOST_REPLY_PAGES = 100
_PARAMETERS = {"video": "videoId", "channel": "allThreadsRelatedToChannelId"}


class _List(Shape):
    items: list[object]
    next_page: Annotated[Maybe[str], Field(validation_alias="nextPageToken")] = None

    @classmethod
    def of(cls, answer: Answer) -> "_List":
        try:
            return cls.model_validate(answer.json())
        except ValidationError:
            raise SourceUnavailable(f"{answer.url.host} answered with something that is no list.") from None


class YouTubeConnector:
    """Comment threads, newest first, each walked down to where the walk before began."""

    def __init__(self, config: YouTubeConfig, tools: Tools) -> None:
        self._config = config
        self._tools = tools

    async def collect(self, cursor: Cursor) -> AsyncGenerator[Batch, None]:
        """A batch for every page of threads; a video without comments does not keep the others away."""
        walks = Walks.model_validate(cursor)
        names = [f"video {name}" for name in self._config.videos]
        names += [f"channel {name}" for name in self._config.channels]
        headers = {"x-goog-api-key": self._tools.credentials.resolve(self._config.api_key)}
        async with self._tools.http() as http:
            batches = walks.collect(
                names,
                _Reader(http, self._config, self._tools, headers).read,
                since=self._config.since,
                overlap_seconds=self._config.recheck_hours * 3600,
            )
            async with aclosing(batches):
                async for batch in batches:
                    yield batch


class _Reader:
    """Reads pages of threads with all of their replies."""

    def __init__(self, http: HttpCaller, config: YouTubeConfig, tools: Tools, headers: Mapping[str, str]) -> None:
        self._http = http
        self._config = config
        self._tools = tools
        self._headers = headers

    async def read(self, name: str, walk: Walk) -> Page:
        """One page of threads; it begins anew where YouTube has forgotten the page on which it was."""
        kind, _, identity = name.partition(" ")
        asked = {"part": "snippet,replies", "order": "time", _PARAMETERS[kind]: identity}
        page = Page(walk.page)
        answer = await self._ask("commentThreads", asked, page.page)
        if page.page and reason_of(answer) == PAGE_IS_GONE:
            page = Page()
            answer = await self._ask("commentThreads", asked, page.page)
        raise_for_error(answer, name.capitalize(), self._tools.now())
        listed = _List.of(answer)
        page.next_page = listed.next_page or ""
        page.moments = [moment for item in listed.items if (moment := published_at(item)) is not None]
        for item in listed.items:
            await self._read_thread(item, page.gathering)
        return page

    async def _read_thread(self, item: object, gathering: Gathering) -> None:
        try:
            thread = Thread.model_validate(item)
        except ValidationError as error:
            gathering.reject(explain(error))
            return
        replies = thread.shown_replies if thread.is_whole else await self._replies(thread)
        video_id = thread.snippet.video_id
        gathering.add(thread.snippet.top, lambda top: read_comment(top, video_id, thread.snippet.replies))

        def read(reply: object) -> NewPost:
            return read_comment(reply, video_id)

        gathering.add_all(replies, read)

    async def _replies(self, thread: Thread) -> list[object]:
        """All replies of a thread; those that came with it where it has gone in between."""
        found: list[object] = []
        page = ""
        for _ in range(_MOST_REPLY_PAGES):
            answer = await self._ask("comments", {"part": "snippet", "parentId": thread.id}, page)
            if answer.status == 404:
                return found or list(thread.shown_replies)
            raise_for_error(answer, f"Thread {thread.id}", self._tools.now())
            listed = _List.of(answer)
            found += listed.items
            if not listed.next_page or listed.next_page == page:
                break
            page = listed.next_page
        return found

    async def _ask(self, method: str, parameters: Mapping[str, str], page: str) -> Answer:
        params = {**parameters, "maxResults": _PAGE, "textFormat": "plainText", **({"pageToken": page} if page else {})}
        return await self._http.get(
            f"{self._config.base_url.rstrip('/')}/{method}", params=params, headers=self._headers
        )
