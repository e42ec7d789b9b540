"""What names a comment's author and thread, the same from the connector and from a file; its id is YouTube's own."""

PLATFORM = "youtube"
_LONGEST_NAME = 200


def handle_of(name: str | None) -> str:
    """The public name of a channel without its sign."""
    return (name or "").strip().removeprefix("@")[:_LONGEST_NAME]


def author_id(channel_id: str | None, name: str | None) -> str:
    """The id of the author's channel; the public name where YouTube does not tell it."""
    return channel_id or handle_of(name)


def thread_id(comment_id: str, parent_id: str | None) -> str:
    """The first comment of the thread."""
    return parent_id or comment_id


def url_of(video_id: str | None, comment_id: str) -> str:
    """The public address of a comment; empty when its video is unknown."""
    return f"https://www.youtube.com/watch?v={video_id}&lc={comment_id}" if video_id else ""
