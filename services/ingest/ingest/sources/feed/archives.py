"""The way back through a feed, from its own document to those that hold what is older (RFC 5005)."""

from datetime import datetime
from hashlib import sha256

from pydantic import BaseModel, ConfigDict

from ingest.posts.schemas import NewPost
from ingest.sources.connector import SourceRefused
from ingest.sources.http import Answer

MOST_DOCUMENTS = 1_000


class Past(BaseModel):
    """How far the way back has come: the stretch that is wanted (seconds since 1970), and the document to read next.

    `document` is empty at the feed's own; `passed` holds marks of those that were read, because links may lead round.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    since: float
    until: float
    document: str = ""
    passed: list[str] = []
    is_over: bool = False

    def wants(self, post: NewPost) -> bool:
        """Whether a post lies in the stretch; one that does not say when it was published may."""
        return post.published_at is None or self.since <= post.published_at.timestamp() < self.until

    def after(self, older: str, moments: list[datetime]) -> "Past":
        """Where the way goes on behind a document whose entries have these dates and which names an older one.

        It ends where all that is dated is older than what is wanted, at a document that was read before, and after
        `MOST_DOCUMENTS`.
        """
        passed = [*self.passed, _mark(self.document)]
        is_deep_enough = bool(moments) and max(moments).timestamp() < self.since
        is_over = not older or is_deep_enough or _mark(older) in passed or len(passed) >= MOST_DOCUMENTS
        return self.model_copy(update={"document": older, "passed": passed, "is_over": is_over})


def older_document(answer: Answer, link: str) -> str:
    """The address that a document names as the one before it; empty without one.

    Raises `SourceRefused` where it leads away from https, or from the web.
    """
    if not link:
        return ""
    url = answer.url.join(link)
    if url.scheme not in ("http", "https") or (answer.url.scheme == "https" and url.scheme == "http"):
        raise SourceRefused(f"{answer.url.host} names an archive that is not at https: nothing older can be read.")
    return str(url)


def _mark(document: str) -> str:
    return sha256(document.encode()).hexdigest()[:16]
