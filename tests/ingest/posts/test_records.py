"""What a copy of a post changes about it, in whichever order copies come."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from ingest.posts.records import Engagement, PostRecord, Privacy

NOW = datetime(2026, 11, 20, tzinfo=UTC)
STUDY = uuid4()


def record(text: str = "as it was", *, hours: int | None = None, **fields: object) -> PostRecord:
    """A post that claims to have been edited `hours` after its publication, if at all."""
    changed_at = None if hours is None else NOW + timedelta(hours=hours)
    plain = PostRecord(
        id=UUID(int=1),
        platform="x",
        external_id="1",
        author_id=UUID(int=2),
        text=text,
        claimed_language="",
        published_at=NOW,
        first_seen_at=NOW + timedelta(days=1),
        url="",
        is_repost=False,
        study_ids=(STUDY,),
        changed_at=changed_at,
        edit_claimed=changed_at is not None,
    )
    return replace(plain, **fields)


def after(post: PostRecord, *copies: PostRecord) -> PostRecord:
    for copy in copies:
        post = post.revised(copy) or post
    return post


def test_the_same_post_again_changes_nothing() -> None:
    assert record().revised(record()) is None
    assert record(hours=1).revised(record(hours=1)) is None


def test_an_edit_without_a_date_happened_when_it_was_first_seen() -> None:
    edited = after(record(), record("edited"))

    assert (edited.text, edited.revision) == ("edited", 2)
    assert (edited.changed_at, edited.edit_claimed) == (record().first_seen_at, False)


@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)])
def test_dated_edits_end_in_the_newest_text_in_any_order(order: tuple[int, ...]) -> None:
    versions = [record("original"), record("first edit", hours=1), record("second edit", hours=2)]
    first, *copies = [versions[place] for place in order]

    last = after(first, *copies)

    assert (last.text, last.changed_at) == ("second edit", NOW + timedelta(hours=2))


def test_an_original_that_a_stream_sends_again_does_not_undo_a_dated_edit() -> None:
    edited = record("edited", hours=1)

    assert edited.revised(record("original")) is None


def test_edits_that_nobody_dates_are_taken_as_they_come() -> None:
    assert after(record("first"), record("second"), record("third")).text == "third"


def test_a_text_seen_later_than_a_claimed_edit_stays() -> None:
    seen = after(record("original"), record("seen on day two"))

    assert seen.revised(record("edited on day one", hours=1)) is None


def test_counts_are_observed_without_a_new_revision() -> None:
    post = record(engagement=Engagement(likes=1, views=10))

    observed = after(post, record(engagement=Engagement(likes=2, reposts=0)))

    assert observed.engagement == Engagement(likes=2, reposts=0, views=10)
    assert observed.revision == 1


def test_counts_of_an_outdated_copy_are_left_aside() -> None:
    post = record("edited", hours=1, engagement=Engagement(likes=9))

    assert post.revised(record("original", engagement=Engagement(likes=1))) is None


def test_a_detail_that_was_missing_is_a_revision_and_its_first_word_stands() -> None:
    filled = after(record(), record(url="https://a.example", parent_id="0"))

    assert (filled.url, filled.parent_id, filled.revision) == ("https://a.example", "0", 2)
    assert filled.revised(record(url="https://b.example", parent_id="9")) is None


def test_an_edit_may_take_a_picture_away_and_a_mere_copy_may_not() -> None:
    pictured = record(has_media=True)

    assert pictured.revised(record()) is None
    assert not after(pictured, record("without the picture")).has_media


def test_a_post_that_was_private_once_stays_private() -> None:
    private = after(record(), record(privacy=Privacy.PRIVATE))

    assert (private.privacy, private.revision) == (Privacy.PRIVATE, 2)
    assert private.revised(record()) is None


def test_the_studies_of_an_outdated_copy_are_kept_as_if_it_had_come_in_time() -> None:
    other = uuid4()

    merged = after(record("edited", hours=1), record("original", study_ids=(other,)))

    assert (merged.text, merged.study_ids, merged.revision) == ("edited", (STUDY, other), 2)
