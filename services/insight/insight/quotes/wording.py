"""The text of a quote: verbatim, but shortened, and without what points at a person."""

import re
from html import unescape

ELLIPSIS = "…"
LONGEST_QUOTE = 280

_MASKS = (
    (re.compile(r"https?://\S+|www\.\S+"), "[link]"),
    (re.compile(r"(?<!\w)@\w[\w.-]*(?:@[\w.-]+)?(?<![.-])"), "@" + ELLIPSIS),
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), "[email]"),
    (re.compile(r"(?<![\w#])\+?\d(?:[\s().-]?\d){6,}(?!\w)"), "[number]"),
)
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def quote(text: str) -> str:
    """The text as it may be shown: handles, addresses and numbers masked, on one line, shortened.

    Platforms hand out texts with HTML entities, which no reader would recognise as what was written.
    """
    return shorten(" ".join(mask(unescape(text)).split()), LONGEST_QUOTE)


def mask(text: str) -> str:
    """The text with links, e-mail addresses, handles and telephone-like numbers replaced."""
    for pattern, replacement in _MASKS:
        text = pattern.sub(replacement, text)
    return text


def shorten(text: str, longest: int) -> str:
    """The text cut after the last whole word that leaves room for an ellipsis."""
    if len(text) <= longest:
        return text
    room = longest - len(ELLIPSIS)
    cut = text[:room] if text[room].isspace() else text[:room].rpartition(" ")[0]
    return (cut or text[:room]).rstrip(" ,;:-–") + ELLIPSIS


def words(text: str) -> list[str]:
    """The words of a text without case, masks and links; hash signs are dropped, their words stay."""
    for pattern, _ in _MASKS:
        text = pattern.sub(" ", text)
    return _WORD.findall(text.casefold())
