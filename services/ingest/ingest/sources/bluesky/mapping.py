"""From Bluesky's records to posts (lexicons app.bsky.feed.post and app.bsky.embed.*)."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import Field

from ingest.posts.schemas import NewPost
from ingest.posts.submissions import Deletion
from ingest.sources.bluesky.events import Commit, Event
from ingest.sources.bluesky.identities import PLATFORM, POSTS, is_post, post_id, url_of
from ingest.sources.shapes import Found, Listed, Maybe, Shape, address_of, language_of, moment_of

_GONE = ("deleted", "takendown")
_MEDIA = ("app.bsky.embed.images", "app.bsky.embed.video", "app.bsky.embed.gallery")


class _Reference(Shape):
    uri: str


class _Reply(Shape):
    parent: Maybe[_Reference] = None
    root: Maybe[_Reference] = None


class _Feature(Shape):
    uri: Maybe[str] = None


class _Slice(Shape):
    start: Annotated[int, Field(ge=0, validation_alias="byteStart")]
    end: Annotated[int, Field(ge=0, validation_alias="byteEnd")]


class _Facet(Shape):
    index: _Slice
    features: Listed[_Feature] = ()


class _External(Shape):
    uri: Maybe[str] = None


class _Embed(Shape):
    type: Annotated[Maybe[str], Field(validation_alias="$type")] = None
    external: Maybe[_External] = None
    record: object = None
    media: Maybe["_Embed"] = None


class PostRecordShape(Shape):
    """A record of app.bsky.feed.post."""

    text: str
    created_at: Annotated[object, Field(validation_alias="createdAt")] = None
    langs: Listed[str] = ()
    reply: Maybe[_Reply] = None
    facets: Listed[Maybe[_Facet]] = ()
    embed: Maybe[_Embed] = None


def read_event(event: Event) -> Found:
    """The post or the deletion that an event tells of, or None when it is about something else."""
    if event.account is not None:
        gone = not event.account.active and event.account.status in _GONE
        return Deletion(PLATFORM, author=event.did) if gone else None
    commit = event.commit
    if commit is None or commit.collection != POSTS:
        return None
    uri = post_id(event.did, commit.rkey)
    return Deletion(PLATFORM, uri) if commit.operation == "delete" else _post(event, commit, uri)


def _post(event: Event, commit: Commit, uri: str) -> NewPost:
    record = PostRecordShape.model_validate(commit.record)
    heard_at = datetime.fromtimestamp(min(event.time_us / 1e6, 2**33), UTC)
    reply = record.reply or _Reply()
    return NewPost.model_validate(
        {
            "text": _text(record),
            "external_id": uri,
            "platform": PLATFORM,
            "author": event.did,
            # The author's word, which may be any; where it cannot be true, the stream's own time stands for it.
            "published_at": moment_of(record.created_at, heard_at, otherwise=heard_at),
            "changed_at": heard_at if commit.operation == "update" else None,
            "language": language_of(record.langs[0] if record.langs else ""),
            "url": address_of(url_of(uri)),
            "parent_id": reply.parent.uri if reply.parent else "",
            "thread_id": reply.root.uri if reply.root else uri,
            "quote_of": _quoted(record.embed),
            "has_media": _has_media(record.embed),
        }
    )


def _text(record: PostRecordShape) -> str:
    """The text with its links whole, which it shows shortened, and with the link of its card."""
    encoded = record.text.encode("utf-8", "replace")
    for facet in sorted(filter(None, record.facets), key=lambda each: each.index.start, reverse=True):
        link = next((feature.uri for feature in facet.features if address_of(feature.uri)), None)
        shown = encoded[facet.index.start : facet.index.end].decode("utf-8", "replace")
        if link and _is_shortened(shown, link):
            encoded = encoded[: facet.index.start] + link.encode("utf-8", "replace") + encoded[facet.index.end :]
    text = encoded.decode("utf-8", "replace")
    card = address_of(record.embed.external.uri) if record.embed and record.embed.external else ""
    return text if not card or card in text else f"{text}\n{card}"


def _is_shortened(shown: str, link: str) -> bool:
    """Only a shortened link is completed: words that are a link stay the author's words."""
    start = shown.removesuffix("...").removesuffix("…")
    return (
        bool(start)
        and shown != link
        and link.split("://", 1)[-1].removeprefix("www.").startswith(start.split("://", 1)[-1].removeprefix("www."))
    )


def _quoted(embed: _Embed | None) -> str:
    """The post that is quoted: `record.uri`, or `record.record.uri` where media stand beside it."""
    value = embed.record if embed else None
    for _ in range(2):
        if not isinstance(value, dict):
            return ""
        if isinstance(uri := value.get("uri"), str):
            return uri if is_post(uri) else ""
        value = value.get("record")
    return ""


def _has_media(embed: _Embed | None) -> bool:
    return embed is not None and (embed.type in _MEDIA or (embed.media is not None and embed.media.type in _MEDIA))
