"""What names a status, its author and the statuses it refers to, the same from the connector and from a file.

Ids belong to the server through which a status is seen, which alone tells of deletions and of replies by them:
`mastodon.social/109…`. A file does not say which server that was; the status itself does, most of the time.
"""

import re
from urllib.parse import urlsplit

PLATFORM = "mastodon"
# Of Mastodon and of servers that follow it; a boost is the activity of its status.
_URI = re.compile(r"https?://([^/]+)/(?:[^?#]+/)?statuses/(\w+)(?:/activity)?")


def host_of(address: str | None) -> str:
    """The host of an address, with its port; empty when it has none."""
    try:
        return urlsplit(address or "").netloc.lower()
    except ValueError:
        return ""


def post_id(server: str, status_id: str | None) -> str:
    """The external id of a status that is seen through a server; empty when there is none."""
    return f"{server}/{status_id}" if status_id else ""


def home_id(uri: str) -> str:
    """The external id of a status as seen through the server on which it was written; its uri where that tells none."""
    named = _URI.fullmatch(uri)
    return post_id(named[1].lower(), named[2]) if named else uri


def handle_of(acct: str, server: str) -> str:
    """The name of an account with its server, which `acct` leaves out for accounts of the server itself."""
    return acct if "@" in acct or not server else f"{acct}@{server}"


def author_id(acct: str, server: str) -> str:
    """The external id of an account; Mastodon does not tell big letters from small."""
    return handle_of(acct, server).lower()


def server_seen_through(status_id: str, uri: str, acct: str, account_url: str, *tag_urls: str) -> str:
    """The server whose API gave a status; empty when the status does not tell.

    It does when it was written there, and also when it has a hashtag: every server links hashtags to itself.
    """
    if acct and "@" not in acct:
        return host_of(account_url) or host_of(uri)
    if home_id(uri) == post_id(host_of(uri), status_id):
        return host_of(uri)
    return next(filter(None, map(host_of, tag_urls)), "")
