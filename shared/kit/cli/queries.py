"""`pourquoi query`: draft a query, see what a change of it would do, improve it from the data, put it in force."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import typer
from pydantic import BaseModel
from rich.text import Text

from kit.cli.client import Api, connect
from kit.cli.console import counted, out, plain_table, progress
from kit.cli.errors import CommandError
from kit.cli.studies import StudyArgument
from kit.cli.views.ingest import Study
from kit.cli.views.platform import Job

app = typer.Typer(help="Try queries before they take effect.", no_args_is_help=True, rich_markup_mode="rich")
_SHOWN = 5
_LONGEST_EXCERPT = 160


class Estimate(BaseModel):
    """A value with its 95 % interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        """The value alone when it was counted, else with its interval."""
        if self.low == self.high:
            return f"{self.value:,.0f}"
        return f"{self.value:,.0f} ({self.low:,.0f} to {self.high:,.0f})"

    @property
    def percent(self) -> str:
        """A share as people write it."""
        return f"{self.value:.0%} ({self.low:.0%} to {self.high:.0%})"


class Excerpt(BaseModel):
    """A post to look at."""

    id: UUID
    text: str
    platform: str
    published_at: datetime


class Diff(BaseModel):
    """What a version changes."""

    against_version: int
    stored_posts: int
    read_posts: int
    matched: Estimate
    kept: Estimate
    gained: Estimate
    lost: Estimate
    posts_per_day: Estimate | None
    warnings: list[str]
    gained_posts: list[Excerpt]
    lost_posts: list[Excerpt]


class Scores(BaseModel):
    """How good a version is."""

    precision: Estimate | None
    recall: Estimate | None
    not_enough_evidence: list[str]


class Version(BaseModel):
    """A query version."""

    version: int
    query: str
    diff: Diff | None
    scores: Scores | None


class Activated(BaseModel):
    """A study with its new query."""

    study: Study
    job: Job | None


class Term(BaseModel):
    """A word or phrase to add or to exclude."""

    term: str
    posts: Estimate
    precision: float
    judged: int


class Suggestions(BaseModel):
    """What would better a query."""

    additions: list[Term]
    exclusions: list[Term]
    suggested_query: str
    notes: list[str]


class Part(BaseModel):
    """A part of a drafted query."""

    part: str
    because: str


class Draft(BaseModel):
    """A first query."""

    query: str
    parts: list[Part]
    matched: Estimate
    notes: list[str]


class _Proposal(BaseModel):
    query: str


class _Activation(BaseModel):
    backfill: bool


class _SuggestionRequest(BaseModel):
    query: str | None
    most: int


class _Question(BaseModel):
    question: str
    seeds: list[str]
    languages: list[str]


@app.command()
def diff(
    study: StudyArgument,
    query: Annotated[str, typer.Argument(help="The query to try.", show_default=False)],
) -> None:
    """Propose a query, and show which posts it would gain and lose; it takes no effect yet.

    [bold]Example:[/] pourquoi query diff "Airline service" '(delay* OR cancelled) NOT giveaway'
    """
    api = connect()
    path = f"/ingest/v1/studies/{api.study(study).id}/query-versions"
    show_version(api.post(path, Version, _Proposal(query=query)))


@app.command()
def activate(
    study: StudyArgument,
    version: Annotated[int, typer.Argument(help="Number of the version.", show_default=False)],
    backfill: Annotated[bool, typer.Option(help="Also take in stored posts that it matches.")] = False,
) -> None:
    """Put a query version in force for posts that arrive from now on."""
    api = connect()
    path = f"/ingest/v1/studies/{api.study(study).id}/query-versions/{version}/activation"
    activated = api.post(path, Activated, _Activation(backfill=backfill))
    out.print(f"'{activated.study.name}' asks with version {version} now.", markup=False)
    if activated.job is not None:
        result = _finish(api, activated.job, "Taking in posts of the past")
        out.print(f"{counted(int(str(result['taken'])), 'post')} of the past were taken in.")


@app.command()
def suggest(
    study: StudyArgument,
    query: Annotated[str, typer.Option(help="The query to better; that of the study by default.")] = "",
    most: Annotated[int, typer.Option(help="Most terms of a kind.", min=1, max=50)] = 10,
) -> None:
    """Show words and phrases that would better a query, derived from stored and judged posts."""
    api = connect()
    path = f"/ingest/v1/studies/{api.study(study).id}/query-suggestions"
    result = _finish(api, api.post(path, Job, _SuggestionRequest(query=query or None, most=most)), "Reading posts")
    show_suggestions(api.get(f"{path}/{result['suggestions_id']}", Suggestions))


@app.command()
def draft(
    question: Annotated[str, typer.Argument(help="The question in a sentence.", show_default=False)],
    seed: Annotated[list[str] | None, typer.Option(help="A word or phrase that relevant posts would hold.")] = None,
    language: Annotated[list[str] | None, typer.Option(help="Languages of the posts, such as en or fr.")] = None,
) -> None:
    """Draft a first query from a plain question, to be read and edited.

    [bold]Example:[/] pourquoi query draft "Why do people cancel?" --seed "season ticket" --seed abonnement
    """
    asked = _Question(question=question, seeds=seed or [], languages=language or [])
    drafted = connect().post("/ingest/v1/query-drafts", Draft, asked)
    out.print(Text(drafted.query), soft_wrap=True)
    table = plain_table("Part", "Why it is there")
    for part in drafted.parts:
        table.add_row(Text(part.part), Text(part.because))
    out.print(table)
    out.print(f"Stored posts that it takes: {drafted.matched}.")
    _tell(drafted.notes)


def show_version(version: Version) -> None:
    """Prints what a version changes and how good it is."""
    if version.diff is None:
        raise CommandError(f"Version {version.version} was never compared with another.")
    found = version.diff
    table = plain_table(f"Version {version.version} against {found.against_version}", "Posts")
    for name, estimate in (("takes", found.matched), ("keeps", found.kept), ("gains", found.gained)):
        table.add_row(name, str(estimate))
    table.add_row("loses", str(found.lost))
    if found.posts_per_day is not None:
        day = found.posts_per_day
        table.add_row("a day", f"{day.value:,.1f} ({day.low:,.1f} to {day.high:,.1f})")
    if version.scores is not None and version.scores.precision is not None:
        table.add_row("precision", version.scores.precision.percent)
    if version.scores is not None and version.scores.recall is not None:
        table.add_row("recall", version.scores.recall.percent)
    out.print(table)
    _show_posts("Gained", found.gained_posts)
    _show_posts("Lost", found.lost_posts)
    _tell(found.warnings)


def show_suggestions(found: Suggestions) -> None:
    """Prints terms to add and to exclude, best first."""
    table = plain_table("", "Term", "Posts", "Relevant", "Judged")
    for sign, terms in (("add", found.additions), ("exclude", found.exclusions)):
        for term in terms:
            table.add_row(sign, Text(term.term), str(term.posts), f"{term.precision:.0%}", f"{term.judged:,}")
    if table.row_count:
        out.print(table)
        out.print(Text(f"With all of them: {found.suggested_query}"), soft_wrap=True)
    else:
        out.print("Nothing to suggest.")
    _tell(found.notes)


def _show_posts(title: str, posts: list[Excerpt]) -> None:
    for post in posts[:_SHOWN]:
        line = " ".join(post.text.split())[:_LONGEST_EXCERPT]
        out.print(Text(f"{title}: {line} ({post.platform}, {post.published_at:%Y-%m-%d})"))


def _tell(notes: list[str]) -> None:
    for note in notes:
        out.print(Text(f"Note: {note}"))


def _finish(api: Api, job: Job, title: str) -> dict[str, object]:
    with progress() as bars:
        task = bars.add_task(title, total=None)

        def report(job: Job) -> None:
            bars.update(task, completed=job.progress.done, total=job.progress.total)

        done = api.finish("ingest", job, report)
    return dict(done.result or {})
