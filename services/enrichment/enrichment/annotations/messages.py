"""Annotations as events carry them."""

from __future__ import annotations

from google.protobuf.timestamp_pb2 import Timestamp

from enrichment.annotations.judgement import Answer
from enrichment.models import AnnotationRow, ItemRow, TaskRow
from pourquoi.enrichment.v1 import events_pb2


def recorded(
    task: TaskRow, item: ItemRow, annotation: AnnotationRow, replaced: str = ""
) -> events_pb2.AnnotationRecorded:
    """What became of an annotation: it stands, in the place of `replaced` if that is given, or was taken back."""
    recorded_at = Timestamp()
    recorded_at.FromDatetime(annotation.replaced_at or annotation.created_at)
    return events_pb2.AnnotationRecorded(
        annotation_id=str(annotation.id),
        task_id=str(task.id),
        study_id=str(task.study_id),
        post_id=str(item.post_id),
        statement_index=item.position,
        start=item.start,
        end=item.stop,
        codebook=task.codebook,
        version=task.version,
        answer=answer_message(annotation.answer),
        codes=_presences(task, annotation),
        coder_id=str(annotation.coder_id),
        kind=events_pb2.AnnotatorKind.Value(f"ANNOTATOR_KIND_{annotation.kind.upper()}"),
        sample=sample_message(task.sample),
        inclusion_probability=item.inclusion_probability,
        is_repetition=annotation.occasion > 0,
        replaces_id=replaced,
        is_withdrawn=annotation.replaced_at is not None,
        recorded_at=recorded_at,
    )


def answer_message(answer: str) -> events_pb2.Answer.ValueType:
    """The answer in protobuf."""
    return events_pb2.Answer.Value(f"ANSWER_{answer.upper()}")


def sample_message(sample: str) -> events_pb2.SampleKind.ValueType:
    """The kind of a sample in protobuf."""
    return events_pb2.SampleKind.Value(f"SAMPLE_KIND_{sample.upper()}")


def _presences(task: TaskRow, annotation: AnnotationRow) -> list[events_pb2.CodePresence]:
    if annotation.answer == Answer.CANNOT_TELL:
        return []
    asked = [str(code["code"]) for code in task.codes]
    return [events_pb2.CodePresence(code=code, is_present=code in annotation.codes) for code in asked]
