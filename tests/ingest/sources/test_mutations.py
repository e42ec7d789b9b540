"""Whatever a platform sends in the place of a sound item: a rejection at most, never an error."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.posts.schemas import NewPost
from ingest.posts.submissions import Deletion, Submission
from ingest.sources.bluesky.events import Event
from ingest.sources.bluesky.mapping import read_event
from ingest.sources.feed.mapping import entry_to_post, read_feed
from ingest.sources.files.records import Rejection
from ingest.sources.hackernews.mapping import read_hit, read_item
from ingest.sources.html import html_to_text
from ingest.sources.mastodon.mapping import status_reader
from ingest.sources.reddit.mapping import created_at, read_thing
from ingest.sources.shapes import Found, examine, read_json
from ingest.sources.youtube.mapping import Thread, published_at, read_comment
from tests.ingest.sources.servers import hackernews, jetstream, mastodon, reddit, youtube

NOW = datetime(2026, 11, 25, tzinfo=UTC)
Json = object


def _event(item: object) -> Found:
    return read_event(Event.model_validate(item))


def _thread(item: object) -> NewPost:
    published_at(item)
    thread = Thread.model_validate(item)
    for reply in thread.shown_replies:
        examine(1, reply, lambda value: read_comment(value, None))
    return read_comment(thread.snippet.top, thread.snippet.video_id, thread.snippet.replies)


def _thing(item: object) -> Found:
    created_at(item)
    return read_thing(item)


def _entry(item: object) -> Found:
    [entry, *_] = read_feed(json.dumps({"items": [item]}).encode(), "application/feed+json").entries
    return entry_to_post(entry, "https://news.example/feed", "feed", NOW)


READERS: dict[str, tuple[Callable[[object], Found], Json]] = {
    "bluesky post": (
        _event,
        jetstream.commit(
            1,
            reply={"parent": {"uri": "at://x"}, "root": {"uri": "at://x"}},
            facets=[{"index": {"byteStart": 0, "byteEnd": 3}, "features": [{"uri": "https://example.com/Why-not"}]}],
            embed={"$type": "app.bsky.embed.record", "record": {"uri": "at://did:x/app.bsky.feed.post/1"}},
        ),
    ),
    "bluesky account": (_event, jetstream.account(1, "did:plc:x", "deleted")),
    "mastodon": (
        status_reader("https://m.example", NOW),
        mastodon.status(1, quote={"quoted_status": {"id": "3"}}, reblog=mastodon.status(2)),
    ),
    "reddit submission": (_thing, reddit.submission(1)),
    "reddit comment": (_thing, reddit.comment(1)),
    "hackernews item": (read_item, hackernews.story(1)),
    "hackernews hit": (read_hit, hackernews.hit(1)),
    "youtube": (_thread, youtube.thread(1, youtube.comment("t1.a", 2, "t1"))),
    "json feed": (
        _entry,
        {"id": "1", "content_html": "<p>x</p>", "date_published": "2026-01-01", "authors": [{"name": "x"}]},
    ),
}
NASTY = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(
        [
            "",
            "\x00",
            "\ud83d",
            "9" * 400,
            "2026-13-45",
            "0000-01-01",
            "http://",
            "<" * 50,
            "x" * 30_000,
            10**400,
            -1,
            1e308,
        ]
    ),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=2),
)


@st.composite
def mutated(draw: st.DrawFn, value: object) -> object:
    """The value with some of its parts replaced, left out, or put in twice."""
    if draw(st.integers(0, 11)) == 0:
        return draw(NASTY)
    if isinstance(value, dict):
        return {key: draw(mutated(part)) for key, part in value.items() if draw(st.integers(0, 15))}
    if isinstance(value, list):
        return [draw(mutated(part)) for part in value for _ in range(draw(st.integers(0, 2)))]
    return value


@pytest.mark.parametrize("name", READERS)
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_mutated_item_is_a_post_a_deletion_or_a_rejection(name: str, data: st.DataObject) -> None:
    read, sound = READERS[name]

    finding = examine(1, data.draw(mutated(sound)), read)

    assert finding is None or isinstance(finding, Submission | Rejection | Deletion)
    if isinstance(finding, Submission):
        assert NewPost.model_validate(finding.post.model_dump()) == finding.post
        finding.post.model_dump_json()
        assert isinstance(json.loads(finding.raw), dict)


@pytest.mark.parametrize("name", READERS)
def test_the_sound_item_itself_is_taken(name: str) -> None:
    read, sound = READERS[name]

    assert isinstance(examine(1, sound, read), Submission | Deletion)


@given(html=st.text(alphabet="<>/&;#abpdivrscript \n\"'=!-\x00\ue000", max_size=300))
@settings(max_examples=300, deadline=None)
def test_any_html_becomes_text_without_its_marks(html: str) -> None:
    text = html_to_text(html)

    assert text == text.strip()
    assert not {"\ue000", "\ue001"} & set(text)


def test_html_keeps_lines_paragraphs_and_the_whole_of_links() -> None:
    assert (
        html_to_text("a <b>b</b>\n c<br>d<p>e</p>f<style>x{}</style><ul><li>g<li>h</ul>")
        == "a b c\nd\n\ne\n\nf\n\ng\n\nh"
    )
    assert html_to_text("<" * 50_000 + "p>x") != ""
    assert html_to_text("<div>" * 100_000 + "x") == "x"


@given(body=st.one_of(st.binary(max_size=200), st.sampled_from([b'"\\ud83d"', b"[" * 10_000, b'{"a":"\\u0000"}'])))
@settings(max_examples=200, deadline=None)
def test_json_is_read_or_refused_and_every_string_of_it_can_be_stored(body: bytes) -> None:
    try:
        value = read_json(body)
    except ValueError:
        return
    json.dumps(value, ensure_ascii=False).encode()
    assert "\x00" not in json.dumps(value, ensure_ascii=False)
