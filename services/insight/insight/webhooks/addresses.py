"""Which addresses a webhook may reach: never the inside of the house (server-side request forgery)."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from kit.errors import Invalid

LONGEST_URL = 2_000
_TRANSLATED = ip_network("64:ff9b::/96")  # NAT64 (RFC 6052): the last 32 bits are an IPv4 address


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


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is reachable from the whole internet, also when it wraps an IPv4 address."""
    wrapped = _wrapped(address)
    if wrapped is not None:
        return is_public(wrapped)
    return address.is_global and not address.is_multicast and not address.is_reserved


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


def _wrapped(address: IPv4Address | IPv6Address) -> IPv4Address | None:
    if isinstance(address, IPv4Address):
        return None
    if address in _TRANSLATED:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)
