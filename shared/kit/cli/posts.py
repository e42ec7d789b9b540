"""`pourquoi import`: a file of posts into a study."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from kit.cli.client import Api, connect, readable_file
from kit.cli.console import counted, out, progress
from kit.cli.views import Job, JobStatus, Outcome, Rejected, Study

_SHOWN_REJECTIONS = 5

MapOption = Annotated[
    str,
    typer.Option(
        "--map",
        metavar="FIELD=COLUMN,...",
        help="Where columns have unusual names: text=body,author=user,published_at=date,external_id=id.",
    ),
]


def import_posts(
    file: Annotated[Path, typer.Argument(help="CSV, TSV or NDJSON, also .gz.", show_default=False)],
    study: Annotated[str, typer.Option(help="Name or id of the study.", show_default=False)],
    mapping: MapOption = "",
    day_first: Annotated[
        bool | None,
        typer.Option(
            "--day-first/--month-first",
            help="Whether 03/04/2025 is in April or in March; without it such dates are rejected.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Import a file of posts into a study.

    Only a text is required of a post. A post that is known is not doubled: a file may be imported again.

    [bold]Example:[/] pourquoi import tweets.csv.gz --study "Airline service" --map text=body,author=user
    """
    api = connect()
    readable_file(file)
    show_outcome(upload(api, api.study(study), file, fields(mapping, day_first)))


def fields(mapping: str, day_first: bool | None = None) -> dict[str, str]:
    """How the file is to be read, as fields of the upload."""
    return {
        **({"mapping": mapping} if mapping else {}),
        **({"day_first": str(day_first).lower()} if day_first is not None else {}),
    }


def upload(api: Api, study: Study, file: Path, reading: Mapping[str, str], key: str = "") -> Outcome:
    """Sends the file and watches the import to its end; under the same `key` it happens once."""
    path, headers = f"/ingest/v1/studies/{study.id}/imports", {"Idempotency-Key": key} if key else {}
    with progress() as bars:
        with bars.open(file, "rb", description="Sending") as content:
            job = api.upload(path, file.name, content, reading, headers)
            if job.status is JobStatus.FAILED and key:
                return upload(api, study, file, reading)
        task = bars.add_task("Importing", total=None)

        def report(job: Job) -> None:
            bars.update(task, completed=job.progress.done, total=job.progress.total)

        return Outcome.model_validate(api.finish("ingest", job, report).result)


def show_outcome(outcome: Outcome) -> None:
    """Prints what became of the posts."""
    parts = [counted(outcome.accepted, "new post"), f"{outcome.duplicates + outcome.observed:,} known already"]
    if outcome.updated:
        parts.append(f"{outcome.updated:,} changed")
    if outcome.unmatched:
        parts.append(f"{outcome.unmatched:,} match no study")
    if outcome.dropped:
        parts.append(f"{outcome.dropped:,} not kept")
    if outcome.rejected_count:
        parts.append(f"[yellow]{counted(outcome.rejected_count, 'line')} rejected[/]")
    out.print(f"{counted(outcome.received, 'line')} read: {', '.join(parts)}.")
    show_rejections(outcome)


def show_rejections(outcome: Outcome) -> None:
    """Prints the first lines that are no posts, and why."""
    show_rejected(outcome.rejected, "line")


def show_rejected(rejected: Sequence[Rejected], place: str) -> None:
    """Prints the first rejections, each by its place."""
    for rejection in rejected[:_SHOWN_REJECTIONS]:
        out.print(f"  {place} {rejection.line}: {rejection.reason}", markup=False)
