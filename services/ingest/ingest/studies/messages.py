"""Studies as protobuf messages."""

from ingest.models import Study
from pourquoi.ingest.v1 import events_pb2


def study_message(study: Study) -> events_pb2.Study:
    """The study as events and gRPC carry it."""
    return events_pb2.Study(
        id=str(study.id),
        name=study.name,
        question=study.question,
        objective=study.objective,
        target_behaviour=study.target_behaviour,
        query=study.query,
        languages=study.languages,
        revision=study.revision,
    )
