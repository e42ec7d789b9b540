"""From Mastodon's statuses to posts (docs.joinmastodon.org/entities/Status)."""

from collections.abc import Callable
from datetime import datetime

from ingest.posts.schemas import NewPost
from ingest.posts.submissions import Deletion
from ingest.sources.html import html_to_text
from ingest.sources.mastodon.identities import PLATFORM, author_id, handle_of, host_of, post_id
from ingest.sources.shapes import Counted, Found, Listed, Maybe, Shape, Unwanted, address_of, language_of, moment_of

_OPEN = ("public", "unlisted")


class _Account(Shape):
    acct: str
    followers_count: Counted = None


class _Quote(Shape):
    quoted_status_id: Maybe[str] = None
    quoted_status: Maybe["_Named"] = None


class _Named(Shape):
    id: str


class _Original(Shape):
    id: str
    content: str
    spoiler_text: Maybe[str] = None
    media_attachments: Listed[object] = ()
    quote: Maybe[_Quote] = None


class Status(_Original):
    """A status, as far as a post needs it."""

    created_at: str
    visibility: str
    account: _Account
    edited_at: Maybe[str] = None
    language: Maybe[str] = None
    url: Maybe[str] = None
    in_reply_to_id: Maybe[str] = None
    reblog: _Original | None = None
    favourites_count: Counted = None
    reblogs_count: Counted = None
    replies_count: Counted = None
    quotes_count: Counted = None


def status_reader(base_url: str, now: datetime) -> Callable[[object], Found]:
    """Reads the statuses that one server gives."""
    host = host_of(base_url)

    def read(item: object) -> NewPost:
        status = Status.model_validate(item)
        if status.visibility not in _OPEN:
            raise Unwanted("visibility: is neither public nor unlisted; what is meant for few is not collected.")
        return _post(status, host, now)

    return read


def deletion(base_url: str, status_id: str) -> Deletion:
    """The word of a stream that a status is gone."""
    return Deletion(PLATFORM, post_id(host_of(base_url), status_id))


def _post(status: Status, host: str, now: datetime) -> NewPost:
    said = status.reblog or status
    return NewPost.model_validate(
        {
            "text": "\n\n".join(part for part in (said.spoiler_text, html_to_text(said.content)) if part),
            "external_id": post_id(host, status.id),
            "platform": PLATFORM,
            "author": author_id(status.account.acct, host),
            "author_handle": handle_of(status.account.acct, host),
            "followers": status.account.followers_count,
            "published_at": status.created_at,
            "changed_at": moment_of(status.edited_at, now),
            "language": language_of(status.language),
            "url": address_of(status.url),
            "parent_id": post_id(host, status.in_reply_to_id),
            "is_repost": status.reblog is not None,
            "repost_of": post_id(host, status.reblog.id) if status.reblog else "",
            "quote_of": post_id(host, _quoted(said.quote)),
            "has_media": bool(said.media_attachments),
            "engagement": {
                "likes": status.favourites_count,
                "reposts": status.reblogs_count,
                "replies": status.replies_count,
                "quotes": status.quotes_count,
            },
        }
    )


def _quoted(quote: _Quote | None) -> str | None:
    """The id of a quoted status, which stands whole or by its id alone."""
    if quote is None:
        return None
    return quote.quoted_status.id if quote.quoted_status else quote.quoted_status_id
