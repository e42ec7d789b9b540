"""What segmentation answers over gRPC."""

from kit.errors import Invalid
from kit.rpc import rpc_session, uuid_of
from pourquoi.segmentation.v1 import segmentation_pb2 as pb
from pourquoi.segmentation.v1.segmentation_pb2_grpc import SegmentationServiceServicer
from segmentation.memberships.messages import membership_message
from segmentation.segmentations.messages import segment_message, segmentation_message
from segmentation.segmentations.service import SegmentationService
from segmentation.segments.service import SegmentService

MOST_IDS = 1_000


class SegmentationServicer(SegmentationServiceServicer):
    """Segmentations, segments and memberships of the caller's workspace."""

    async def ListSegments(  # noqa: N802 - the name is the contract's
        self, request: pb.ListSegmentsRequest, context: object
    ) -> pb.ListSegmentsResponse:
        """The latest topic segmentation of a study, if there is one."""
        study_id = uuid_of(request.study_id, "study_id")
        async with rpc_session(context) as session:
            latest = await SegmentationService(session).latest(study_id, "topic")
        return pb.ListSegmentsResponse(segmentation=segmentation_message(*latest) if latest else None)

    async def GetSegment(  # noqa: N802
        self, request: pb.GetSegmentRequest, context: object
    ) -> pb.GetSegmentResponse:
        """One segment."""
        segment_id = uuid_of(request.id, "id")
        async with rpc_session(context) as session:
            segment = await SegmentService(session).get(segment_id)
        return pb.GetSegmentResponse(segment=segment_message(segment))

    async def BatchGetMemberships(  # noqa: N802
        self, request: pb.BatchGetMembershipsRequest, context: object
    ) -> pb.BatchGetMembershipsResponse:
        """Memberships of posts in one segmentation."""
        if len(request.post_ids) > MOST_IDS:
            raise Invalid(f"At most {MOST_IDS:,} post_ids may be asked for at once.")
        segmentation_id = uuid_of(request.segmentation_id, "segmentation_id")
        post_ids = [uuid_of(post_id, "post_ids") for post_id in request.post_ids]
        async with rpc_session(context) as session:
            memberships = await SegmentService(session).memberships(segmentation_id, post_ids)
        return pb.BatchGetMembershipsResponse(memberships=[membership_message(each) for each in memberships])
