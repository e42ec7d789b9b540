"""Gold labels as gRPC carries them."""

from __future__ import annotations

from collections.abc import Sequence

from enrichment.annotations.gold.gold import Origin
from enrichment.annotations.gold.service import GoldLabel
from enrichment.annotations.judgement import Item
from enrichment.annotations.messages import answer_message, sample_message
from enrichment.coding.codes import Code
from enrichment.enrichments.enrichment import Enrichment
from enrichment.enrichments.messages import code_message
from pourquoi.enrichment.v1 import enrichment_pb2


def gold_message(label: GoldLabel) -> enrichment_pb2.GoldLabel:
    """A gold label beside what the machine says of the same item now."""
    task, item, machine = label.task, label.item, machine_codes(label.item, label.enrichment)
    return enrichment_pb2.GoldLabel(
        item_id=str(item.id),
        task_id=str(task.id),
        study_id=str(task.study_id),
        post_id=str(item.post_id),
        statement_index=item.position,
        start=item.start,
        end=item.stop,
        language=item.language,
        codebook=task.codebook,
        version=task.version,
        answer=answer_message(label.gold.answer),
        codes=sorted(label.gold.codes),
        asked=item.asked,
        is_adjudicated=label.gold.origin is Origin.ADJUDICATED,
        sample=sample_message(task.sample),
        inclusion_probability=item.inclusion_probability,
        is_read=machine is not None,
        machine_codes=[code_message(code) for code in machine or () if _is_asked(code, label)],
        coding=label.enrichment.version.coding if label.enrichment else "",
    )


def machine_codes(item: Item, enrichment: Enrichment | None) -> Sequence[Code] | None:
    """All codes of an item as it is read now; None where the post holds no such statement any more."""
    if enrichment is None:
        return None
    if item.position is None:
        return enrichment.reading.codes
    statements = enrichment.reading.statements
    found = (each.codes for each in statements if (each.span.start, each.span.end) == (item.start, item.stop))
    return next(found, None)


def _is_asked(code: Code, label: GoldLabel) -> bool:
    task = label.task
    is_of_study = code.study in ("", str(task.study_id))
    return (code.codebook, code.version) == (task.codebook, task.version) and is_of_study
