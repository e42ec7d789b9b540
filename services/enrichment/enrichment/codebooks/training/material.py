"""What a head is trained on: the words of a definition, labelled passages, and what is usually said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from enrichment.codebooks.definition import Definition
from enrichment.codebooks.evaluation import Course
from enrichment.codebooks.fewshot import Floats, Labelled, Prior
from enrichment.codebooks.heads import vectors_of


@dataclass(frozen=True)
class Lesson:
    """A labelled passage: its float16 vector, its codes among those considered, and the post that it is of.

    `text` is empty where only the vector is at hand.
    """

    text: str
    vector: bytes
    codes: frozenset[str]
    considered: frozenset[str]
    group: UUID


def prior_of(definition: Definition, vectors: Sequence[bytes], background: Floats) -> Prior:
    """The prior of a definition, given the vectors of its passages in their order.

    Where a passage has one code, the words of one definition speak against the other codes; where it may have many,
    nothing is known of those.
    """
    others = 0.0 if definition.choice == "one" else np.nan
    passages = list(definition.passages)
    present = np.full((len(passages), len(definition.codes)), others, np.float32)
    for row, (_, place, carries) in enumerate(passages):
        present[row] = present[row] if carries else np.nan
        present[row, place] = float(carries)
    return Prior(Labelled(vectors_of(vectors), present), background)


def course_of(definition: Definition, prior: Prior, lessons: Sequence[Lesson]) -> Course:
    """What a head of the definition is to learn."""
    return Course(
        tuple(definition.names),
        definition.choice == "one",
        prior,
        _labelled(definition, lessons, prior.definitions.vectors.shape[1]),
        [each.group for each in lessons],
        [each.text for each in lessons],
    )


def _labelled(definition: Definition, lessons: Sequence[Lesson], dimensions: int) -> Labelled:
    """Labels as rows; of codes that were not considered nothing is known."""
    vectors = vectors_of([each.vector for each in lessons]) if lessons else np.zeros((0, dimensions), np.float32)
    present = [
        [float(code in each.codes) if code in each.considered else np.nan for code in definition.names]
        for each in lessons
    ]
    return Labelled(vectors, np.array(present, np.float32).reshape(len(lessons), len(definition.codes)))
