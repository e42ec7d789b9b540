"""`pourquoi headlines` and `pourquoi insights`: read what was found, and decide about it."""

from typing import Annotated
from uuid import UUID

import typer
from pydantic import BaseModel

from kit.cli.client import Api, connect
from kit.cli.console import out, plain_table
from kit.cli.headlines import panel, show_headlines
from kit.cli.studies import StudyArgument
from kit.cli.views.ingest import Study
from kit.cli.views.insight import Headlines, Insight

app = typer.Typer(help="Read insights and decide about them.", no_args_is_help=True, rich_markup_mode="rich")
InsightArgument = Annotated[UUID, typer.Argument(metavar="INSIGHT", help="Id of the insight.")]
ReasonOption = Annotated[str, typer.Option(help="Why; kept on record.")]


class Decision(BaseModel):
    """Why a decision is taken."""

    reason: str


def headlines(
    study: StudyArgument,
    limit: Annotated[int, typer.Option(min=1, max=50, help="Most headlines.")] = 7,
) -> None:
    """Print the few claims that say most about a study, with what proves and what contradicts them."""
    api = connect()
    found = read_headlines(api, api.study(study), limit)
    if not found.items:
        out.print(f"No headlines yet. `pourquoi segment '{study}'` groups the posts; then claims are read from them.")
        return
    show_headlines(found)


@app.command("list")
def list_insights(
    study: Annotated[str, typer.Option(help="Only of this study, by name or id.")] = "",
    status: Annotated[str, typer.Option(help="Only draft, in_review, accepted, rejected or published ones.")] = "",
) -> None:
    """List insights, newest first."""
    api = connect()
    study_id = str(api.study(study).id) if study else ""
    table = plain_table("Id", "Status", "Share", "Claim")
    for insight in api.each("/insight/v1/insights", Insight, study_id=study_id, status=status):
        table.add_row(str(insight.id), insight.status, f"{100 * insight.share.value:.1f} %", insight.claim)
    out.print(table)


@app.command()
def show(insight: InsightArgument) -> None:
    """Show an insight with its quotes."""
    found = connect().get(f"/insight/v1/insights/{insight}", Insight)
    out.print(panel(found, f"{found.label}  ({found.status.replace('_', ' ')}, revision {found.revision})"))


@app.command()
def accept(insight: InsightArgument, reason: ReasonOption = "") -> None:
    """Accept an insight: it is right, and may be published."""
    _decide(insight, "accept", reason)


@app.command()
def reject(
    insight: InsightArgument, reason: Annotated[str, typer.Option(help="Why; kept on record.", show_default=False)]
) -> None:
    """Reject an insight: it is wrong or useless, and leaves the headlines."""
    _decide(insight, "reject", reason)


@app.command()
def publish(insight: InsightArgument, reason: ReasonOption = "") -> None:
    """Publish an accepted insight: partners receive it by webhook."""
    _decide(insight, "publish", reason)


def read_headlines(api: Api, study: Study, limit: int) -> Headlines:
    """The headlines of a study as they stand now."""
    return api.get(f"/insight/v1/studies/{study.id}/headlines", Headlines, limit=limit)


def _decide(insight: UUID, decision: str, reason: str) -> None:
    """Decides about the revision that is current: the platform refuses when it changes in between."""
    api = connect()
    current = api.get(f"/insight/v1/insights/{insight}", Insight)
    decided = api.post(
        f"/insight/v1/insights/{insight}/{decision}",
        Insight,
        Decision(reason=reason),
        {"If-Match": f'"{current.revision}"'},
    )
    out.print(f"Insight {decided.id} is now {decided.status.replace('_', ' ')}.", markup=False)
