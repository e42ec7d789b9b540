"""From Reddit's things to posts (reddit.com/dev/api: t1 is a comment, t3 a submission)."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import Field

from ingest.posts.schemas import NewPost
from ingest.posts.submissions import Deletion
from ingest.sources.reddit.identities import GONE, PLATFORM, author_id, thread_id
from ingest.sources.shapes import Counted, Found, Maybe, Shape, Unwanted, address_of, moment_of

_SITE = "https://www.reddit.com"


class _Thing(Shape):
    kind: str
    data: object = None


class _Written(Shape):
    name: str = Field(pattern=r"^t[13]_\w{1,20}$")
    created: Annotated[float, Field(validation_alias="created_utc")]
    author: Maybe[str] = None
    author_id: Annotated[Maybe[str], Field(validation_alias="author_fullname")] = None
    permalink: Maybe[str] = None
    edited: object = None
    score: Counted = None
    removed_by: Annotated[Maybe[str], Field(validation_alias="removed_by_category")] = None


class Comment(_Written):
    """A comment (t1)."""

    body: str
    parent_id: Maybe[str] = None
    link_id: Maybe[str] = None


class Submission(_Written):
    """A submission (t3)."""

    title: str
    selftext: Maybe[str] = None
    url: Maybe[str] = None
    is_self: Maybe[bool] = None
    is_video: Maybe[bool] = None
    is_gallery: Maybe[bool] = None
    post_hint: Maybe[str] = None
    num_comments: Counted = None
    crosspost_parent: Maybe[str] = None


def read_thing(item: object) -> Found:
    """The post that a thing stands for, or the deletion that is left of it."""
    thing = _Thing.model_validate(item)
    if thing.kind == "t1":
        return _comment(Comment.model_validate(thing.data))
    if thing.kind == "t3":
        return _submission(Submission.model_validate(thing.data))
    raise Unwanted(f"kind: {thing.kind[:20]!r} is neither a comment (t1) nor a submission (t3).")


def created_at(item: object) -> float | None:
    """When a thing was written, in seconds since 1970."""
    data = item.get("data") if isinstance(item, dict) else None
    created = data.get("created_utc") if isinstance(data, dict) else None
    return float(created) if isinstance(created, int | float) and 0 <= created < 2**33 else None


def _comment(comment: Comment) -> Found:
    if comment.body.strip() in GONE:
        return Deletion(PLATFORM, comment.name)
    return NewPost.model_validate(
        {
            **_common(comment),
            "text": comment.body,
            "parent_id": comment.parent_id or "",
            "thread_id": thread_id(comment.name, comment.link_id),
            "engagement": {"likes": comment.score},
        }
    )


def _submission(submission: Submission) -> Found:
    if submission.removed_by or (submission.selftext or "").strip() in GONE:
        return Deletion(PLATFORM, submission.name)
    link = "" if submission.is_self else address_of(submission.url)
    hint = submission.post_hint or ""
    return NewPost.model_validate(
        {
            **_common(submission),
            "text": "\n\n".join(part for part in (submission.title, submission.selftext, link) if part),
            "thread_id": thread_id(submission.name, None),
            "quote_of": submission.crosspost_parent or "",
            "has_media": bool(submission.is_video or submission.is_gallery or hint == "image" or "video" in hint),
            "engagement": {"likes": submission.score, "replies": submission.num_comments},
        }
    )


def _common(written: _Written) -> dict[str, object]:
    return {
        "external_id": written.name,
        "platform": PLATFORM,
        "author": author_id(written.author, written.author_id),
        "author_handle": author_id(written.author, None),
        "published_at": written.created,
        # `false`, or when; very old comments say only `true`.
        "changed_at": None if isinstance(written.edited, bool) else moment_of(written.edited, datetime.now(UTC)),
        "url": address_of(f"{_SITE}{written.permalink}") if written.permalink else "",
    }
