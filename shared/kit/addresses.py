"""Which addresses an outward call may reach: never the inside of the house (server-side request forgery)."""

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

_TRANSLATED = ip_network("64:ff9b::/96")  # NAT64 (RFC 6052): the last 32 bits are an IPv4 address


class ForbiddenAddressError(Exception):
    """A name leads to an address that must not be reached."""


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is reachable from the whole internet, also when it wraps an IPv4 address."""
    wrapped = _wrapped(address)
    if wrapped is not None:
        return is_public(wrapped)
    return address.is_global and not address.is_multicast and not address.is_reserved


async def resolve(host: str, port: int, *, allow_private: bool) -> IPv4Address | IPv6Address:
    """The address to connect to, so that the name cannot lead elsewhere between the check and the connection.

    Raises `ForbiddenAddressError` when any address of the name is private, and `socket.gaierror` when it has none.
    """
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [ip_address(str(sockaddr[0]).partition("%")[0]) for *_, sockaddr in found]
    if not allow_private and not all(map(is_public, addresses)):
        raise ForbiddenAddressError
    return min(addresses, key=lambda address: address.version)


def _wrapped(address: IPv4Address | IPv6Address) -> IPv4Address | None:
    if isinstance(address, IPv4Address):
        return None
    if address in _TRANSLATED:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)
