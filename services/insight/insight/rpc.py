"""gRPC: insights for other programs."""

from insight.insights.messages import message_of, status_of
from insight.insights.schemas import InsightFilter
from insight.insights.service import list_by_share
from kit.rpc import rpc_session, uuid_of
from pourquoi.insight.v1.insight_pb2 import ListInsightsRequest, ListInsightsResponse
from pourquoi.insight.v1.insight_pb2_grpc import InsightServiceServicer


class InsightServicer(InsightServiceServicer):
    """Answers from the caller's workspace."""

    async def ListInsights(self, request: ListInsightsRequest, context: object) -> ListInsightsResponse:  # noqa: N802
        """The insights of a study, largest share first; at most a thousand."""
        async with rpc_session(context) as session:
            wanted = InsightFilter(uuid_of(request.study_id, "study_id"), status_of(request.status))
            insights = await list_by_share(session, wanted)
        return ListInsightsResponse(insights=[message_of(insight) for insight in insights])
