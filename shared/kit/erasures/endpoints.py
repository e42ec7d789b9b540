"""Records of erasures over REST: the same two endpoints in every service that hears of them."""

from uuid import UUID

from kit.erasures.schemas import ErasureRecord
from kit.erasures.service import ErasureRecords
from kit.rest import Page, Paging, ReadSession, Router

router = Router(prefix="/v1/erasures", tags=["erasures"])


@router.get("")
async def list_erasures(session: ReadSession, paging: Paging) -> Page[ErasureRecord]:
    """Erasures that were applied here, newest first."""
    before = UUID(paging.after["id"]) if paging.after else None
    records = await ErasureRecords(session).list_newest(before, paging.fetch)
    return paging.page(records, lambda record: record, lambda record: {"id": str(record.id)})


@router.get("/{erasure_id}")
async def get_erasure(session: ReadSession, erasure_id: UUID) -> ErasureRecord:
    """What was done here about an erasure that ingest was asked for; 404 until it has arrived.

    Complete is what every service has confirmed for the same number of posts.
    """
    return await ErasureRecords(session).get(erasure_id)
