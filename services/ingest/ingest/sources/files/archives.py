"""ZIP archives: the members that hold posts, one after the other."""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import cast

from ingest.sources.files.compression import MeteredStream, bounded
from ingest.sources.files.records import Limits, UnreadableFileError

# With members, and without.
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_MOST_MEMBERS = 10_000
# The table of contents is read at once, before anybody can count what it names.
_LARGEST_CONTENTS = 4 * 1024 * 1024
_POSTS = re.compile(r"\.(csv|tsv|txt|ndjson|jsonl|json|js)(\.gz|\.zst)?$", re.IGNORECASE)
_TOO_MANY = "The ZIP archive holds too many files: pack those with posts alone."
_SPREADSHEET = "[Content_Types].xml"
# An archive that X gives its user holds some sixty files; these are the posts.
_X_POSTS = re.compile(r"(.*/)?data/tweets?(-part\d+)?\.js")
_HIDDEN = ("__MACOSX", ".")


@dataclass(frozen=True)
class Member:
    """A file within the archive, opened."""

    name: str
    stream: io.BufferedReader


def members(
    source: io.BufferedReader, meter: MeteredStream, limits: Limits
) -> tuple[Iterator[Member], tuple[str, ...], int]:
    """The members that hold posts, warnings about those that are left aside, and how many there are.

    Raises `UnreadableFileError` when there is none, and while one is opened that is damaged or encrypted.
    """
    if not source.seekable():
        raise UnreadableFileError("A ZIP archive cannot be read as a stream: import it as a file.")
    try:
        archive = zipfile.ZipFile(_Guarded(source))
    except UnreadableFileError:
        raise
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError) as error:
        raise UnreadableFileError("The ZIP archive is damaged or ends too early: send the file again.") from error
    if len(archive.infolist()) > _MOST_MEMBERS:
        raise UnreadableFileError(_TOO_MANY)
    files = [each for each in archive.infolist() if not each.is_dir() and not _is_hidden(each.filename)]
    if any(each.filename == _SPREADSHEET for each in files):
        raise UnreadableFileError("The file is a spreadsheet: save the sheet as CSV.")
    chosen = _choose(files)
    left = len(files) - len(chosen)
    warnings = (f"{left:,} files of the archive are left aside: they hold no posts.",) if left else ()
    return (_open(archive, each, meter, limits) for each in chosen), warnings, len(chosen)


def _choose(files: list[zipfile.ZipInfo]) -> list[zipfile.ZipInfo]:
    chosen = [each for each in files if _X_POSTS.fullmatch(each.filename)]
    chosen = chosen or [each for each in files if _POSTS.search(each.filename)]
    if not chosen:
        raise UnreadableFileError("The ZIP archive holds no CSV, TSV, NDJSON or JSON file.")
    return sorted(chosen, key=lambda each: each.filename)


def _is_hidden(name: str) -> bool:
    return any(part.startswith(_HIDDEN) for part in PurePosixPath(name).parts)


def _open(archive: zipfile.ZipFile, member: zipfile.ZipInfo, meter: MeteredStream, limits: Limits) -> Member:
    if member.flag_bits & 1:
        raise UnreadableFileError(f"{member.filename} in the archive is encrypted: unpack it and send it as it is.")
    try:
        plain = cast(io.BufferedIOBase, archive.open(member))
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, RuntimeError) as error:
        raise UnreadableFileError(f"{member.filename} cannot be unpacked: pack the archive again.") from error
    return Member(member.filename, bounded(plain, meter, limits))


class _Guarded(io.BufferedIOBase):
    """The archive as `zipfile` reads it, which would take a table of contents of any size into memory."""

    def __init__(self, source: io.BufferedReader) -> None:
        self._source = source

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        return self._source.seek(offset, whence)

    def tell(self) -> int:
        return self._source.tell()

    def read(self, size: int | None = -1, /) -> bytes:
        most = _LARGEST_CONTENTS if size is None or size < 0 else size
        if most > _LARGEST_CONTENTS:
            raise UnreadableFileError(_TOO_MANY)
        return self._source.read(most)
