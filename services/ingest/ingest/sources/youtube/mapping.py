"""From YouTube's comments to posts (developers.google.com/youtube/v3/docs/comments)."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import Field

from ingest.posts.schemas import NewPost
from ingest.sources.shapes import Counted, Listed, Maybe, Shape, moment_of
from ingest.sources.youtube.identities import PLATFORM, author_id, handle_of, thread_id, url_of


class _Channel(Shape):
    value: Maybe[str] = None


class _Snippet(Shape):
    shown: Annotated[Maybe[str], Field(validation_alias="textDisplay")] = None
    written: Annotated[Maybe[str], Field(validation_alias="textOriginal")] = None
    author_name: Annotated[Maybe[str], Field(validation_alias="authorDisplayName")] = None
    author_channel: Annotated[Maybe[_Channel], Field(validation_alias="authorChannelId")] = None
    published_at: Annotated[str, Field(validation_alias="publishedAt")]
    updated_at: Annotated[Maybe[str], Field(validation_alias="updatedAt")] = None
    likes: Annotated[Counted, Field(validation_alias="likeCount")] = None
    parent_id: Annotated[Maybe[str], Field(validation_alias="parentId")] = None
    video_id: Annotated[Maybe[str], Field(validation_alias="videoId")] = None


class _Comment(Shape):
    id: str
    snippet: _Snippet


class _ThreadSnippet(Shape):
    top: Annotated[object, Field(validation_alias="topLevelComment")] = None
    video_id: Annotated[Maybe[str], Field(validation_alias="videoId")] = None
    replies: Annotated[Counted, Field(validation_alias="totalReplyCount")] = None


class _Replies(Shape):
    comments: Listed[object] = ()


class Thread(Shape):
    """A comment thread: its first comment and some of its replies."""

    id: str
    snippet: _ThreadSnippet
    replies: Maybe[_Replies] = None

    @property
    def is_whole(self) -> bool:
        """Whether every reply came with the thread; YouTube adds a few at most."""
        return (self.snippet.replies or 0) <= len(self.shown_replies)

    @property
    def shown_replies(self) -> tuple[object, ...]:
        """The replies that came with the thread."""
        return self.replies.comments if self.replies else ()


def read_comment(item: object, video_id: str | None, replies: int | None = None) -> NewPost:
    """The post that a comment stands for."""
    comment = _Comment.model_validate(item)
    snippet = comment.snippet
    channel = snippet.author_channel.value if snippet.author_channel else None
    edited = snippet.updated_at if snippet.updated_at != snippet.published_at else None
    return NewPost.model_validate(
        {
            "text": snippet.written or snippet.shown or "",
            "external_id": comment.id,
            "platform": PLATFORM,
            "author": author_id(channel, snippet.author_name),
            "author_handle": handle_of(snippet.author_name),
            "published_at": snippet.published_at,
            "changed_at": moment_of(edited, datetime.now(UTC)),
            "url": url_of(snippet.video_id or video_id, comment.id),
            "parent_id": snippet.parent_id or "",
            "thread_id": thread_id(comment.id, snippet.parent_id),
            "engagement": {"likes": snippet.likes, "replies": replies},
        }
    )


def published_at(item: object) -> float | None:
    """When the first comment of a thread was published, in seconds since 1970."""
    value: object = item
    for name in ("snippet", "topLevelComment", "snippet", "publishedAt"):
        value = value.get(name) if isinstance(value, dict) else None
    moment = moment_of(value, datetime.now(UTC))
    return moment.timestamp() if moment else None
