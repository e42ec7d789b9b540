"""`pourquoi annotate`: ask people to code, see how far and how well they do, and take the result away."""

import csv
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, TextIO
from uuid import UUID

import typer
from pydantic import BaseModel, JsonValue

from kit.cli.annotation_views import AgreementRow, AnnotationRecord, AnnotationTask, CoderRecord, GoldRecord
from kit.cli.client import Answer, Api, connect
from kit.cli.console import counted, err, out, plain_table
from kit.cli.errors import CommandError
from kit.cli.studies import StudyArgument

app = typer.Typer(help="Have people code samples of statements.", no_args_is_help=True, rich_markup_mode="rich")
TaskArgument = Annotated[UUID, typer.Argument(metavar="TASK", help="Id of the annotation task.")]
_TASKS = "/enrichment/v1/annotation-tasks"
_PAGE = 500


class Items(BaseModel):
    """A list that has no further page."""

    items: list[dict[str, JsonValue]]


class NewTask(BaseModel):
    """What is to be coded; what is None is left to the service."""

    study_id: UUID
    codebook: str
    version: int
    sample: str
    size: int
    coders: list[str]
    coders_per_item: int
    stratify_by: str | None
    seed: int | None


@app.command()
def request(
    study: StudyArgument,
    codebook: Annotated[str, typer.Option(help="Codebook, such as speech_act.")],
    version: Annotated[int, typer.Option(min=1, help="Its version.")] = 1,
    size: Annotated[int, typer.Option(min=1, max=5_000, help="Items to draw.")] = 100,
    coder: Annotated[list[str] | None, typer.Option(help="Name of a coder; once for each. None: whoever asks.")] = None,
    each: Annotated[int, typer.Option(min=1, max=10, help="Coders for every item.")] = 2,
    uncertain: Annotated[bool, typer.Option("--uncertain", help="To learn from, not to measure with.")] = False,
    by_language: Annotated[bool, typer.Option("--by-language", help="As many items of every language.")] = False,
    seed: Annotated[int | None, typer.Option(min=0, help="Draws the same items again.")] = None,
) -> None:
    """Draw a sample of a study for people to code.

    [bold]Example:[/] pourquoi annotate request Luggage --codebook needs --size 200 --coder anna --coder ben
    """
    api = connect()
    wanted = NewTask(
        study_id=api.study(study).id,
        codebook=codebook,
        version=version,
        sample="uncertainty" if uncertain else "random",
        size=size,
        coders=coder or [],
        coders_per_item=each,
        stratify_by="language" if by_language else None,
        seed=seed,
    )
    task = api.post(_TASKS, AnnotationTask, wanted)
    out.print(f"{counted(task.size, 'item')} drawn of {task.population:,}. People code here:", markup=False)
    out.print(f"{api.url}/enrichment/annotate?task={task.id}", markup=False, soft_wrap=True)


@app.command("tasks")
def list_tasks(
    study: Annotated[str, typer.Option(help="Only of this study, by name or id.")] = "",
    codebook: Annotated[str, typer.Option(help="Only of this codebook.")] = "",
) -> None:
    """List annotation tasks with their progress, newest first."""
    api = connect()
    study_id = str(api.study(study).id) if study else ""
    table = plain_table("Id", "Codebook", "Sample", "Items", "Answers", "Complete", "Coders")
    for task in api.each(_TASKS, AnnotationTask, study_id=study_id, codebook=codebook):
        done = task.progress
        answers, complete = f"{done.answers:,}/{done.wanted:,}", f"{done.complete:,}/{done.items:,}"
        named = ", ".join(task.coders) or "whoever asks"
        table.add_row(
            str(task.id), f"{task.codebook} {task.version}", task.sample, f"{task.size:,}", answers, complete, named
        )
    out.print(table)


@app.command()
def agreement(task: TaskArgument) -> None:
    """Show how far the coders of a task agree, and which codes may be reported."""
    api = connect()
    table = plain_table("Code", "Language", "Alpha", "95 % interval", "Items", "With code", "Status")
    for row in _items(api, f"{_TASKS}/{task}/agreement", AgreementRow):
        alpha = "-" if row.alpha is None else f"{row.alpha:.3f}"
        interval = "-" if row.low is None or row.high is None else f"{row.low:.3f} to {row.high:.3f}"
        language = "all" if row.language is None else row.language or "unknown"
        status = row.status.replace("_", " ")
        table.add_row(
            row.code or "(codebook)", language, alpha, interval, f"{row.items:,}", f"{row.occurrences:,}", status
        )
    out.print(table)


@app.command()
def coders(task: TaskArgument) -> None:
    """Show the coders of a task: agreement with the others over time, and with themselves."""
    table = plain_table("Coder", "Answers", "Agreeing, window by window", "With themselves", "")
    for record in _items(connect(), f"{_TASKS}/{task}/coders", CoderRecord):
        windows = " ".join(f"{each.agreeing / each.judgements:.0%}" for each in record.windows)
        again = f"{record.kept}/{record.repeated}" if record.repeated else "-"
        table.add_row(record.coder, f"{record.judgements:,}", windows, again, "drifting" if record.is_drifting else "")
    out.print(table)


@app.command()
def export(
    task: TaskArgument,
    file: Annotated[Path | None, typer.Option("--file", "-f", help="Where to write; else to standard output.")] = None,
    gold: Annotated[bool, typer.Option("--gold", help="What was agreed on or decided, not every answer.")] = False,
) -> None:
    """Write the answers of a task, or its gold labels, as CSV; texts stay where they are."""
    api = connect()
    kind = "gold" if gold else "annotations"
    model: type[BaseModel] = GoldRecord if gold else AnnotationRecord
    rows: Iterable[BaseModel] = api.each(f"{_TASKS}/{task}/{kind}", model, limit=_PAGE)
    columns = list(model.model_fields)
    if file is None:
        _write(rows, columns, sys.stdout)
        return
    try:
        with file.open("w", encoding="utf-8", newline="") as target:
            written = _write(rows, columns, target)
    except OSError as error:
        raise CommandError(f"{file} cannot be written: {error.strerror}.") from error
    err.print(f"{counted(written, 'row')} written to {file}.", markup=False)


def _write(rows: Iterable[BaseModel], columns: Sequence[str], target: TextIO) -> int:
    """Writes the rows under a header; lists are joined by spaces. Returns how many rows there were."""
    writer = csv.writer(target)
    writer.writerow(columns)
    count = 0
    for row in rows:
        values = row.model_dump(mode="json")
        writer.writerow([_cell(values[column]) for column in columns])
        count += 1
    return count


def _cell(value: object) -> object:
    """A cell that no spreadsheet takes for a formula: a coder may have written one into a note."""
    text = " ".join(map(str, value)) if isinstance(value, list) else value
    return f"'{text}" if isinstance(text, str) and text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _items(api: Api, path: str, model: type[Answer]) -> list[Answer]:
    return [model.model_validate(item) for item in api.get(path, Items).items]
