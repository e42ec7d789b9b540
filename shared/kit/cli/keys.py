"""`pourquoi key`: API keys of the platform on this machine, or of the file that a Secret is made from."""

import os
from pathlib import Path
from typing import Annotated

import typer

from kit.auth import SCOPES, USUAL_SCOPES, KeyFile, create_key
from kit.cli.console import err, out, plain_table
from kit.cli.errors import CommandError
from kit.local.home import WORKSPACE, Home

app = typer.Typer(help="Create, list and revoke API keys.", no_args_is_help=True, rich_markup_mode="rich")


@app.command()
def create(
    workspace: Annotated[str, typer.Option(help="The tenant that the key acts in.")] = WORKSPACE,
    scope: Annotated[list[str] | None, typer.Option(help=f"One of {', '.join(SCOPES)}; repeatable.")] = None,
    name: Annotated[str, typer.Option(help="Who will use it; stands in records of what it did.")] = "cli",
) -> None:
    """Create an API key and print it; it is shown only now.

    The keys file is the one of .pourquoi, or what POURQUOI_KEYS_FILE names. Services notice the change by themselves.

    [bold]Example:[/] pourquoi key create --workspace acme --scope read --name dashboard
    """
    scopes = scope or list(USUAL_SCOPES)
    if unknown := set(scopes) - set(SCOPES):
        raise CommandError(f"No scope is called {', '.join(sorted(unknown))}. There are: {', '.join(SCOPES)}.")
    file = _key_file()
    key, record = create_key(workspace, scopes, name)
    file.path.parent.mkdir(parents=True, exist_ok=True)
    file.write([*file.records().values(), record])
    err.print(f"Key {record.id} of workspace {workspace} may {', '.join(scopes)}. Keep it, it is not shown again:")
    out.print(key, markup=False)


@app.command("list")
def list_keys() -> None:
    """List the keys; their secrets are not kept."""
    table = plain_table("Id", "Workspace", "Scopes", "Name", "Created")
    for record in _key_file().records().values():
        created = f"{record.created_at:%Y-%m-%d %H:%M}"
        table.add_row(record.id, record.workspace, ", ".join(record.scopes), record.subject, created)
    out.print(table)


@app.command()
def revoke(key_id: Annotated[str, typer.Argument(help="Id of the key, as `key list` shows it.")]) -> None:
    """Revoke a key; it is refused from now on."""
    file = _key_file()
    records = file.records()
    if key_id not in records:
        raise CommandError(f"No key has the id '{key_id}'. `pourquoi key list` shows them.")
    file.write([record for record in records.values() if record.id != key_id])
    out.print(f"Key {key_id} is revoked.", markup=False)


def _key_file() -> KeyFile:
    named = os.environ.get("POURQUOI_KEYS_FILE")
    return KeyFile(Path(named) if named else Home.of().keys)
