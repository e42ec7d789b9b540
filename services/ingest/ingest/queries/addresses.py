"""Web addresses as queries compare them: without scheme and `www.`, in small letters."""

import re

from ingest.queries.wildcards import has_wildcards, meets

_SMALL = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
_FRONT = re.compile(r"(?:[a-z][a-z0-9+.-]*://)?(?:www\.)?")
_LINK = re.compile(r"""(?:https?://|\bwww\.)[^\s<>"“”«»()\[\]{}]+""", re.IGNORECASE)
_TRAILING = ".,;:!?…'’*_"


def plain_address(url: str) -> str:
    """The address that is compared: "https://www.BBC.co.uk/News/" becomes "bbc.co.uk/news"."""
    # Letters beyond ASCII stay: addresses do not fold, and SQL narrows by the same rule.
    return _FRONT.sub("", url.strip().translate(_SMALL), count=1).rstrip("/")


def site_of(address: str) -> str:
    """The host of a plain address, without its port."""
    return re.split(r"[/?#:]", address, maxsplit=1)[0]


def find_links(text: str) -> tuple[str, ...]:
    """The plain addresses that are written out in a text, in order."""
    return tuple(plain_address(link.rstrip(_TRAILING)) for link in _LINK.findall(text))


def without_links(text: str) -> str:
    """The text with a blank in place of every address."""
    return _LINK.sub(" ", text)


def is_of_site(site: str, wanted: str) -> bool:
    """True for the site itself and for every site below it; with wildcards, for what meets the pattern."""
    return meets(site, wanted) or (not has_wildcards(wanted) and site.endswith(f".{wanted}"))


def is_under(address: str, wanted: str) -> bool:
    """True when the address begins as written, on that site or below it; with wildcards, when all of it meets them."""
    if has_wildcards(wanted):
        return meets(address, wanted)
    site = site_of(wanted)
    return is_of_site(site_of(address), site) and address[len(site_of(address)) :].startswith(wanted[len(site) :])
