"""Segmentations and segments as events and answers."""

from collections.abc import Sequence

from pourquoi.segmentation.v1 import events_pb2 as pb
from segmentation.models import Segment, Segmentation

KINDS: dict[str, pb.SegmentKind.ValueType] = {
    "topic": pb.SEGMENT_KIND_TOPIC,
    "audience": pb.SEGMENT_KIND_AUDIENCE,
    "rule": pb.SEGMENT_KIND_RULE,
}


def segment_message(segment: Segment) -> pb.Segment:
    """One segment."""
    return pb.Segment(
        id=str(segment.id),
        kind=KINDS[segment.kind],
        label=segment.label,
        keyphrases=segment.keyphrases,
        size=segment.size,
        exemplar_post_ids=[str(post_id) for post_id in segment.exemplar_post_ids],
        stability=segment.stability,
    )


def segmentation_message(segmentation: Segmentation, segments: Sequence[Segment]) -> pb.Segmentation:
    """One version with its segments, largest first."""
    message = pb.Segmentation(
        id=str(segmentation.id),
        study_id=str(segmentation.study_id),
        kind=KINDS[segmentation.kind],
        version=segmentation.version,
        stability=segmentation.stability,
        posts=segmentation.posts,
        abstained=segmentation.abstained,
        segments=[segment_message(segment) for segment in segments],
    )
    message.created_at.FromDatetime(segmentation.created_at)
    return message
