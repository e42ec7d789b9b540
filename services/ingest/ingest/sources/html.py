"""Text as a reader sees it, from the HTML that platforms send."""

import re

from selectolax.lexbor import LexborHTMLParser

_LINE, _PARAGRAPH = "\ue000", "\ue001"
_MARKS = str.maketrans("", "", _LINE + _PARAGRAPH)
_HIDDEN = "script,style,template,noscript,head,iframe,object,svg"
_BLOCKS = "p,div,li,ul,ol,blockquote,pre,h1,h2,h3,h4,h5,h6,tr,table,section,article,figure,dl,dt,dd,hr"
_BLANKS = re.compile(r"[^\S\u00a0]+")


def html_to_text(html: str) -> str:
    """The text of HTML: blocks apart by an empty line, `<br>` as a new line, everything else that is marked up inline.

    Nothing that is hidden by a stylesheet is left out: Mastodon hides parts of links, which only together are one.
    """
    tree = LexborHTMLParser(html.translate(_MARKS))
    for node in tree.css(_HIDDEN):
        node.decompose()
    for node in tree.css("br"):
        node.replace_with(_LINE)
    for node in tree.css(_BLOCKS):
        node.insert_before(_PARAGRAPH)
        node.insert_after(_PARAGRAPH)
    text = tree.body.text() if tree.body else ""
    return _arranged(_BLANKS.sub(" ", text))


def _arranged(text: str) -> str:
    paragraphs = (_lines(each) for each in text.split(_PARAGRAPH))
    return "\n\n".join(each for each in paragraphs if each)


def _lines(paragraph: str) -> str:
    return "\n".join(line.strip() for line in paragraph.split(_LINE)).strip()
