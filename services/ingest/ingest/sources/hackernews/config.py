"""How Hacker News is configured as a source."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from ingest.sources.configs import Since, SourceConfig, WebAddress


class HackerNewsConfig(SourceConfig):
    """Everything that is written on Hacker News, or what a search finds."""

    queries: Annotated[
        tuple[Annotated[str, Field(min_length=1, max_length=500)], ...],
        Field(max_length=20, description="Searches by Algolia, which can go back; empty takes every item."),
    ] = ()
    stories: Annotated[bool, Field(description="Collect stories, jobs and polls.")] = True
    comments: Annotated[bool, Field(description="Collect comments.")] = True
    first_items: Annotated[
        int, Field(ge=0, le=100_000, description="Without queries: how many of the newest items the first run takes.")
    ] = 500
    since: Since = None
    base_url: Annotated[WebAddress, Field(description="Address of the items.")] = (
        "https://hacker-news.firebaseio.com/v0"
    )
    search_url: Annotated[WebAddress, Field(description="Address of the search.")] = "https://hn.algolia.com/api/v1"

    @model_validator(mode="after")
    def _can_go_back(self) -> Self:
        if self.since and not self.queries:
            raise ValueError("only a search can go back to since: give queries, or first_items instead of since")
        if not (self.stories or self.comments):
            raise ValueError("stories or comments must be true")
        return self
