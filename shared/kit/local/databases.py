"""One database per service: in the embedded PostgreSQL, or on the server that `DATABASE_URL` names."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import URL, make_url

from kit.engines import EmbeddedPostgres
from kit.local.children import ChildError
from kit.local.psql import ensure_database, run_psql

DatabaseUrl = Callable[[str], str]
_BINDS_EVERYBODY = "SELECT NOT (rolsuper OR rolbypassrls) FROM pg_roles WHERE rolname = current_user;"


def database_name(service: str) -> str:
    """The database of a service, and on the embedded server also the role that owns it."""
    return f"pourquoi_{service}"


def embedded_databases(postgres: EmbeddedPostgres, services: Sequence[str]) -> DatabaseUrl:
    """Creates the services' databases, each owned by a role of its own; gives the URL of each."""
    for service in services:
        postgres.ensure_database(database_name(service))
    return lambda service: postgres.url(database_name(service), user=database_name(service))


@dataclass(frozen=True)
class DatabaseServer:
    """A PostgreSQL server of the user's."""

    url: URL

    @classmethod
    def at(cls, url: str) -> "DatabaseServer":
        """The server of a `DATABASE_URL`; which database it names only matters for the first connection."""
        return cls(make_url(url.replace("postgres://", "postgresql://", 1)).set(drivername="postgresql"))

    def databases(self, services: Sequence[str]) -> DatabaseUrl:
        """Creates the services' databases where they are missing; gives the URL of each.

        Raises `ChildError` when the server refuses, or the role is one that row-level security does not bind.
        """
        server, role = self._render(self.url), self.url.username or ""
        if run_psql(server, _BINDS_EVERYBODY) != "t":
            raise ChildError(
                f"Row-level security does not bind the role '{role}' of DATABASE_URL, so one workspace could see "
                "another's rows. Name an ordinary role: CREATE ROLE pourquoi LOGIN CREATEDB PASSWORD '...'."
            )
        for service in services:
            ensure_database(server, database_name(service), owner=role)
        return lambda service: self._render(self.url.set(database=database_name(service)))

    @staticmethod
    def _render(url: URL) -> str:
        return url.render_as_string(hide_password=False)
