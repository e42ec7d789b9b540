"""One row of the score table, whatever was measured."""

from __future__ import annotations

from dataclasses import dataclass

from rich.table import Table


@dataclass(frozen=True)
class ScoreRow:
    """Our score and published ones, in percent, with what they were measured on.

    `calibration_error` is the expected calibration error of the probabilities, `answered` the share of texts that are
    answered at the threshold of abstention, `right` the share of those answers that are right; None where there is no
    such thing.
    """

    task: str
    measure: str
    ours: float
    published: str
    model: str
    scored_on: str
    texts: int
    calibration_error: float | None = None
    answered: float | None = None
    right: float | None = None


def table_of(rows: list[ScoreRow]) -> Table:
    """The rows as a table for the terminal."""
    table = Table(title="Scores in percent, on texts that were not learnt from", title_justify="left")
    for column in ("task", "measure", "ours", "published", "model", "scored on", "texts", "ECE", "answered", "right"):
        is_number = column in ("ours", "texts", "ECE", "answered", "right")
        table.add_column(column, justify="right" if is_number else "left", overflow="fold")
    for row in rows:
        table.add_row(
            *(row.task, row.measure, f"{row.ours:.1f}", row.published, row.model, row.scored_on, f"{row.texts:,}"),
            *("" if share is None else f"{share:.1f}" for share in (row.calibration_error, row.answered, row.right)),
        )
    return table
