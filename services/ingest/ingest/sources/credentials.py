"""Secrets of sources: kept outside of their configuration, which only names where they are."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from pydantic import Field

from ingest.sources.connector import SourceRefused

VARIABLE_PREFIX = "SOURCE_"
DEFAULT_FOLDER = Path("/run/secrets/sources")
_LONGEST_SECRET = 16_384
_REFERENCE = re.compile(rf"env:(?P<name>{VARIABLE_PREFIX}[A-Z0-9_]+)|file:(?P<path>/.+)")

CredentialReference = Annotated[
    str,
    Field(
        pattern=rf"^(env:{VARIABLE_PREFIX}[A-Z0-9_]+|file:/.+)$",
        max_length=500,
        description=(
            "Where the secret is, never the secret itself: `env:SOURCE_NAME` names an environment variable that "
            "begins with SOURCE_, `file:/run/secrets/sources/name` a file in the folder of credentials."
        ),
    ),
]


class UnresolvedCredentialError(SourceRefused):
    """A reference leads to no secret; the message says what to set."""


@dataclass(frozen=True)
class Credentials:
    """The secrets of this installation's sources.

    Only variables that begin with `SOURCE_` and files within `folder` can be named, so that nobody who may
    configure a source can send the other secrets of the process to a server of his own.
    """

    folder: Path = DEFAULT_FOLDER
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)

    def resolve(self, reference: str) -> str:
        """The secret behind `env:NAME` or `file:/path`, without surrounding space.

        Raises `UnresolvedCredentialError` for a reference that is malformed, out of bounds, absent or empty.
        """
        match = _REFERENCE.fullmatch(reference)
        if match is None:
            raise UnresolvedCredentialError(
                f"A credential must be written env:{VARIABLE_PREFIX}NAME or file:{self.folder}/name."
            )
        secret = (self._variable(match["name"]) if match["name"] else self._file(match["path"])).strip()
        if not secret:
            raise UnresolvedCredentialError(f"The credential {reference} is empty: set it and run the source again.")
        return secret

    def _variable(self, name: str) -> str:
        if name not in self.environment:
            raise UnresolvedCredentialError(
                f"The credential env:{name} is not set: give the ingest service the variable {name}."
            )
        return self.environment[name]

    def _file(self, path: str) -> str:
        """Links are followed first, because Kubernetes mounts secrets as links within their folder."""
        try:
            file = Path(path).resolve()
            inside = file.is_relative_to(self.folder.resolve())
            if not inside:
                raise UnresolvedCredentialError(f"A credential's file must be in {self.folder}.")
            with file.open(encoding="utf-8") as opened:
                return opened.read(_LONGEST_SECRET)
        except (OSError, ValueError) as error:
            raise UnresolvedCredentialError(
                f"The credential file:{path} cannot be read ({type(error).__name__}): mount it for the ingest service."
            ) from None
