"""The identities of platforms by the names that mappings call them: those that their connectors give, too.

Each takes the columns in the order that its mapping lists them, and answers None for nothing.
"""

from collections.abc import Callable

from ingest.sources.bluesky import identities as bluesky
from ingest.sources.mastodon import identities as mastodon
from ingest.sources.reddit import identities as reddit
from ingest.sources.youtube import identities as youtube


def mastodon_post(value: object, _: str) -> object:
    """A status that is meant by its id, and the status that means it, which tells the server: id, uri, acct, addresses.

    The addresses are those of its author and of hashtags. Nothing when they do not tell the server.
    """
    status_id, *naming = _texts(value)
    server = mastodon.server_seen_through(*naming) if status_id else ""
    return mastodon.post_id(server, status_id) if server else None


def mastodon_home(value: object, _: str) -> object:
    """A status by its uri, which its own server has given it."""
    return mastodon.home_id(str(value))


def mastodon_handle(value: object, _: str) -> object:
    """The author of a status, from its id, uri, acct and addresses."""
    naming = _texts(value)
    return mastodon.handle_of(naming[2], mastodon.server_seen_through(*naming)) if naming[2] else None


def mastodon_author(value: object, _: str) -> object:
    """The id of that author."""
    naming = _texts(value)
    return mastodon.author_id(naming[2], mastodon.server_seen_through(*naming)) if naming[2] else None


def reddit_post(value: object, _: str) -> object:
    """A thing, from its name, its id, and the body that only comments have."""
    name, number, body = _values(value)
    return reddit.post_id(_text(name), _text(number), body is not None) or None


def reddit_thread(value: object, argument: str) -> object:
    """The thread of a thing, from its link_id and what names it."""
    link_id, *naming = _values(value)
    return reddit.thread_id(str(reddit_post(naming, argument) or ""), _text(link_id)) or None


def reddit_author(value: object, _: str) -> object:
    """An account, from its name and, for its id, its full name."""
    name, *full_names = _texts(value)
    return reddit.author_id(name, next(iter(full_names), "")) or None


def bluesky_post(value: object, _: str) -> object:
    """A post, from the account and the key of its record."""
    did, rkey = _texts(value)
    return bluesky.post_id(did, rkey) if did and rkey else None


def bluesky_quote(value: object, _: str) -> object:
    """The address of what is quoted, when that is a post."""
    return value if isinstance(value, str) and bluesky.is_post(value) else None


def bluesky_url(value: object, _: str) -> object:
    """The public address of a post, from its at:// address."""
    return bluesky.url_of(str(value)) or None


def youtube_author(value: object, _: str) -> object:
    """The author of a comment, from the id of the channel and its public name."""
    channel_id, name = _texts(value)
    return youtube.author_id(channel_id, name) or None


def youtube_url(value: object, _: str) -> object:
    """The public address of a comment, from the video's id and its own."""
    video_id, comment_id = _texts(value)
    return youtube.url_of(video_id, comment_id) or None


def _values(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _texts(value: object) -> list[str]:
    return [_text(each) for each in _values(value)]


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()


IDENTITIES: dict[str, Callable[[object, str], object]] = {
    each.__name__: each
    for each in (
        *(mastodon_post, mastodon_home, mastodon_handle, mastodon_author),
        *(reddit_post, reddit_thread, reddit_author),
        *(bluesky_post, bluesky_quote, bluesky_url),
        *(youtube_author, youtube_url),
    )
}
