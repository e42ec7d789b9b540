"""What enrichment answers over gRPC about annotations."""

from __future__ import annotations

from pydantic import ValidationError

from enrichment.annotations.agreements.schemas import AgreementView
from enrichment.annotations.agreements.service import AgreementService, CodebookFilter
from enrichment.annotations.gold.messages import gold_message
from enrichment.annotations.gold.service import After, GoldLabel, GoldService
from enrichment.annotations.tasks.samples import SampleKind, Stratum
from enrichment.annotations.tasks.schemas import TaskRequest
from enrichment.annotations.tasks.service import TaskService
from kit.auth import WRITE
from kit.errors import Invalid
from kit.rpc import rpc_principal, rpc_session, uuid_of
from pourquoi.enrichment.v1 import enrichment_pb2, events_pb2
from pourquoi.enrichment.v1.enrichment_pb2_grpc import EnrichmentServiceServicer

MOST_LABELS = 1_000
_USUAL_LABELS = 500
_USUAL_SIZE = 100
_USUAL_CODERS = 2
_SAMPLES = {
    events_pb2.SAMPLE_KIND_UNSPECIFIED: SampleKind.RANDOM,
    events_pb2.SAMPLE_KIND_RANDOM: SampleKind.RANDOM,
    events_pb2.SAMPLE_KIND_UNCERTAINTY: SampleKind.UNCERTAINTY,
}


class AnnotationServicer(EnrichmentServiceServicer):
    """Asks people to code, and tells what came of it."""

    async def RequestAnnotations(  # noqa: N802
        self, request: enrichment_pb2.RequestAnnotationsRequest, context: object
    ) -> enrichment_pb2.RequestAnnotationsResponse:
        """Draws a sample of a study for people to code; the same request id gives the same task again."""
        task_id = uuid_of(request.request_id, "request_id")
        wanted = _task_request(request)
        async with rpc_session(context, WRITE) as session:
            task = await TaskService(session).request(wanted, rpc_principal().subject, task_id)
        return enrichment_pb2.RequestAnnotationsResponse(
            task_id=str(task.id), size=task.size, population=task.population
        )

    async def ListGoldLabels(  # noqa: N802
        self, request: enrichment_pb2.ListGoldLabelsRequest, context: object
    ) -> enrichment_pb2.ListGoldLabelsResponse:
        """What people agree on or an adjudicator decided, beside what the machine says of the same items now."""
        if not 0 <= request.page_size <= MOST_LABELS:
            raise Invalid(f"Ask for 1 to {MOST_LABELS} labels at a time.")
        size, after = request.page_size or _USUAL_LABELS, _after(request.page_token)
        async with rpc_session(context) as session:
            found = await GoldService(session).list_of_codebook(
                _filter(request), _sample(request.sample), after, size + 1
            )
        token = _token(found[size - 1]) if len(found) > size else ""
        labels = map(gold_message, found[:size])
        return enrichment_pb2.ListGoldLabelsResponse(labels=labels, next_page_token=token)

    async def ListAgreements(  # noqa: N802
        self, request: enrichment_pb2.ListAgreementsRequest, context: object
    ) -> enrichment_pb2.ListAgreementsResponse:
        """How far coders agree on the codes of a codebook, and which of them may therefore be reported."""
        async with rpc_session(context) as session:
            found = await AgreementService(session).of_codebook(_filter(request), seed=0)
        return enrichment_pb2.ListAgreementsResponse(agreements=map(_agreement, found))


def _task_request(request: enrichment_pb2.RequestAnnotationsRequest) -> TaskRequest:
    """The request as REST takes it; raises `Invalid` with what is wrong."""
    values = {
        "study_id": request.study_id,
        "codebook": request.codebook,
        "version": request.version,
        "codes": list(request.codes),
        "sample": _sample(request.sample),
        "size": request.size or _USUAL_SIZE,
        "coders_per_item": request.coders_per_item or _USUAL_CODERS,
        "coders": list(request.coders),
        "stratify_by": Stratum.LANGUAGE if request.is_stratified_by_language else Stratum.NOTHING,
        "languages": list(request.languages),
        "seed": request.seed if request.HasField("seed") else None,
    }
    try:
        return TaskRequest.model_validate(values)
    except ValidationError as error:
        told = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()[:3])
        raise Invalid(f"The request is not valid: {told}.") from error


def _sample(kind: events_pb2.SampleKind.ValueType) -> SampleKind:
    if kind not in _SAMPLES:
        raise Invalid("This kind of sample is not known here; ask for a random or an uncertainty sample.")
    return _SAMPLES[kind]


def _filter(request: enrichment_pb2.ListGoldLabelsRequest | enrichment_pb2.ListAgreementsRequest) -> CodebookFilter:
    study_id = uuid_of(request.study_id, "study_id") if request.study_id else None
    return CodebookFilter(request.codebook, request.version, study_id)


def _after(token: str) -> After | None:
    if not token:
        return None
    task_id, _, item_id = token.partition("/")
    return After(uuid_of(task_id, "page_token"), uuid_of(item_id, "page_token"))


def _token(label: GoldLabel) -> str:
    return f"{label.task.id}/{label.item.id}"


def _agreement(view: AgreementView) -> enrichment_pb2.Agreement:
    return enrichment_pb2.Agreement(
        codebook=view.codebook,
        version=view.version,
        code=view.code or "",
        language=view.language or "",
        alpha=view.alpha,
        low=view.low,
        high=view.high,
        items=view.items,
        coders=view.coders,
        occurrences=view.occurrences,
        status=enrichment_pb2.AgreementStatus.Value(f"AGREEMENT_STATUS_{view.status.upper()}"),
    )
