"""What a query may ask of a post."""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Self

from ingest.posts.records import PostRecord
from ingest.queries.addresses import find_links, plain_address, site_of, without_links
from ingest.queries.tokens import WORD, TokenisedText, fold

QUESTION_MARKS = "?？؟¿⁇⁈⁉﹖՞፧⸮"
_HASHTAG = re.compile(rf"(?<![\w/])#({WORD})")
_MENTION = re.compile(r"(?<![\w./@])@([^\W_](?:[\w.-]*\w)?)(@[^\W_](?:[\w.-]*\w)?)?")


@dataclass(frozen=True)
class Document:
    """A post prepared once for many queries: what is derived from its text is derived when first asked for."""

    text: str
    platform: str = ""
    external_id: str = ""
    language: str = ""
    author_handle: str = ""
    url: str = ""
    published_at: datetime | None = None
    thread_id: str = ""
    is_reply: bool = False
    is_repost: bool = False
    has_media: bool = False
    engagement: int = 0
    followers: int | None = None

    @classmethod
    def of(cls, record: PostRecord) -> Self:
        """What queries may ask of a post that is stored, or about to be."""
        return cls(
            text=record.text,
            platform=record.platform,
            external_id=record.external_id,
            language=record.claimed_language,
            author_handle=record.author_handle,
            url=record.url,
            published_at=record.published_at,
            thread_id=record.thread_id,
            is_reply=bool(record.parent_id),
            is_repost=record.is_repost or bool(record.repost_of),
            has_media=record.has_media,
            engagement=record.engagement.actions,
            followers=record.followers,
        )

    @cached_property
    def tokens(self) -> TokenisedText:
        """Its words, folded."""
        return TokenisedText.of(self.text)

    @cached_property
    def author(self) -> str:
        """The author's public name, folded and without its sign; empty where it is not kept."""
        return fold(self.author_handle).lstrip("@")

    @cached_property
    def address(self) -> str:
        """Its own public address, plain."""
        return plain_address(self.url)

    @cached_property
    def site(self) -> str:
        """The site it was published on; empty without an address."""
        return site_of(self.address)

    @cached_property
    def links(self) -> tuple[str, ...]:
        """Addresses in its text, plain."""
        return find_links(self.text)

    @cached_property
    def hashtags(self) -> frozenset[str]:
        """Hashtags in its text, folded and without their sign."""
        return frozenset(_HASHTAG.findall(fold(self.text)))

    @cached_property
    def mentions(self) -> frozenset[str]:
        """Accounts that its text names, folded: `@ana@example.social` counts as "ana" as well."""
        pairs = _MENTION.findall(fold(self.text))
        return frozenset(form for name, host in pairs for form in (name, name + host))

    @property
    def has_link(self) -> bool:
        """True when an address stands in its text."""
        return bool(self.links)

    @property
    def is_question(self) -> bool:
        """True when a question mark stands in its text outside of addresses."""
        return any(mark in QUESTION_MARKS for mark in without_links(self.text))
