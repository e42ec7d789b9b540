"""Which addresses a webhook may reach: never the inside of the house (server-side request forgery)."""

from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

from kit.addresses import is_public
from kit.errors import Invalid

LONGEST_URL = 2_000


def check_url(url: str, *, allow_private: bool) -> None:
    """Raise Invalid unless a webhook may go to the URL; a name is checked again, resolved, when it is sent."""
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url:
        raise Invalid(f"The URL must be printable ASCII of at most {LONGEST_URL:,} characters.")
    host = _host(url)
    if allow_private:
        return
    if host == "localhost" or host.endswith(".localhost"):
        raise Invalid("The URL must not point at this machine.")
    if (address := _literal(host)) is not None and not is_public(address):
        raise Invalid("The URL must not point at a private address.")


def _host(url: str) -> str:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise Invalid("The URL cannot be read: give one like https://partner.example/hook.") from error
    if parts.scheme not in ("http", "https") or not host:
        raise Invalid("The URL must be absolute and start with https:// or http://.")
    if parts.username is not None or parts.fragment:
        raise Invalid("The URL must hold neither a user name nor a fragment.")
    return host.rstrip(".")


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None
