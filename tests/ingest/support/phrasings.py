"""Queries from the whole grammar, and posts that they may well take: made by hypothesis."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from ingest.posts.records import Engagement, PostRecord
from ingest.studies.scopes import Scope
from kit.db import new_id

_NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


def _each(pieces: str) -> st.SearchStrategy[str]:
    return st.sampled_from(pieces.split())


# Signs that fold into others, join their neighbours, end words, or only look like a letter.
_PIECES = _each(
    """train Train TRAIN trains ｔｒａｉｎ tra\u0301in tr™ain late Late, LATE! été Été e\u0301te\u0301 ete oeuvre ŒUVRE
    œuvre l'appli L’appli appli application ﬁn fin Fin. \u212afin 😡 😡😡 поезд Поезд 東京 US us U.S. C++ c++
    sncf_connect #Train #Été2026 ＃late @Bus @bus@a.example @ana.bsky.social https://www.a.fr/B?c=d (www.b.fr/été) http://x.a.fr.
    why? 本当？ … “late” ( ) ß ½ ① \u0130 \u017f 100% a_b _ \\ %"""
)
_SEPARATORS = st.sampled_from([" ", "  ", "\n", ", ", "-", "", "'", "\u00a0"])

_WORDS = _each(
    "train late été ete oeuvre œuvre appli l'appli fin 😡 поезд 東京 sncf_connect #train @bus us ss ı 100 a_b"
)
_WILDCARDS = _each("tra* *ain t?ain tr??n* é?é* *pli l'app* sncf_* f?n поез* *00 a_b* ??ain")
_PHRASES = st.lists(_WORDS, min_size=1, max_size=3).map(" ".join).map('"{}"'.format)
_RAWS = st.sampled_from(["US", "C++", "Late,", "Été", "tr", "train", "😡", "%", "_", "\\", "U.S.", "é"]).map(
    'raw:"{}"'.format
)
_FIELDS = _each(
    """platform:x platform:reddit lang:fr lang:fr-CA lang:en author:ana author:am?lie* author:*.social site:a.fr
    site:*.a.fr url:a.fr/b url:*a.fr/b* links:a.fr links:a.fr/b links:b.fr/* hashtag:train hashtag:été* hashtag:late
    mention:bus mention:ana* mention:bus@a.example is:reply is:repost is:question has:link has:media engagement:>3
    engagement:<=3 engagement:0 followers:>10 followers:<=10 published:>2026-01-31 published:<=2026-01
    published:2026-01-31T12:00 published:<2026-01-31 in:7 in:post-1"""
)
_NEAR_OPERANDS = st.one_of(_WORDS, _WILDCARDS, _PHRASES, st.tuples(_WORDS, _PHRASES).map("({0[0]} OR {0[1]})".format))
_NEARS = st.tuples(_NEAR_OPERANDS, st.integers(0, 3), st.sampled_from(["", "f"]), _NEAR_OPERANDS).map(
    "{0[0]} NEAR/{0[1]}{0[2]} {0[3]}".format
)

queries = st.recursive(
    st.one_of(_WORDS, _WILDCARDS, _PHRASES, _RAWS, _FIELDS, _NEARS),
    lambda inner: st.one_of(
        inner.map("NOT ({})".format),
        st.tuples(inner, inner).map("({0[0]}) ({0[1]})".format),
        st.tuples(inner, inner).map("({0[0]}) OR ({0[1]})".format),
    ),
    max_leaves=5,
)
scopes = st.builds(
    Scope,
    study_id=st.uuids(),
    query=st.one_of(queries, st.just("")),
    languages=st.sampled_from([(), ("fr",), ("FR-BE", "en")]),
    platforms=st.sampled_from([(), ("x",), ("reddit", "x")]),
    since=st.sampled_from([None, _NOON]),
    until=st.sampled_from([None, _NOON + timedelta(hours=12)]),
)
texts = st.lists(st.tuples(_PIECES, _SEPARATORS).map("".join), min_size=1, max_size=8).map("".join)
_counts = st.sampled_from([None, 0, 1, 3, 10, 11])


@st.composite
def records(draw: st.DrawFn) -> PostRecord:
    """A post as it is stored."""
    return PostRecord(
        id=new_id(),
        platform=draw(st.sampled_from(["x", "reddit"])),
        external_id=f"post-{draw(st.integers(0, 10**9))}",
        author_id=new_id(),
        text=draw(texts),
        claimed_language=draw(st.sampled_from(["", "fr", "FR-ca", "en", "fry"])),
        published_at=_NOON + draw(st.sampled_from([-1, 0, 1, 12, 24])) * timedelta(hours=1),
        first_seen_at=_NOON,
        url=draw(
            st.sampled_from(["", "https://www.A.fr/B", "http://x.a.fr:80/c", "https://é.a.fr/b/", "https://ba.fr"])
        ),
        is_repost=draw(st.booleans()),
        study_ids=(),
        author_handle=draw(st.sampled_from(["", "Ana", "@ana", "Amélie_7", "ana.bsky.social"])),
        followers=draw(_counts),
        parent_id=draw(st.sampled_from(["", "1"])),
        thread_id=draw(st.sampled_from(["", "7"])),
        repost_of=draw(st.sampled_from(["", "2"])),
        has_media=draw(st.booleans()),
        engagement=Engagement(draw(_counts), draw(_counts), draw(_counts), draw(_counts), draw(_counts)),
    )
