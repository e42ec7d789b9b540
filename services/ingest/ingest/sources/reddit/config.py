"""How Reddit is configured as a source."""

from typing import Annotated

from pydantic import Field

from ingest.sources.configs import Since, SourceConfig, WebAddress
from ingest.sources.credentials import CredentialReference

Subreddit = Annotated[str, Field(pattern=r"^\w{2,50}$")]


class RedditConfig(SourceConfig):
    """Submissions and comments of subreddits, by an application of yours."""

    subreddits: Annotated[
        tuple[Subreddit, ...], Field(min_length=1, max_length=50, description="Names without r/, such as `france`.")
    ]
    client_id: Annotated[CredentialReference, Field(description="Id of the application, by reference.")]
    client_secret: Annotated[CredentialReference, Field(description="Secret of the application, by reference.")]
    user_agent: Annotated[
        str,
        Field(
            pattern=r"^[!-~][ -~]{9,199}$",
            description="As Reddit demands it: `linux:org.example.pourquoi:v1 (by /u/name)`; generic ones are blocked.",
        ),
    ]
    submissions: Annotated[bool, Field(description="Collect submissions.")] = True
    comments: Annotated[bool, Field(description="Collect comments.")] = True
    recheck_minutes: Annotated[
        int,
        Field(ge=0, le=10_080, description="How old posts may be to be read again, to see edits, votes and removals."),
    ] = 60
    since: Since = None
    base_url: Annotated[WebAddress, Field(description="Address of the API.")] = "https://oauth.reddit.com"
    token_url: Annotated[WebAddress, Field(description="Where tokens are given out.")] = (
        "https://www.reddit.com/api/v1/access_token"
    )
