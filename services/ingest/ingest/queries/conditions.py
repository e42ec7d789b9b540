"""What a query may ask of a post beside its words: fields, as `lang:fr` or `followers:>1000`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from operator import attrgetter, eq, ge, gt, le, lt

from ingest.queries.addresses import is_of_site, is_under
from ingest.queries.documents import Document
from ingest.queries.wildcards import has_wildcards, meets

_COMPARISONS: dict[str, Callable[[int, int], bool]] = {">": gt, ">=": ge, "<": lt, "<=": le, "=": eq}


@dataclass(frozen=True, slots=True)
class Platform:
    """The post comes from this platform."""

    name: str

    def matches(self, document: Document) -> bool:
        """True when the name is the same."""
        return document.platform == self.name


@dataclass(frozen=True, slots=True)
class Language:
    """The post claims this language; `fr` covers `fr-CA` (basic filtering of RFC 4647)."""

    tag: str

    def matches(self, document: Document) -> bool:
        """True when the claim is the tag or begins with it; never for a post that claims none."""
        return f"{document.language.lower()}-".startswith(f"{self.tag}-")


@dataclass(frozen=True, slots=True)
class Unclaimed:
    """The post claims no language."""

    def matches(self, document: Document) -> bool:
        """True when the source did not say."""
        return not document.language


@dataclass(frozen=True, slots=True)
class Author:
    """The public name of the author, folded; may hold wildcards."""

    name: str

    def matches(self, document: Document) -> bool:
        """True when the name is kept and is the same."""
        return bool(document.author) and meets(document.author, self.name)


@dataclass(frozen=True, slots=True)
class Site:
    """The post was published on this site or below it."""

    site: str

    def matches(self, document: Document) -> bool:
        """True when the post's own address is there."""
        return is_of_site(document.site, self.site)


@dataclass(frozen=True, slots=True)
class Address:
    """The post's own address begins like this."""

    address: str

    def matches(self, document: Document) -> bool:
        """True when the post was published there."""
        return is_under(document.address, self.address)


@dataclass(frozen=True, slots=True)
class Link:
    """The text links to an address that begins like this."""

    address: str

    def matches(self, document: Document) -> bool:
        """True when any link leads there."""
        return any(is_under(link, self.address) for link in document.links)


@dataclass(frozen=True, slots=True)
class Hashtag:
    """The text holds this hashtag, folded; may hold wildcards."""

    name: str

    def matches(self, document: Document) -> bool:
        """True when any hashtag is the same."""
        return _any_meets(document.hashtags, self.name)


@dataclass(frozen=True, slots=True)
class Mention:
    """The text names this account, folded; may hold wildcards."""

    name: str

    def matches(self, document: Document) -> bool:
        """True when any mention is the same."""
        return _any_meets(document.mentions, self.name)


def _any_meets(values: frozenset[str], wanted: str) -> bool:
    return any(meets(value, wanted) for value in values) if has_wildcards(wanted) else wanted in values


class Trait(StrEnum):
    """What a post is or has; the value is the name of the claim."""

    REPLY = "is_reply"
    REPOST = "is_repost"
    QUESTION = "is_question"
    LINK = "has_link"
    MEDIA = "has_media"

    def matches(self, document: Document) -> bool:
        """True when the claim holds."""
        return bool(attrgetter(self.value)(document))


class Measure(StrEnum):
    """What of a post is counted."""

    ENGAGEMENT = "engagement"
    FOLLOWERS = "followers"


@dataclass(frozen=True, slots=True)
class Count:
    """A count of the post compares like this; one that is not known never does."""

    measure: Measure
    sign: str
    number: int

    def matches(self, document: Document) -> bool:
        """True when the count is known and compares."""
        count = document.engagement if self.measure is Measure.ENGAGEMENT else document.followers
        return count is not None and _COMPARISONS[self.sign](count, self.number)


@dataclass(frozen=True, slots=True)
class Published:
    """The post was published from the first moment on, and before the second; None leaves that end open."""

    since: datetime | None
    until: datetime | None

    def matches(self, document: Document) -> bool:
        """True when the time of publication lies between."""
        moment = document.published_at
        return (
            moment is not None
            and (self.since is None or self.since <= moment)
            and (self.until is None or moment < self.until)
        )


@dataclass(frozen=True, slots=True)
class InThread:
    """The post is the first of this thread, or belongs to it."""

    thread_id: str

    def matches(self, document: Document) -> bool:
        """True when the platform's id of the thread, or of the post itself, is this one."""
        return self.thread_id in (document.thread_id, document.external_id)
