"""From feeds to posts."""

import calendar
import hashlib
import io
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

import feedparser

from ingest.posts.schemas import NewPost
from ingest.sources.html import html_to_text
from ingest.sources.shapes import Maybe, Shape, address_of, language_of, moment_of, name_of, original, read_json

_MEDIA = ("image/", "audio/", "video/")


class UnreadableFeedError(ValueError):
    """A document is no feed."""


class FeedEntry(Shape):
    """An entry of a feed of any format; `title` and `content` are plain text by then."""

    guid: Maybe[str] = None
    link: Maybe[str] = None
    title: Maybe[str] = None
    content: Maybe[str] = None
    published: object = None
    updated: object = None
    author: Maybe[str] = None
    language: Maybe[str] = None
    has_media: Maybe[bool] = None


class _JsonAuthor(Shape):
    name: Maybe[str] = None


class _JsonAttachment(Shape):
    mime_type: Maybe[str] = None


class _JsonItem(Shape):
    id: Maybe[str] = None
    url: Maybe[str] = None
    title: Maybe[str] = None
    content_text: Maybe[str] = None
    content_html: Maybe[str] = None
    summary: Maybe[str] = None
    date_published: object = None
    date_modified: object = None
    language: Maybe[str] = None
    image: Maybe[str] = None
    author: Maybe[_JsonAuthor] = None
    authors: Maybe[list[_JsonAuthor]] = None
    attachments: Maybe[list[_JsonAttachment]] = None


@dataclass(frozen=True, slots=True)
class FeedDocument:
    """The entries of a feed as JSON objects of one shape, and the link to the document that holds older ones."""

    entries: Sequence[object]
    older: str = ""


def read_feed(body: bytes, content_type: str) -> FeedDocument:
    """What a document says. Raises `UnreadableFeedError` where it is no feed."""
    if "json" in content_type or body.lstrip()[:1] == b"{":
        return _read_json_feed(body)
    # As a stream: given bytes, feedparser would take a short document for the name of a file and open it.
    document = feedparser.parse(io.BytesIO(body), response_headers={"content-type": content_type})
    if not document.get("version") and not document["entries"]:
        raise UnreadableFeedError("is no RSS, Atom or JSON feed")
    language = document["feed"].get("language", "")
    entries = [_plain_entry(entry, language) for entry in document["entries"]]
    return FeedDocument(entries, _older(document["feed"].get("links")))


def entry_to_post(item: object, feed_url: str, platform: str, now: datetime) -> NewPost:
    """The post that an entry stands for; its id is the entry's guid, within the feed's host where it is only local."""
    entry = FeedEntry.model_validate(item)
    host = urlsplit(feed_url).hostname or ""
    text = "\n\n".join(part for part in (entry.title, entry.content) if part)
    author = name_of(entry.author)
    return NewPost.model_validate(
        {
            "text": text,
            "external_id": _identity(entry, host, text),
            "platform": platform,
            "author": f"{host}:{author}"[:200] if author else "",
            "author_handle": author,
            "published_at": moment_of(entry.published, now) or moment_of(entry.updated, now),
            "changed_at": moment_of(entry.updated, now),
            "language": language_of(entry.language),
            "url": address_of(entry.link),
            "has_media": bool(entry.has_media),
        }
    )


def fingerprint(item: object) -> str:
    """Equal for entries that say the same, whenever they come."""
    return hashlib.sha256(original(item)).hexdigest()[:16]


def _identity(entry: FeedEntry, host: str, text: str) -> str:
    guid = entry.guid or entry.link or hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
    named = guid if ":" in guid else f"{host}#{guid}"
    return named if len(named) <= 500 else f"{host}#{hashlib.sha256(named.encode('utf-8', 'replace')).hexdigest()}"


def _plain_entry(entry: dict[str, object], language: str) -> dict[str, object]:
    contents = entry.get("content") or [entry.get("summary_detail") or {}]
    return {
        "guid": entry.get("id"),
        "link": entry.get("link"),
        "title": _plain(entry.get("title_detail")),
        "content": "\n\n".join(filter(None, map(_plain, contents if isinstance(contents, list) else []))),
        # Asked of the dictionary itself, because feedparser passes the one date off as the other.
        "published": _iso(dict.get(entry, "published_parsed")),
        "updated": _iso(dict.get(entry, "updated_parsed")),
        "author": entry.get("author"),
        "language": language,
        "has_media": _has_media(entry.get("links")),
    }


def _older(links: object) -> str:
    """The document before this one, or the next page (RFC 5005, 4 and 3): archives do not move, pages do."""
    found = [link for link in links if isinstance(link, dict)] if isinstance(links, list) else []
    by_relation = {str(link.get("rel")): str(link.get("href") or "") for link in reversed(found)}
    return by_relation.get("prev-archive") or by_relation.get("next", "")


def _has_media(links: object) -> bool:
    found = links if isinstance(links, list) else []
    return any(str(link.get("type", "")).startswith(_MEDIA) for link in found if isinstance(link, dict))


def _plain(detail: object) -> str:
    if not isinstance(detail, dict):
        return ""
    value = str(detail.get("value") or "")
    return html_to_text(value) if "html" in str(detail.get("type")) or "<" in value else value.strip()


def _iso(parsed: object) -> str | None:
    if not isinstance(parsed, time.struct_time):
        return None
    try:
        return datetime.fromtimestamp(calendar.timegm(parsed), UTC).isoformat()
    except (ValueError, OverflowError, OSError):
        return None


def _read_json_feed(body: bytes) -> FeedDocument:
    try:
        document = read_json(body)
    except ValueError:
        document = None
    if not isinstance(document, dict) or not isinstance(document.get("items"), list):
        raise UnreadableFeedError("is no RSS, Atom or JSON feed")
    language = str(document.get("language") or "")
    older = document.get("next_url")
    entries = [_json_entry(item, language) for item in document["items"]]
    return FeedDocument(entries, older if isinstance(older, str) else "")


def _json_entry(value: object, language: str) -> object:
    if not isinstance(value, dict):
        return value
    item = _JsonItem.model_validate(value)
    attachments = item.attachments or []
    author = item.authors[0] if item.authors else item.author
    return {
        "guid": item.id,
        "link": item.url,
        "title": item.title,
        "content": item.content_text or html_to_text(item.content_html or "") or item.summary,
        "published": item.date_published,
        "updated": item.date_modified,
        "author": author.name if author else None,
        "language": item.language or language,
        "has_media": bool(item.image) or any((each.mime_type or "").startswith(_MEDIA) for each in attachments),
    }
