"""The commands of `pourquoi`, and how an error ends one: a clear sentence and exit code 1."""

import typer
from rich.text import Text

from kit.cli import (
    annotations,
    codebooks,
    demo,
    erasures,
    events,
    insights,
    keys,
    platform,
    posts,
    queries,
    sources,
    studies,
)
from kit.cli.console import err
from kit.cli.errors import CommandError
from kit.local.accounts import AccountError
from kit.local.children import ChildError
from kit.local.home import AlreadyRunning

app = typer.Typer(
    help="Posts in, claims out that a person may quote. Start with [bold]pourquoi demo[/].",
    epilog="Commands talk to the platform of this folder, or to POURQUOI_URL with POURQUOI_KEY.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
app.command()(platform.up)
app.command()(demo.demo)
app.command("import")(posts.import_posts)
app.add_typer(studies.app, name="study")
app.add_typer(sources.app, name="source")
app.add_typer(queries.app, name="query")
app.add_typer(codebooks.app, name="codebook")
app.command()(studies.segment)
app.command()(insights.headlines)
app.add_typer(insights.app, name="insights")
app.add_typer(annotations.app, name="annotate")
app.add_typer(erasures.erase, name="erase")
app.add_typer(erasures.app, name="erasures")
app.add_typer(events.app, name="events")
app.add_typer(events.dead_letters_app, name="dead-letters")
app.add_typer(keys.app, name="key")


def main() -> None:
    """Runs one command."""
    try:
        app()
    except (CommandError, ChildError, AccountError, AlreadyRunning) as error:
        err.print(Text.assemble(("Error: ", "red"), str(error)), soft_wrap=True)
        raise SystemExit(1) from None
