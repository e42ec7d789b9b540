"""What names a post, the same from the stream and from a file: its address `at://did/app.bsky.feed.post/rkey`."""

import re

PLATFORM = "bluesky"
POSTS = "app.bsky.feed.post"
_POST = re.compile(rf"at://([^/]+)/{re.escape(POSTS)}/([^/]+)")
_LONGEST = 500


def post_id(did: str, rkey: str) -> str:
    """The external id of a post of an account."""
    return f"at://{did}/{POSTS}/{rkey}"


def is_post(uri: str) -> bool:
    """Whether an address is that of a post; feeds, lists and starter packs are embedded in the same way."""
    return len(uri) <= _LONGEST and _POST.fullmatch(uri) is not None


def url_of(uri: str) -> str:
    """The public address of a post; empty when it is none."""
    found = _POST.fullmatch(uri)
    return f"https://bsky.app/profile/{found[1]}/post/{found[2]}" if found else ""
