"""Text as a reader sees it, from the HTML that platforms send."""

import itertools
import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

_LINE, _PARAGRAPH = "\ue000", "\ue001"
_MARKS = str.maketrans("", "", _LINE + _PARAGRAPH)
_HIDDEN = frozenset(["script", "style", "template", "noscript", "head", "iframe", "object", "svg"])
_BLOCKS = frozenset(
    [
        "p",
        "div",
        "li",
        "ul",
        "ol",
        "blockquote",
        "pre",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "tr",
        "table",
        "section",
        "article",
        "figure",
        "dl",
        "dt",
        "dd",
        "hr",
    ]
)
_TAG = re.compile(r"<(/?)[A-Za-z]")
_WHOLE_TAG = re.compile(r"<[^<>]*>")
_DEEPEST = 5_000
_BLANKS = re.compile(r"[^\S\u00a0]+")


def html_to_text(html: str) -> str:
    """The text of HTML: blocks apart by an empty line, `<br>` as a new line, everything else that is marked up inline.

    Nothing that is hidden by a stylesheet is left out: Mastodon hides parts of links, which only together are one.
    HTML that is nested absurdly deep only loses its tags, because the tree of it would take the square of its length.
    """
    html = html.translate(_MARKS)
    body = LexborHTMLParser(_WHOLE_TAG.sub(" ", html) if _depth(html) > _DEEPEST else html).body
    text = "".join(_pieces(body)) if body else ""
    return _arranged(_BLANKS.sub(" ", text))


def _depth(html: str) -> int:
    """How deep the tags of HTML are nested at most; those that are never closed count as well."""
    steps = (-1 if tag[1] else 1 for tag in _TAG.finditer(html))
    return max(itertools.accumulate(steps), default=0)


def _pieces(root: LexborNode) -> Iterator[str]:
    """Texts and marks in the order of the document, by hand because recursion has an end."""
    node: LexborNode | None = root.first_child
    while node is not None:
        yield _opening(node)
        inner = None if node.tag in _HIDDEN else node.first_child
        while inner is None:
            yield _PARAGRAPH if node.tag in _BLOCKS else ""
            inner = node.next
            if inner is None:
                node = node.parent
                if node is None or node.mem_id == root.mem_id:
                    return
        node = inner


def _opening(node: LexborNode) -> str:
    if node.is_text_node:
        return node.text_content or ""
    if node.tag == "br":
        return _LINE
    return _PARAGRAPH if node.tag in _BLOCKS else ""


def _arranged(text: str) -> str:
    paragraphs = (_lines(each) for each in text.split(_PARAGRAPH))
    return "\n\n".join(each for each in paragraphs if each)


def _lines(paragraph: str) -> str:
    return "\n".join(line.strip() for line in paragraph.split(_LINE)).strip()
