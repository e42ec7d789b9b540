"""`pourquoi erase` and `pourquoi erasures`: make posts and authors go, and see that they are gone everywhere."""

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

import typer
from pydantic import BaseModel

from kit.cli.client import Api, Refused, connect
from kit.cli.console import counted, out, plain_table
from kit.cli.errors import CommandError
from kit.cli.studies import PIPELINE
from kit.cli.views.ingest import Erasure
from kit.erasures.schemas import ErasureRecord, ErasureStatus

erase = typer.Typer(help="Erase posts or an author for good.", no_args_is_help=True, rich_markup_mode="rich")
app = typer.Typer(help="See how far erasures are.", no_args_is_help=True, rich_markup_mode="rich")
ReasonOption = Annotated[str, typer.Option(help="Why; kept on record, so name nobody.")]
_NOT_THERE_YET = 404


class _Author(BaseModel):
    platform: str
    external_id: str


class _Wish(BaseModel):
    posts: list[UUID] | None = None
    author: _Author | None = None
    author_id: UUID | None = None
    reason: str = ""


@erase.command("post")
def erase_posts(
    posts: Annotated[list[UUID], typer.Argument(metavar="POST...", help="Ids of posts.", show_default=False)],
    reason: ReasonOption = "",
) -> None:
    """Erase posts, here and in every service; copies that come later are rejected."""
    _start(_Wish(posts=posts, reason=reason))


@erase.command("author")
def erase_author(
    author: Annotated[
        str, typer.Argument(help="Pseudonym of the author; with --platform, the platform's own id.", show_default=False)
    ],
    platform: Annotated[str, typer.Option(help="Platform that knows the author by this id, such as x.")] = "",
    reason: ReasonOption = "",
) -> None:
    """Erase an author with every post; later posts of theirs are rejected.

    [bold]Example:[/] pourquoi erase author 2244994945 --platform x --reason "Letter of 12 May"
    """
    if platform:
        _start(_Wish(author=_Author(platform=platform, external_id=author), reason=reason))
        return
    try:
        _start(_Wish(author_id=UUID(author), reason=reason))
    except ValueError:
        raise CommandError("This is no pseudonym. Say --platform for an id that a platform gave.") from None


@app.command("list")
def list_erasures() -> None:
    """List erasures, newest first."""
    table = plain_table("Id", "Asked for at", "By", "Of", "Posts", "In ingest")
    for each in connect().each("/ingest/v1/erasures", Erasure):
        what = "an author" if each.author_id else "posts"
        asked = each.requested_at.isoformat(timespec="seconds")
        table.add_row(str(each.id), asked, each.requested_by, what, f"{each.posts:,}", each.status)
    out.print(table)


@app.command()
def show(erasure: Annotated[UUID, typer.Argument(metavar="ERASURE", help="Id of the erasure.")]) -> None:
    """Show how far every service is, and whether the erasure is complete."""
    api = connect()
    asked = api.get(f"/ingest/v1/erasures/{erasure}", Erasure)
    records = records_of(api, erasure)
    table = plain_table("Service", "Posts", "Purged from its streams", "Status", "Applied at")
    for service in PIPELINE:
        if record := records.get(service):
            status = asked.status if service == "ingest" else record.status
            applied = record.last_applied_at.isoformat(timespec="seconds")
            table.add_row(service, f"{record.posts:,}", f"{record.purged:,}", status, applied)
        else:
            table.add_row(service, "", "", "has not heard of it yet", "")
    out.print(table)
    complete = is_complete(asked, records)
    out.print(
        f"The erasure of {counted(asked.posts, 'post')} is {'[green]complete[/]' if complete else 'not complete yet'}."
    )


def records_of(api: Api, erasure: UUID) -> dict[str, ErasureRecord]:
    """What each service has on record; those that have not heard of the erasure are left out."""
    records = {}
    for service in PIPELINE:
        try:
            records[service] = api.get(f"/{service}/v1/erasures/{erasure}", ErasureRecord)
        except Refused as refused:
            if refused.problem.status != _NOT_THERE_YET:
                raise
    return records


def is_complete(asked: Erasure, records: Mapping[str, ErasureRecord]) -> bool:
    """Whether every service has confirmed the erasure for as many posts as ingest has erased."""
    return asked.status is ErasureStatus.CONFIRMED and all(
        service in records
        and records[service].status is ErasureStatus.CONFIRMED
        and records[service].posts == asked.posts
        for service in PIPELINE
    )


def _start(wish: _Wish) -> None:
    erasure = connect().post("/ingest/v1/erasures", Erasure, wish)
    out.print(f"{counted(erasure.posts, 'post')} erased so far; `pourquoi erasures show {erasure.id}` tells the rest.")
