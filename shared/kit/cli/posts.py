"""`pourquoi import`: a file of posts into a study."""

import io
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from kit.cli.client import Api, connect, readable_file
from kit.cli.console import counted, err, out, plain_table, progress
from kit.cli.views.ingest import Drift, ImportGuess, Outcome, Rejected, Study
from kit.cli.views.platform import Job, JobStatus

_SHOWN_REJECTIONS = 5
_LONGEST_CELL = 60
# The first rows tell how a file is read; only these formats are read from their end.
_WHOLE = (b"PK", b"PAR1")
_HEAD_BYTES = 8 * 1024 * 1024

MapOption = Annotated[
    str,
    typer.Option(
        "--map",
        metavar="FIELD=COLUMN,...",
        help="Where columns have unusual names: text=body,author=user,published_at=date,external_id=id; "
        "or a ready mapping: preset:brandwatch.",
    ),
]


def import_posts(
    file: Annotated[
        Path, typer.Argument(help="CSV, TSV, NDJSON, JSON or Parquet, also .gz, .zst, .zip.", show_default=False)
    ],
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
    private: Annotated[bool, typer.Option("--private", help="Never quote the posts word by word.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Import without asking whether the guess is right.")] = False,
) -> None:
    """Import a file of posts into a study.

    Shows how the file would be read, and asks; where nobody can answer, it goes on. Only a text is required of a post.
    A post that is known is not doubled: a file may be imported again.

    [bold]Example:[/] pourquoi import tweets.csv.gz --study "Airline service" --map text=body,author=user
    """
    api = connect()
    readable_file(file)
    found, reading = api.study(study), fields(mapping, day_first)
    if private:
        reading["privacy"] = "private"
    guess = preview(api, found, file, reading)
    show_guess(guess)
    if not yes and is_answered():
        typer.confirm("Import it like this?", default=True, abort=True)
    show_outcome(upload(api, found, file, {**reading, "mapping": guess.mapping}))


def is_answered() -> bool:
    """Whether somebody is there to answer a question."""
    return sys.stdin.isatty()


def preview(api: Api, study: Study, file: Path, reading: Mapping[str, str]) -> ImportGuess:
    """How the platform would read the file; only its beginning is sent where that is enough."""
    path = f"/ingest/v1/studies/{study.id}/imports/previews"
    with file.open("rb") as content:
        is_whole = content.read(4).startswith(_WHOLE)
        content.seek(0)
        sent = content if is_whole else io.BytesIO(content.read(_HEAD_BYTES))
        return api.submit(path, file.name, sent, reading, ImportGuess)


def show_guess(guess: ImportGuess) -> None:
    """Prints how a file would be read, on standard error: it is no result."""
    kind = guess.preset.title if guess.preset else "columns by their names"
    compression = f", {guess.compression}" if guess.compression else ""
    err.print(f"[bold]{escape(guess.filename)}[/]: {guess.format}, {guess.encoding}{compression}; {escape(kind)}")
    table = plain_table("field", "column", "", "in the first post")
    first = guess.posts[0].post if guess.posts else {}
    for each in guess.fields:
        value = str(first.get(each.field, "") or "").replace("\n", " ")
        table.add_row(each.field, escape(", ".join(each.columns)), each.origin, escape(value[:_LONGEST_CELL]))
    err.print(table)
    if guess.unmapped_columns:
        err.print(f"Not used: {', '.join(guess.unmapped_columns[:20])}", markup=False)
    if guess.privacy == "private":
        err.print("The posts are private: never quoted word by word, never leaving the workspace.")
    for warning in guess.warnings:
        err.print(f"[yellow]{escape(warning)}[/]")
    show_drift(guess.drift)


def show_drift(drifts: list[Drift]) -> None:
    """Prints what the mapping expects and the file does not have."""
    for each in drifts:
        hint = f"; is it {each.suggestion!r} now?" if each.suggestion else ""
        line = f", first on line {each.example_line}" if each.example_line else ""
        err.print(
            f"[yellow]{each.field}[/] from {escape(each.column)!r}: {each.problem} in "
            f"{counted(each.rows, 'row')}{line}{escape(hint)}"
        )


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
            job = api.submit(path, file.name, content, reading, Job, headers)
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
    if aside := sum(outcome.left_aside.values()):
        parts.append(f"{aside:,} left aside")
    if outcome.deleted:
        parts.append(f"{outcome.deleted:,} erased because they were deleted")
    out.print(f"{counted(outcome.received, 'line')} read: {', '.join(parts)}.")
    show_rejections(outcome)
    show_drift(outcome.drift)


def show_rejections(outcome: Outcome) -> None:
    """Prints the first lines that are no posts, and why."""
    show_rejected(outcome.rejected, "line")


def show_rejected(rejected: Sequence[Rejected], place: str) -> None:
    """Prints the first rejections, each by its place."""
    for rejection in rejected[:_SHOWN_REJECTIONS]:
        out.print(f"  {place} {rejection.line}: {rejection.reason}", markup=False)
