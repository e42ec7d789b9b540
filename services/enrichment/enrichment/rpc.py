"""What enrichment answers over gRPC."""

from __future__ import annotations

from datetime import UTC
from uuid import UUID

from enrichment.annotations.rpc import AnnotationServicer
from enrichment.enrichments.messages import to_message
from enrichment.enrichments.service import EnrichmentService
from enrichment.readings.desk import ReadingDesk
from enrichment.search.filters import SearchFilters
from enrichment.search.service import SearchService
from kit.errors import Invalid
from kit.rpc import rpc_session, uuid_of
from pourquoi.enrichment.v1 import enrichment_pb2

MOST_TEXTS = 256
LONGEST_TEXT = 20_000
MOST_IDS = 1_000
MOST_HITS = 100
_USUAL_HITS = 10


class EnrichmentServicer(AnnotationServicer):
    """Vectors, enrichments, semantic search, and what people say of statements."""

    def __init__(self, desk: ReadingDesk) -> None:
        self._desk = desk

    async def EmbedTexts(  # noqa: N802
        self, request: enrichment_pb2.EmbedTextsRequest, context: object
    ) -> enrichment_pb2.EmbedTextsResponse:
        """Unit vectors of texts, in the order given."""
        if len(request.texts) > MOST_TEXTS or any(len(text) > LONGEST_TEXT for text in request.texts):
            raise Invalid(f"Send at most {MOST_TEXTS} texts of at most {LONGEST_TEXT} characters each.")
        async with rpc_session(context):
            """Only to check the scope: no connection waits for the model."""
        vectors = await self._desk.embed(request.texts)
        return enrichment_pb2.EmbedTextsResponse(vectors=vectors, model=self._desk.model)

    async def BatchGetEnrichments(  # noqa: N802
        self, request: enrichment_pb2.BatchGetEnrichmentsRequest, context: object
    ) -> enrichment_pb2.BatchGetEnrichmentsResponse:
        """Enrichments by post id, in the order asked for; unknown ids are left out."""
        if len(request.post_ids) > MOST_IDS:
            raise Invalid(f"Ask for at most {MOST_IDS} posts at a time.")
        ids: list[UUID] = [uuid_of(post_id, "post_ids") for post_id in request.post_ids]
        async with rpc_session(context) as session:
            found = await EnrichmentService(session).list_by_ids(ids)
        return enrichment_pb2.BatchGetEnrichmentsResponse(enrichments=map(to_message, found))

    async def SearchPosts(  # noqa: N802
        self, request: enrichment_pb2.SearchPostsRequest, context: object
    ) -> enrichment_pb2.SearchPostsResponse:
        """The posts nearest in meaning to a text, nearest first."""
        if not 0 <= request.limit <= MOST_HITS or len(request.text) > LONGEST_TEXT:
            raise Invalid(f"Ask for 1 to {MOST_HITS} hits, by a text of at most {LONGEST_TEXT} characters.")
        filters = _filters(request)
        async with rpc_session(context) as session:
            hits = await SearchService(session, self._desk).search(request.text, filters, request.limit or _USUAL_HITS)
        found = [enrichment_pb2.SearchHit(post_id=str(hit.post_id), similarity=hit.similarity) for hit in hits]
        return enrichment_pb2.SearchPostsResponse(hits=found)


def _filters(request: enrichment_pb2.SearchPostsRequest) -> SearchFilters:
    return SearchFilters(
        study_id=uuid_of(request.study_id, "study_id") if request.study_id else None,
        since=request.since.ToDatetime(UTC) if request.HasField("since") else None,
        until=request.until.ToDatetime(UTC) if request.HasField("until") else None,
        language=request.language or None,
        code=request.code or None,
    )
