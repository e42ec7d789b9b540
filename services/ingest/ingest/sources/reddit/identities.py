"""What names a submission or a comment, its thread and its author, the same from the connector and from a file."""

PLATFORM = "reddit"
GONE = ("[deleted]", "[removed]")
_COMMENT, _SUBMISSION = "t1_", "t3_"
_LONGEST_NAME = 200


def post_id(name: str | None, number: str | None, is_comment: bool) -> str:
    """The full name of a thing, which some dumps leave out and which its kind and number make; empty without both."""
    if name or not number:
        return name or ""
    return f"{_COMMENT if is_comment else _SUBMISSION}{number}"


def thread_id(post: str, link_id: str | None) -> str:
    """The submission that a thing belongs to: of a comment the one that it names, else itself."""
    return link_id or "" if post.startswith(_COMMENT) else post


def author_id(name: str | None, full_name: str | None) -> str:
    """The name of an account, which it keeps for ever and which dumps tell, too; `t2_…` only where there is no name."""
    known = "" if name in GONE else (name or "").strip()[:_LONGEST_NAME]
    return known or full_name or ""
