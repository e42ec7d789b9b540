"""The tasks that text-level heads learn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from enrichment.training import examples
from enrichment.training.examples import Example


@dataclass(frozen=True)
class Task:
    """Classes of which a text has exactly one, or else any number."""

    name: str
    classes: tuple[str, ...]
    is_exclusive: bool
    examples: Sequence[Example]

    def only(self, language: str) -> Task:
        """The task in one language."""
        return replace(self, examples=[example for example in self.examples if example.language == language])

    def part(self, *parts: str) -> list[Example]:
        """The examples of these parts."""
        return [example for example in self.examples if example.part in parts]

    def targets(self, chosen: Sequence[Example]) -> NDArray[np.float32]:
        """One row per example, 1 in the column of each of its classes.

        A task of one class has one column, which is 1 where the label is.
        """
        found = np.zeros((len(chosen), len(self.classes)), np.float32)
        for row, example in enumerate(chosen):
            if len(self.classes) == 1:
                found[row, 0] = example.labels[0]
            else:
                found[row, list(example.labels)] = 1
        return found


def all_tasks(folder: Path) -> dict[str, Task]:
    """Every task whose data may train what ships, by name; no text that one scores is learnt from by another."""
    tasks = [
        Task("emotion", ("anger", "joy", "optimism", "sadness"), True, examples.tweeteval(folder, "emotion")),
        Task("feelings", examples.FEELINGS, False, examples.feelings(folder)),
        Task("offensive", ("offensive",), False, examples.tweeteval(folder, "offensive")),
        Task("hate", ("hate",), False, examples.tweeteval(folder, "hate")),
        Task("irony", ("irony",), False, examples.tweeteval(folder, "irony")),
        Task("sarcasm", ("sarcasm",), False, examples.sarcasm(folder)),
        Task("needs", ("need_bearing",), False, [each for some in examples.needs(folder).values() for each in some]),
        Task("sentiment", ("negative", "neutral", "positive"), True, examples.sentiment(folder)),
    ]
    scored, held_out = _keys(tasks, "scored", "elsewhere"), _keys(tasks, "held_out")
    found = {task.name: replace(task, examples=examples.separated(task.examples, scored, held_out)) for task in tasks}
    found["sentiment_en"] = replace(found["sentiment"].only("en"), name="sentiment_en")
    return found


def _keys(tasks: Sequence[Task], *parts: str) -> set[str]:
    return {example.key for task in tasks for example in task.part(*parts)} - {""}
