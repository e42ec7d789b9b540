"""From items of Hacker News to posts (github.com/HackerNews/API and hn.algolia.com/api)."""

from typing import Annotated

from pydantic import Field

from ingest.posts.schemas import NewPost
from ingest.posts.submissions import Deletion
from ingest.sources.html import html_to_text
from ingest.sources.shapes import Counted, Found, Listed, Maybe, Shape, address_of

PLATFORM = "hackernews"
_SITE = "https://news.ycombinator.com/item?id="
_ItemId = Annotated[int, Field(ge=1, le=2**53)]


class Item(Shape):
    """An item as the Firebase API gives it; of one that is gone little more than its id is left."""

    id: _ItemId
    type: Maybe[str] = None
    deleted: Maybe[bool] = None
    dead: Maybe[bool] = None
    by: Maybe[str] = None
    time: object = None
    title: Maybe[str] = None
    text: Maybe[str] = None
    url: Maybe[str] = None
    parent: Maybe[int] = None
    score: Counted = None
    descendants: Counted = None


class Hit(Shape):
    """A hit of the search."""

    id: Annotated[_ItemId, Field(validation_alias="objectID")]
    time: Annotated[float, Field(validation_alias="created_at_i")]
    author: Maybe[str] = None
    title: Maybe[str] = None
    url: Maybe[str] = None
    story_text: Maybe[str] = None
    comment_text: Maybe[str] = None
    parent_id: Maybe[int] = None
    story_id: Maybe[int] = None
    points: Counted = None
    num_comments: Counted = None
    tags: Annotated[Listed[str], Field(validation_alias="_tags")] = ()


def read_item(item: object) -> Found:
    """The post that an item stands for; one that is deleted or dead is a deletion."""
    found = Item.model_validate(item)
    if found.deleted or found.dead:
        return Deletion(PLATFORM, str(found.id))
    is_comment = found.type == "comment"
    return NewPost.model_validate(
        {
            "text": _text(found.title, found.text, found.url),
            "external_id": str(found.id),
            "platform": PLATFORM,
            "author": found.by or "",
            "author_handle": found.by or "",
            "published_at": found.time,
            "url": f"{_SITE}{found.id}",
            "parent_id": str(found.parent or ""),
            "thread_id": "" if is_comment else str(found.id),
            "engagement": {"likes": found.score, "replies": found.descendants},
        }
    )


def read_hit(item: object) -> Found:
    """The post that a hit stands for."""
    found = Hit.model_validate(item)
    return NewPost.model_validate(
        {
            "text": _text(found.title, found.comment_text or found.story_text, found.url),
            "external_id": str(found.id),
            "platform": PLATFORM,
            "author": found.author or "",
            "author_handle": found.author or "",
            "published_at": found.time,
            "url": f"{_SITE}{found.id}",
            "parent_id": str(found.parent_id or ""),
            "thread_id": str(found.story_id or found.id),
            "engagement": {"likes": found.points, "replies": found.num_comments},
        }
    )


def is_comment(item: object) -> bool:
    """Whether an item says that it is a comment."""
    return isinstance(item, dict) and item.get("type") == "comment"


def _text(title: str | None, html: str | None, link: str | None) -> str:
    return "\n\n".join(part for part in (title, html_to_text(html or ""), address_of(link)) if part)
