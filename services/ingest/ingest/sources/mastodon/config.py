"""How a Mastodon server is configured as a source."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ingest.sources.configs import Since, SourceConfig, WebAddress
from ingest.sources.credentials import CredentialReference

Hashtag = Annotated[str, Field(pattern=r"^\w{1,100}$")]


class MastodonConfig(SourceConfig):
    """Hashtags or the public timeline of one server, asked for at intervals or listened to."""

    base_url: Annotated[WebAddress, Field(description="Address of the server, such as https://mastodon.social.")]
    hashtags: Annotated[
        tuple[Hashtag, ...],
        Field(max_length=50, description="Hashtags without #; empty takes the whole public timeline."),
    ] = ()
    only_local: Annotated[bool, Field(description="Only posts that were written on this server.")] = False
    mode: Annotated[
        Literal["poll", "stream"],
        Field(description="`poll` asks at every run; `stream` listens and also learns of edits and deletions."),
    ] = "poll"
    access_token: Annotated[
        CredentialReference | None,
        Field(description="Token of an application on the server; streams and many public timelines need one."),
    ] = None
    since: Since = None
    overlap_minutes: Annotated[
        int,
        Field(ge=0, le=1440, description="How far each run goes back before its cursor, for posts that federate late."),
    ] = 10

    @model_validator(mode="after")
    def _listens_to_one_thing(self) -> Self:
        if self.mode == "stream" and len(self.hashtags) > 1:
            raise ValueError("a stream carries one hashtag: make a source for each, or set mode to poll")
        if self.mode == "stream" and self.access_token is None:
            raise ValueError("a stream needs an access_token, such as env:SOURCE_MASTODON_TOKEN")
        return self
