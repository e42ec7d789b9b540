"""A file as an import sees it: entry by entry, translated into posts and checked, with what is missing counted."""

import itertools
from dataclasses import dataclass, field

from ingest.posts.originals.masking import original_of
from ingest.posts.submissions import Deletion, Submission, check_row
from ingest.sources.files.compression import MeteredStream
from ingest.sources.files.drift import VITAL, DriftWatch
from ingest.sources.files.mapping import ColumnMapping
from ingest.sources.files.reader import open_file
from ingest.sources.files.records import Contents, Entry, Limits, Rejection
from ingest.sources.files.translation import Translated, Translation, translation
from kit.db import clean_text


@dataclass
class Seen:
    """What was seen of a file so far, beside its posts."""

    drift: DriftWatch = field(default_factory=DriftWatch)
    left_aside: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Stretch:
    """Some entries of a file, and what they came to; those that are left aside came to nothing."""

    entries: int
    intake: list[Submission | Rejection]
    deletions: list[Deletion]


@dataclass(frozen=True)
class Reading:
    """A file that was opened, and how it is read."""

    contents: Contents
    translation: Translation
    day_first: bool | None

    @classmethod
    def of(
        cls, stream: MeteredStream, limits: Limits, mapping: ColumnMapping, day_first: bool | None = None
    ) -> "Reading":
        """Opens a file; raises `UnreadableFileError` when it is of no use as a whole."""
        contents = open_file(stream, limits)
        return cls(contents, translation(mapping, contents.columns), day_first)

    def skip(self, entries: int) -> None:
        """Passes over entries that were read before."""
        next(itertools.islice(self.contents.entries, entries, entries), None)

    def take(self, most: int, seen: Seen) -> Stretch:
        """The next entries, `most` of them unless the file ends."""
        taken = 0
        found: list[Submission | Rejection | Deletion] = []
        for entry in itertools.islice(self.contents.entries, most):
            taken += 1
            if (outcome := self._outcome(entry, seen)) is not None:
                found.append(outcome)
        deletions = [each for each in found if isinstance(each, Deletion)]
        return Stretch(taken, [each for each in found if not isinstance(each, Deletion)], deletions)

    def _outcome(self, entry: Entry, seen: Seen) -> Submission | Rejection | Deletion | None:
        if isinstance(entry, Rejection):
            return entry
        translated = self.translation.apply(entry)
        if translated.left_aside:
            seen.left_aside[translated.left_aside] = seen.left_aside.get(translated.left_aside, 0) + 1
            return None
        if translated.deleted:
            return _deletion(translated) or entry.rejected(
                f"It says that a {translated.deleted} is gone, but not which."
            )
        outcome = check_row(entry.line, translated.fields, self.day_first, original_of(dict(entry.fields)))
        wrong = outcome.fields if isinstance(outcome, Rejection) else ()
        absent = {name for name in self.translation.origins if name in VITAL and name not in translated.fields}
        unreadable = {*translated.unreadable, *(name for name in wrong if name in translated.fields)}
        seen.drift.see(entry.line, absent - unreadable, unreadable)
        return entry.rejected(outcome.reason) if isinstance(outcome, Rejection) else outcome


def _deletion(translated: Translated) -> Deletion | None:
    """Which post, or which author, a record says is gone; None when it does not say."""
    name = "external_id" if translated.deleted == "post" else "author"
    gone = clean_text(str(translated.fields.get(name, ""))).strip()
    return Deletion(str(translated.fields["platform"]), **{name: gone}) if gone else None
