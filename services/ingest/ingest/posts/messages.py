"""Posts as protobuf messages."""

from datetime import UTC, datetime, timedelta

from google.protobuf.timestamp_pb2 import Timestamp

from ingest.posts.records import PostRecord, Privacy
from pourquoi.ingest.v1 import events_pb2

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)
_PRIVACY = {Privacy.PUBLIC: events_pb2.PRIVACY_PUBLIC, Privacy.PRIVATE: events_pb2.PRIVACY_PRIVATE}


def post_message(post: PostRecord) -> events_pb2.Post:
    """The post as events and gRPC carry it."""
    return events_pb2.Post(
        id=str(post.id),
        author_id=str(post.author_id),
        platform=post.platform,
        external_id=post.external_id,
        text=post.text,
        claimed_language=post.claimed_language,
        published_at=timestamp(post.published_at),
        first_seen_at=timestamp(post.first_seen_at),
        study_ids=[str(study_id) for study_id in post.study_ids],
        revision=post.revision,
        url=post.url,
        is_repost=post.is_repost,
        parent_id=post.parent_id,
        thread_id=post.thread_id,
        repost_of=post.repost_of,
        quote_of=post.quote_of,
        copy_of=str(post.copy_of) if post.copy_of else "",
        has_media=post.has_media,
        changed_at=timestamp(post.changed_at) if post.changed_at else None,
        privacy=_PRIVACY[post.privacy],
    )


def timestamp(moment: datetime) -> Timestamp:
    """The moment as protobuf writes it."""
    # As `FromDatetime` does, in less than half of the time.
    return Timestamp(seconds=(moment - _EPOCH) // _SECOND, nanos=moment.microsecond * 1000)
