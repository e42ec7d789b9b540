"""`pourquoi source`: connect origins of posts, and see how they do."""

import json
import time
from typing import Annotated
from uuid import UUID

import typer
from pydantic import JsonValue
from rich.markup import escape

from kit.cli.client import Api, connect
from kit.cli.console import counted, out, plain_table, progress
from kit.cli.errors import CommandError
from kit.cli.posts import show_rejected
from kit.cli.views.sources import NewSource, Source, SourceRun, SourceState

app = typer.Typer(help="Connect sources of posts.", no_args_is_help=True, rich_markup_mode="rich")
SourceArgument = Annotated[str, typer.Argument(help="Name or id of the source.", show_default=False)]
_COLOURS = {"ok": "green", "late": "yellow", "failing": "red", "paused": "dim", "never_run": "dim"}
_POLL_SECONDS = 0.5
_SHOWN_RUNS = 20


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="A short name.", show_default=False)],
    kind: Annotated[str, typer.Option(help="What it is, such as feed, reddit or push.", show_default=False)],
    setting: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="A setting of its kind; lists and numbers as JSON."),
    ] = None,
    study: Annotated[str, typer.Option(help="Study that takes all of it, beside those whose query matches.")] = "",
    every: Annotated[int | None, typer.Option(help="Seconds between two looks at it.", show_default=False)] = None,
    unmatched: Annotated[str, typer.Option(help="Posts that no study takes: keep, sample or drop.")] = "keep",
    sample_rate: Annotated[float, typer.Option(help="Share that is kept of them where they are sampled.")] = 0.01,
    keep_handles: Annotated[bool, typer.Option(help="Keep public names of authors, where its terms allow it.")] = False,
    private: Annotated[bool, typer.Option(help="Never quote its posts word by word.")] = False,
    retention_days: Annotated[int | None, typer.Option(help="Days that its posts are kept.")] = None,
) -> None:
    """Connect a source.

    Credentials are given by name, never themselves: env:SOURCE_... or file:/run/secrets/sources/...

    [bold]Examples:[/]

    pourquoi source add "Rail news" --kind feed --set url=https://news.example/rail.xml --every 600

    pourquoi source add "Fediverse" --kind mastodon --set base_url=https://mastodon.social --set 'hashtags=["trains"]'

    pourquoi source add "Our CRM" --kind push --set secret=env:SOURCE_CRM_SECRET --private
    """
    api = connect()
    new = NewSource(
        name=name,
        kind=kind,
        config=settings_of(setting or []),
        study_id=api.study(study).id if study else None,
        every_seconds=every,
        unmatched=unmatched,
        sample_rate=sample_rate,
        keeps_handles=keep_handles,
        privacy="private" if private else "public",
        retention_days=retention_days,
    )
    source = api.post("/ingest/v1/sources", Source, new)
    out.print(f"Source '{source.name}' has the id {source.id}.", markup=False)
    if kind == "push":
        out.print(f"Its webhook is {api.url}/ingest/v1/sources/{source.id}/webhook.", markup=False)


@app.command("list")
def list_sources() -> None:
    """List the sources, and how each does."""
    table = plain_table("Id", "Name", "Kind", "Health", "Why")
    for source in connect().each("/ingest/v1/sources", Source):
        health = source.health
        table.add_row(str(source.id), escape(source.name), source.kind, _coloured(health.status), escape(health.reason))
    out.print(table)


@app.command()
def show(source: SourceArgument) -> None:
    """Show a source, its settings and how it does."""
    found = find(connect(), source)
    table = plain_table("", "")
    table.show_header = False
    for field, value in found.model_dump(mode="json", exclude={"config", "health"}).items():
        table.add_row(field.replace("_", " "), "" if value is None else escape(str(value)))
    for setting, value in found.config.items():
        table.add_row(f"config {setting}", escape(value if isinstance(value, str) else json.dumps(value)))
    table.add_row("health", f"{_coloured(found.health.status)}: {escape(found.health.reason)}")
    out.print(table)


@app.command()
def run(
    source: SourceArgument,
    wait: Annotated[bool, typer.Option(help="Watch the run to its end; a stream has none.")] = True,
) -> None:
    """Collect now rather than when it is due.

    [bold]Example:[/] pourquoi source run "Rail news"
    """
    api = connect()
    found = find(api, source)
    path = f"/ingest/v1/sources/{found.id}/runs"
    started = api.post(path, SourceRun)
    if not wait:
        out.print(f"Run {started.id} is {started.status}.", markup=False)
        return
    with progress() as bars:
        task = bars.add_task("Collecting", total=None)
        while not started.has_ended:
            time.sleep(_POLL_SECONDS)
            started = api.get(f"{path}/{started.id}", SourceRun)
            bars.update(task, completed=started.fetched)
    show_run(started)


@app.command()
def pause(source: SourceArgument) -> None:
    """Stop collecting from a source until it is resumed."""
    _change(source, "paused")


@app.command()
def resume(source: SourceArgument) -> None:
    """Collect again, from where it stopped; also after a source has refused us."""
    _change(source, "active")


@app.command()
def remove(
    source: SourceArgument,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Remove a source and the record of its runs; its posts stay."""
    api = connect()
    found = find(api, source)
    if not yes:
        typer.confirm(f"Remove the source '{found.name}'?", abort=True)
    api.delete(f"/ingest/v1/sources/{found.id}")
    out.print(f"Source '{found.name}' is removed; its posts stay.", markup=False)


@app.command()
def runs(
    source: SourceArgument,
    limit: Annotated[int, typer.Option(min=1, help="How many, newest first.")] = _SHOWN_RUNS,
) -> None:
    """List what a source was asked for and brought."""
    api = connect()
    found = find(api, source)
    table = plain_table("Started", "Status", "Lane", "Fetched", "New", "Updated", "Known", "Dropped", "Rejected", "Why")
    for number, each in enumerate(api.each(f"/ingest/v1/sources/{found.id}/runs", SourceRun, limit=min(limit, 500))):
        if number == limit:
            break
        figures = (each.fetched, each.new, each.updated, each.duplicate, each.dropped, each.rejected)
        table.add_row(
            f"{each.started_at:%Y-%m-%d %H:%M:%S}",
            each.status,
            each.lane,
            *(f"{count:,}" for count in figures),
            each.error,
        )
    out.print(table)


def find(api: Api, name_or_id: str) -> Source:
    """The source with this id, or with this name."""
    try:
        return api.get(f"/ingest/v1/sources/{UUID(name_or_id)}", Source)
    except ValueError:
        pass
    for source in api.each("/ingest/v1/sources", Source, limit=500):
        if source.name.casefold() == name_or_id.casefold():
            return source
    raise CommandError(f"No source is called '{name_or_id}'. `pourquoi source list` shows them.")


def settings_of(given: list[str]) -> dict[str, JsonValue]:
    """Settings by name; a value that is JSON is taken as such, and any other as text."""
    settings: dict[str, JsonValue] = {}
    for entry in given:
        name, sign, value = entry.partition("=")
        if not sign or not name.strip():
            raise CommandError(f"'{entry}' is no setting; write --set NAME=VALUE.")
        try:
            settings[name.strip()] = json.loads(value)
        except ValueError:
            settings[name.strip()] = value
    return settings


def show_run(run: SourceRun) -> None:
    """Prints what came of a run; raises `CommandError` when it failed."""
    if run.error:
        raise CommandError(f"The run {run.status}: {run.error}")
    parts = [counted(run.new, "new post"), f"{run.duplicate:,} known already"]
    parts += [f"{count:,} {word}" for count, word in ((run.updated, "changed"), (run.deleted, "deleted")) if count]
    if run.dropped:
        parts.append(f"{run.dropped:,} dropped because no study takes them")
    if run.rejected:
        parts.append(f"[yellow]{counted(run.rejected, 'item')} rejected[/]")
    out.print(f"{counted(run.fetched, 'item')} read: {', '.join(parts)}.")
    show_rejected(run.rejections, "item")


def _change(source: str, state: str) -> None:
    api = connect()
    found = find(api, source)
    changed = api.patch(f"/ingest/v1/sources/{found.id}", Source, SourceState(state=state))
    out.print(f"Source '{changed.name}' is {changed.state}.", markup=False)


def _coloured(status: str) -> str:
    return f"[{_COLOURS.get(status, 'default')}]{status}[/]"
