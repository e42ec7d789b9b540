"""Every ready mapping reads a sample in the real public format, and names each malformed line.

The shapes of the samples are those of the public documentation; their contents are made up.
"""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from ingest.imports.readings import Reading, Seen
from ingest.posts.schemas import NewPost
from ingest.posts.submissions import Submission
from ingest.sources.files.compression import MeteredStream
from ingest.sources.files.mapping import ColumnMapping
from ingest.sources.files.presets import presets
from ingest.sources.files.records import Limits, Rejection

SAMPLES = Path(__file__).parent / "samples"
# By sample the mapping that it is recognised by, and what its posts hold at least.
EXPECTED: dict[str, dict[str, Any]] = json.loads((SAMPLES / "expected.json").read_text(encoding="utf-8"))
GOLDEN = [(sample, str(expected["preset"])) for sample, expected in EXPECTED.items()]


def reading(content: bytes, preset: str = "") -> Reading:
    mapping = ColumnMapping({}, preset)
    return Reading.of(MeteredStream(io.BytesIO(content)), Limits(), mapping)


def taken(content: bytes, preset: str = "") -> tuple[list[Submission | Rejection], Seen]:
    seen = Seen()
    return reading(content, preset).take(1_000, seen).intake, seen


def shown(submission: Submission) -> dict[str, Any]:
    full = submission.post.model_dump(mode="json")
    full["engagement"] = {name: count for name, count in full["engagement"].items() if count is not None}
    return {"line": submission.line, **full}


@pytest.mark.parametrize(("sample", "preset"), GOLDEN)
def test_a_sample_in_the_public_format_becomes_these_posts(sample: str, preset: str) -> None:
    posts: list[dict[str, Any]] = EXPECTED[sample]["posts"]

    intake, _ = taken((SAMPLES / sample).read_bytes(), preset)

    assert [each for each in intake if isinstance(each, Rejection)] == []
    found = [shown(each) for each in intake if isinstance(each, Submission)]
    assert [{name: each[name] for name in expected} for each, expected in zip(found, posts, strict=True)] == posts


@pytest.mark.parametrize(("sample", "preset"), [each for each in GOLDEN if each[1] != "linkedin"])
def test_a_sample_is_recognised(sample: str, preset: str) -> None:
    chosen = reading((SAMPLES / sample).read_bytes()).translation

    assert chosen.preset is not None
    assert (chosen.preset.name, str(chosen.mapping)) == (preset, f"preset:{preset}")


def test_every_ready_mapping_has_a_sample() -> None:
    assert {preset for _, preset in GOLDEN} == presets().keys()


@pytest.mark.parametrize("name", presets())
def test_a_ready_mapping_only_fills_fields_that_posts_have(name: str) -> None:
    engagement = set(NewPost.model_fields["engagement"].annotation.model_fields)  # type: ignore[union-attr]
    assert presets()[name].fields.keys() <= NewPost.model_fields.keys() | engagement


def test_what_is_no_post_is_left_aside_and_counted() -> None:
    _, seen = taken((SAMPLES / "bluesky_jetstream.ndjson").read_bytes())

    assert seen.left_aside == {"is a like, a repost or a follow": 1}
    assert taken((SAMPLES / "messages.csv").read_bytes())[1].left_aside == {"was not written by the customer": 1}


@pytest.mark.parametrize(("incoming", "kept"), [(b"true", 1), (b"false", 0), (b"null", 1), (b'"0"', 0)])
def test_only_what_customers_wrote_is_taken_whatever_the_direction_is_called(incoming: bytes, kept: int) -> None:
    line = b'{"ticket_id": 1, "comment_id": 2, "body": "Hello", "is_incoming": %s, "created_at": "2026-10-05"}\n'

    assert len(taken(line % incoming, "messages")[0]) == kept


def test_the_original_is_kept() -> None:
    intake, _ = taken((SAMPLES / "x_api.json").read_bytes())

    assert isinstance(intake[0], Submission)
    assert json.loads(intake[0].raw)["public_metrics"]["bookmark_count"] == 0


OBJECTS = [each for each in GOLDEN if each[0].endswith(".ndjson")]


@pytest.mark.parametrize(("sample", "preset"), OBJECTS)
@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (b'{"id": "1", "text": ', "no JSON"),
        (b'["a post?"]', "no object"),
        (b"[" * 3_000 + b"]" * 3_000, "recursion"),
        (b'{"id": 1, "did": 5, "subreddit": null}', "is missing"),
    ],
)
def test_a_malformed_line_is_named_and_the_others_are_read(
    sample: str, preset: str, broken: bytes, reason: str
) -> None:
    first, _, rest = (SAMPLES / sample).read_bytes().partition(b"\n")
    whole, _ = taken(first + b"\n" + rest, preset)

    intake, _ = taken(first + b"\n" + broken + b"\n" + rest, preset)

    rejected = [each for each in intake if isinstance(each, Rejection)]
    assert [each.line for each in rejected] == [2]
    assert reason in rejected[0].reason
    assert len(intake) == len(whole) + 1


TABLES = [each for each in GOLDEN if each[0].endswith(".csv") and each[1] != "meltwater"]


@pytest.mark.parametrize(("sample", "preset"), TABLES)
def test_a_row_of_another_width_is_named_and_the_others_are_read(sample: str, preset: str) -> None:
    content = (SAMPLES / sample).read_bytes()
    whole, _ = taken(content, preset)
    line = content.count(b"\n") + 1

    intake, _ = taken(content + b"only;one,cell\r\n", preset)

    rejected = [each for each in intake if isinstance(each, Rejection)]
    assert [each.line for each in rejected] == [line]
    assert "fields where the header names" in rejected[0].reason
    assert len(intake) == len(whole) + 1


@pytest.mark.parametrize(
    ("sample", "old", "new", "line", "reason"),
    [
        ("x_api.json", '"text": "@ada_l same here, every Monday"', '"text": ""', 1, "post 2 of the page: text"),
        ("mastodon.json", "2026-10-05T07:41:08.000Z", "soon", 2, "published_at: is no date"),
        ("brandwatch.csv", "2026-10-05 09:00:00.0", "the other day", 9, "published_at: is no date"),
        ("tiktok_comments.csv", "1759650090", "17 o'clock", 3, "published_at: is no date"),
        ("messages.csv", "Still nothing", "", 4, "text: is missing"),
        ("sprout.csv", "https://facebook.com/77_88", "facebook", 3, "url: is no address"),
        ("talkwalker.csv", "2026-10-05T09:00:00.000Z", "9999-12-31T00:00:00Z", 3, "in the future"),
        (
            "youtube.json",
            '"publishedAt": "2026-10-05T07:41:08Z"',
            '"publishedAt": []',
            1,
            "post 1 of the page: published_at",
        ),
    ],
)
def test_a_post_that_is_wrong_is_named_with_its_line(sample: str, old: str, new: str, line: int, reason: str) -> None:
    content = (SAMPLES / sample).read_bytes().decode()
    assert old in content

    intake, _ = taken(content.replace(old, new, 1).encode())

    rejected = [each for each in intake if isinstance(each, Rejection)]
    assert [each.line for each in rejected] == [line]
    assert reason in rejected[0].reason
