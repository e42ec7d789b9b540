"""The posts of each study and of each code, for queries that ask for few of them.

Row-level security goes before operators of arrays, which are not leakproof, so no index of `study_ids` or `code_keys`
would ever be used. Those of uuid and text are: these tables repeat the arrays, a row per element, and triggers keep
them so, whoever writes.
"""

import sqlalchemy as sa
from alembic import op

from kit.migrations import secure

revision = "0009"
down_revision = "0008"

# Planned while the tables are small, and kept by a session for as long as it lives: never to read them whole.
_FUNCTION = """
    CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql
    SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
    AS $$ BEGIN {statements}; RETURN NULL; END $$
"""
_TRIGGER = """
    CREATE TRIGGER {name} AFTER {event} ON enrichments REFERENCING {rows}
    FOR EACH STATEMENT EXECUTE FUNCTION {name}()
"""
_ELEMENTS = "SELECT workspace_id, unnest({array}) AS {element}, post_id FROM {rows}"
_ADD = "INSERT INTO {table} (workspace_id, {element}, post_id) {elements} ON CONFLICT DO NOTHING"
_DROP = """
    DELETE FROM {table} AS known USING ({elements}) AS gone WHERE known.workspace_id = gone.workspace_id
    AND known.{element} = gone.{element} AND known.post_id = gone.post_id
"""
_TABLES = {
    "study_posts": {"array": "study_ids", "element": "study_id"},
    "code_posts": {"array": "code_keys", "element": "code_key"},
}


def upgrade() -> None:
    _create("study_posts", sa.Column("study_id", sa.Uuid, primary_key=True))
    _create("code_posts", sa.Column("code_key", sa.Text, primary_key=True))
    # First the triggers, which keep writers waiting until the rows that are there have been taken over.
    _follow("link_new_posts", "INSERT", "NEW TABLE AS after", [(_ADD, "after", "")])
    _follow("unlink_posts", "DELETE", "OLD TABLE AS before", [(_DROP, "before", "")])
    both = "OLD TABLE AS before NEW TABLE AS after"
    _follow("link_posts_anew", "UPDATE", both, [(_DROP, "before", "after"), (_ADD, "after", "before")])
    for table in _TABLES:
        op.execute(_statement(_ADD, table, "enrichments", ""))
        op.execute(f"ANALYZE {table}")


def _create(table: str, element: sa.Column[object]) -> None:
    workspace = sa.Column("workspace_id", sa.Text, primary_key=True)
    op.create_table(table, workspace, element, sa.Column("post_id", sa.Uuid, primary_key=True))
    secure(op, table)


def _follow(name: str, event: str, rows: str, changes: list[tuple[str, str, str]]) -> None:
    statements = ";".join(_statement(change, table, of, but) for change, of, but in changes for table in _TABLES)
    op.execute(_FUNCTION.format(name=name, statements=statements))
    op.execute(_TRIGGER.format(name=name, event=event, rows=rows))


def _statement(change: str, table: str, of: str, but: str) -> str:
    """What adds or drops the elements of some rows, but for those of others."""
    names = _TABLES[table]
    elements = " EXCEPT ".join(_ELEMENTS.format(rows=rows, **names) for rows in (of, but) if rows)
    return change.format(table=table, elements=elements, element=names["element"])
