"""How YouTube is configured as a source."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from ingest.sources.configs import Since, SourceConfig, WebAddress
from ingest.sources.credentials import CredentialReference


class YouTubeConfig(SourceConfig):
    """Comments below videos, or below everything of a channel."""

    api_key: Annotated[CredentialReference, Field(description="Key for the YouTube Data API, by reference.")]
    videos: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[\w-]{11}$")], ...],
        Field(max_length=200, description="Ids of videos: what follows `watch?v=`."),
    ] = ()
    channels: Annotated[
        tuple[Annotated[str, Field(pattern=r"^UC[\w-]{22}$")], ...],
        Field(max_length=20, description="Ids of channels, which begin with UC: comments below all their videos."),
    ] = ()
    recheck_hours: Annotated[
        int,
        Field(ge=0, le=720, description="How old threads may be to be read again, to see edits and new replies."),
    ] = 24
    since: Since = None
    base_url: Annotated[WebAddress, Field(description="Address of the API.")] = "https://www.googleapis.com/youtube/v3"

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if not (self.videos or self.channels):
            raise ValueError("give videos or channels")
        return self
