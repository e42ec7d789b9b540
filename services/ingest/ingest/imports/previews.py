"""The guess that is shown before an import: how a file would be read, told from its first rows."""

from collections.abc import Sequence

from ingest.imports.readings import Reading, Seen
from ingest.imports.schemas import FieldMapping, FittingMapping, ImportPreview, PreviewedPost
from ingest.posts.schemas import RejectedLine
from ingest.posts.submissions import Submission
from ingest.sources.files.presets import Origin, likely
from ingest.sources.files.records import Rejection, UnreadableFileError
from ingest.sources.files.translation import Translation, is_used

PREVIEWED_ROWS = 200
_SHOWN_POSTS = 5
_SHOWN_REJECTIONS = 20
_UNSURE = 0.8


def preview(filename: str, reading: Reading) -> ImportPreview:
    """Reads the first rows; damage further on is a warning, because they were read."""
    seen, warnings = Seen(), list(reading.contents.warnings)
    intake: list[Submission | Rejection] = []
    rows = deletions = 0
    try:
        while rows < PREVIEWED_ROWS and (stretch := reading.take(1, seen)).entries:
            rows += 1
            intake += stretch.intake
            deletions += len(stretch.deletions)
    except UnreadableFileError as error:
        if not rows:
            raise
        warnings.append(str(error))
    return _shown(filename, reading, rows, intake, seen).model_copy(
        update={"deletions": deletions, "warnings": warnings + _doubts(reading.translation, rows, intake)}
    )


def _shown(
    filename: str, reading: Reading, rows: int, intake: Sequence[Submission | Rejection], seen: Seen
) -> ImportPreview:
    contents, translation = reading.contents, reading.translation
    rejected = [each for each in intake if isinstance(each, Rejection)]
    return ImportPreview(
        filename=filename,
        format=contents.format,
        encoding=contents.encoding,
        delimiter=contents.delimiter,
        compression=contents.compression,
        preset=_preset(translation),
        alternatives=_alternatives(translation, contents.columns),
        mapping=str(translation.mapping),
        fields=_fields(translation, contents.columns),
        unmapped_columns=[column for column in contents.columns if not is_used(translation, column)],
        privacy=translation.privacy,
        rows=rows,
        posts=[PreviewedPost(line=each.line, post=each.post) for each in intake if isinstance(each, Submission)][
            :_SHOWN_POSTS
        ],
        rejected=[RejectedLine(line=each.line, reason=each.reason) for each in rejected[:_SHOWN_REJECTIONS]],
        left_aside=seen.left_aside,
        deletions=0,
        drift=seen.drift.drifts(translation, contents.columns),
        warnings=[],
    )


def _preset(translation: Translation) -> FittingMapping | None:
    if translation.preset is None:
        return None
    preset = translation.preset
    return FittingMapping(name=preset.name, title=preset.title, confidence=translation.confidence)


def _alternatives(translation: Translation, columns: Sequence[str]) -> list[FittingMapping]:
    return [
        FittingMapping(name=preset.name, title=preset.title, confidence=confidence)
        for preset, confidence in likely(columns)
        if preset is not translation.preset
    ]


def _fields(translation: Translation, columns: Sequence[str]) -> list[FieldMapping]:
    return [
        FieldMapping(field=name, columns=found, origin=translation.provenance[name])
        for name, origins in translation.origins.items()
        if (found := [column for origin in origins for column in _shown_columns(origin, columns)])
    ]


def _shown_columns(origin: Origin, columns: Sequence[str]) -> list[str]:
    if origin.constant:
        return [f"={origin.constant}"]
    return [name for name in origin.names if name in columns or "." in name]


def _doubts(translation: Translation, rows: int, intake: Sequence[Submission | Rejection]) -> list[str]:
    doubts = []
    if translation.preset and translation.confidence < _UNSURE:
        doubts.append(
            f"The file looks somewhat like {translation.preset.title}, but not in everything: look at the posts."
        )
    if "published_at" not in translation.origins:
        doubts.append("No column holds the date: every post gets the time of the import.")
    rejected = sum(isinstance(each, Rejection) for each in intake)
    if rejected > rows / 2:
        doubts.append(f"{rejected:,} of the first {rows:,} rows would be rejected.")
    return doubts
