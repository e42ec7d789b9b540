"""Answers of interfaces that hold many posts: taken apart, and what lies beside the posts joined to them."""

from collections.abc import Iterator

from ingest.sources.files.documents import LIST_KEYS

Object = dict[str, object]

# An object that has one of these is a post itself, whatever lists it holds.
_OF_A_POST = (
    "id",
    "text",
    "description",
    "full_text",
    "content",
    "body",
    "message",
    "selftext",
    "snippet",
    "commit",
    "record",
    "uri",
)
_MOST_REPLIES = 10_000


def posts_of(value: Object) -> Iterator[object] | None:
    """The posts of a page; None when the object is no page but one post."""
    if any(name in value for name in _OF_A_POST) and value.get("kind") != "youtube#commentThread":
        return None
    kind = value.get("kind")
    if kind == "Listing" or kind in ("t1", "t3", "more"):
        return _reddit(value)
    if kind in ("youtube#commentThread", "youtube#commentThreadListResponse"):
        return _youtube(value)
    if "includes" in value or "matching_rules" in value:
        return _x(value)
    if isinstance(thread := value.get("thread"), dict):
        return _bluesky_thread(thread)
    for name, posts in value.items():
        if name in LIST_KEYS and isinstance(posts, list) and all(isinstance(post, dict) for post in posts):
            return _each(posts)
    return None


def _each(posts: list[object]) -> Iterator[object]:
    for item in posts:
        # A feed of Bluesky wraps its posts, because it tells beside them who reposted them.
        post = item.get("post", item) if isinstance(item, dict) else item
        inner = posts_of(post) if isinstance(post, dict) else None
        yield from (post,) if inner is None else inner


def _x(page: Object) -> Iterator[object]:
    """Posts of the X API v2, each with its author, whom the page names once below `includes`."""
    includes = page.get("includes")
    users = _by_id(includes.get("users") if isinstance(includes, dict) else None)
    posts = page.get("data")
    for post in posts if isinstance(posts, list) else [posts]:
        if isinstance(post, dict) and (author := users.get(str(post.get("author_id")))):
            yield {**post, "author": author}
        elif post is not None:
            yield post


def _by_id(users: object) -> dict[str, object]:
    found = users if isinstance(users, list) else []
    return {str(user.get("id")): user for user in found if isinstance(user, dict)}


def _reddit(thing: Object) -> Iterator[object]:
    """Submissions and comments of a listing, and the comments below them; `more` names some that are not there."""
    waiting: list[object] = [thing]
    for _ in range(_MOST_REPLIES):
        if not waiting:
            return
        found = waiting.pop(0)
        inner = found.get("data") if isinstance(found, dict) else None
        if not isinstance(found, dict) or not isinstance(inner, dict):
            yield found
        elif found.get("kind") == "Listing":
            children = inner.get("children")
            waiting[:0] = children if isinstance(children, list) else []
        elif found.get("kind") != "more":
            yield {name: value for name, value in inner.items() if name != "replies"}
            if isinstance(replies := inner.get("replies"), dict):
                waiting.insert(0, replies)


def _youtube(page: Object) -> Iterator[object]:
    """The first comment of every thread, and its replies."""
    items = page.get("items") if page.get("kind") != "youtube#commentThread" else [page]
    for thread in items if isinstance(items, list) else []:
        snippet = thread.get("snippet") if isinstance(thread, dict) else None
        if not isinstance(snippet, dict):
            yield thread
            continue
        first = snippet.get("topLevelComment")
        yield {**first, "totalReplyCount": snippet.get("totalReplyCount")} if isinstance(first, dict) else thread
        replies = thread.get("replies")
        comments = replies.get("comments") if isinstance(replies, dict) else None
        yield from comments if isinstance(comments, list) else []


def _bluesky_thread(thread: Object) -> Iterator[object]:
    """The post of a thread, and those that answer it."""
    waiting: list[object] = [thread]
    for _ in range(_MOST_REPLIES):
        if not waiting:
            return
        found = waiting.pop(0)
        if isinstance(found, dict) and isinstance(found.get("post"), dict):
            yield found["post"]
            replies = found.get("replies")
            waiting[:0] = replies if isinstance(replies, list) else []
