"""`pourquoi codebook`: codebooks of your own, from a file, and the labels that make them better."""

import csv
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer
import yaml
from pydantic import BaseModel, RootModel
from rich.markup import escape

from kit.cli.client import Api, Refused, connect, readable_file
from kit.cli.console import counted, out, plain_table, progress
from kit.cli.errors import CommandError
from kit.cli.views.platform import Job

app = typer.Typer(help="Code posts by codes of your own.", no_args_is_help=True, rich_markup_mode="rich")
CodebookArgument = Annotated[str, typer.Argument(metavar="CODEBOOK", help="Name or id.", show_default=False)]
_PATH = "/enrichment/v1/codebooks"
_LABELS_AT_ONCE = 500
_NOT_TRAINED_YET = 404


class _Examples(BaseModel):
    positive: list[str] = []
    negative: list[str] = []


class _Code(BaseModel):
    code: str
    definition: str
    examples: _Examples


class Codebook(BaseModel):
    """A codebook as commands show it."""

    id: UUID
    name: str
    title: str
    unit: str
    choice: str
    version: int
    revision: int
    is_shipped: bool
    is_active: bool
    codes: list[_Code]


class _Estimate(BaseModel):
    value: float
    low: float
    high: float


class _CodeScore(BaseModel):
    code: str
    present: int
    precision: _Estimate | None
    recall: _Estimate | None
    f1: _Estimate | None


class _Scores(BaseModel):
    version: int
    labels: int
    trained_at: datetime
    codes: list[_CodeScore]


class _Report(BaseModel):
    added: int
    replaced: int
    training_job_id: UUID


class _Label(BaseModel):
    text: str
    codes: list[str]


class _Labels(BaseModel):
    labels: list[_Label]


class _Body(RootModel[dict[str, Any]]):
    """What a file holds; the platform says what is wrong with it."""


class _Clone(BaseModel):
    name: str


@app.command()
def create(
    file: Annotated[Path, typer.Argument(help="YAML or JSON: name, title, codes.", show_default=False)],
) -> None:
    """Make a codebook from a file, or a new version of the one that has its name.

    [bold]Example of a file:[/]

      name: cards
      title: Trouble with cards
      choice: one
      codes:
        - code: card_late
          definition: The card that was ordered has not arrived yet.
          examples: {positive: [Where is my new card?]}
    """
    api, body = connect(), _body(file)
    known = next((each for each in _own(api) if each.name == body.root.get("name")), None)
    if known is None:
        made = api.post(_PATH, Codebook, body)
        out.print(f"Codebook '{made.name}' has the id {made.id}; it codes from now on.", markup=False)
        return
    contents = _Body({name: value for name, value in body.root.items() if name not in ("name", "study_id")})
    made = api.post(f"{_PATH}/{known.id}/versions", Codebook, contents, {"If-Match": f'"{known.revision}"'})
    said = "is as it was" if made.version == known.version else "takes effect in a moment"
    out.print(f"Version {made.version} of codebook '{made.name}' {said}.", markup=False)


@app.command("list")
def list_codebooks() -> None:
    """List the shipped codebooks and those of the workspace."""
    table = plain_table("Id", "Name", "Version", "Codes", "Kind")
    for each in connect().each(_PATH, Codebook):
        kind = "shipped" if each.is_shipped else "own" if each.is_active else "own, resting"
        table.add_row(str(each.id), each.name, str(each.version), str(len(each.codes)), kind)
    out.print(table)


@app.command()
def show(codebook: CodebookArgument) -> None:
    """Show the codes of a codebook, and how well each is found."""
    api = connect()
    found = _named(api, codebook)
    out.print(f"{found.title} ({found.name}), version {found.version}", markup=False)
    scores = {} if found.is_shipped else _scores(api, found)
    table = plain_table("Code", "Labels", "Precision", "Recall", "F1", "Definition")
    for each in found.codes:
        score = scores.get(each.code)
        shown = [_shown(score.precision), _shown(score.recall), _shown(score.f1)] if score else [""] * 3
        table.add_row(each.code, str(score.present) if score else "", *shown, escape(each.definition))
    out.print(table)


@app.command()
def clone(
    codebook: CodebookArgument, name: Annotated[str, typer.Argument(help="Name of the copy.", show_default=False)]
) -> None:
    """Copy a codebook, a shipped one too, to change the copy."""
    api = connect()
    made = api.post(f"{_PATH}/{_named(api, codebook).id}/clone", Codebook, _Clone(name=name))
    out.print(f"Codebook '{made.name}' has the id {made.id}.", markup=False)


@app.command()
def label(
    codebook: CodebookArgument,
    file: Annotated[Path, typer.Argument(help="CSV with a text and its codes in each row.", show_default=False)],
    text: Annotated[str, typer.Option(help="Column of the text.")] = "text",
    codes: Annotated[str, typer.Option(help="Column of the codes, separated by spaces; empty is none.")] = "codes",
) -> None:
    """Import labels from a CSV file and train the codebook with them.

    A text that has a label gets the new one: a file may be imported again.

    [bold]Example:[/] pourquoi codebook label cards labels.csv --codes category
    """
    api = connect()
    found, labels = _named(api, codebook), list(_labels(readable_file(file), text, codes))
    path, added, replaced = f"{_PATH}/{found.id}/labels", 0, 0
    with progress() as bars:
        task = bars.add_task("Sending", total=len(labels))
        for first in range(0, len(labels), _LABELS_AT_ONCE):
            some = labels[first : first + _LABELS_AT_ONCE]
            report = api.post(path, _Report, _Labels(labels=some))
            added, replaced = added + report.added, replaced + report.replaced
            bars.advance(task, len(some))
    out.print(f"{counted(added, 'new label')}, {replaced:,} replaced.")
    _train(api, found)
    show(str(found.id))


def _train(api: Api, codebook: Codebook) -> None:
    job = api.post(f"{_PATH}/{codebook.id}/trainings", Job)
    with progress() as bars:
        task = bars.add_task("Training", total=None)

        def report(job: Job) -> None:
            bars.update(task, completed=job.progress.done, total=job.progress.total)

        api.finish("enrichment", job, report)


def _labels(file: Path, text: str, codes: str) -> Iterator[_Label]:
    with file.open(newline="", encoding="utf-8-sig") as lines:
        rows = csv.DictReader(lines)
        missing = [column for column in (text, codes) if column not in (rows.fieldnames or [])]
        if missing:
            raise CommandError(f"{file} has no column '{missing[0]}'; say which it is with --text or --codes.")
        yield from (_Label(text=row[text], codes=(row[codes] or "").split()) for row in rows if row[text])


def _body(file: Path) -> _Body:
    try:
        found = yaml.safe_load(readable_file(file).read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise CommandError(f"{file} is neither YAML nor JSON: {error}") from None
    if not isinstance(found, dict):
        raise CommandError(f"{file} must hold a name, a title and codes.")
    return _Body(found)


def _own(api: Api) -> Iterator[Codebook]:
    return (each for each in api.each(_PATH, Codebook, limit=500) if not each.is_shipped)


def _named(api: Api, name_or_id: str) -> Codebook:
    try:
        return api.get(f"{_PATH}/{UUID(name_or_id)}", Codebook)
    except ValueError:
        found = [each for each in api.each(_PATH, Codebook, limit=500) if each.name == name_or_id]
    if not found:
        raise CommandError(f"No codebook is called '{name_or_id}'. `pourquoi codebook list` shows them.")
    return found[0]


def _scores(api: Api, codebook: Codebook) -> dict[str, _CodeScore]:
    try:
        scores = api.get(f"{_PATH}/{codebook.id}/scores", _Scores)
    except Refused as refused:
        if refused.problem.status != _NOT_TRAINED_YET:
            raise
        return {}
    return {each.code: each for each in scores.codes}


def _shown(estimate: _Estimate | None) -> str:
    return f"{estimate.value:.2f} [{estimate.low:.2f}, {estimate.high:.2f}]" if estimate else ""
