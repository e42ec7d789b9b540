"""Posts on their way in: checked one by one, each with the line it came from."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from ingest.posts.identities import derive_external_id
from ingest.posts.schemas import NewPost
from ingest.sources.files.objects import parse_json
from ingest.sources.files.records import Rejection

_ADVICE = {
    ("", "missing"): "is missing",
    ("", "string_too_short"): "is empty",
    ("post", "model_type"): "is no JSON object, which is written {...}",
    ("platform", "string_pattern_mismatch"): "is no platform name: up to 50 letters, digits, dots and dashes",
    ("language", "string_pattern_mismatch"): "is no BCP 47 language such as en or fr-CA",
    ("url", "string_pattern_mismatch"): "is no address that begins with http:// or https://",
}


@dataclass(frozen=True, slots=True)
class Submission:
    """A sound post and its line, or its position in a list, from 1; `raw` is the original, where there is one."""

    line: int
    post: NewPost
    raw: bytes = b""


@dataclass(frozen=True, slots=True)
class Deletion:
    """The word of a source that a post is gone, or with an empty `external_id`, that its author is."""

    platform: str
    external_id: str = ""
    author: str = ""


def read_json_line(line: int, text: bytes) -> Submission | Rejection:
    """The post that a line of NDJSON holds, or why it holds none."""
    try:
        return Submission(line, NewPost.model_validate_json(text), text)
    except ValidationError as error:
        if error.errors(include_url=False, include_input=False)[0]["type"] != "json_invalid":
            return Rejection(line, explain(error))
    try:
        value = parse_json(text)
    except ValueError as error:
        return Rejection(line, f"The line is no JSON: {str(error).replace('line 1 ', '')}.")
    return check(line, value, original=text)


def check(line: int, value: object, day_first: bool | None = None, original: bytes = b"") -> Submission | Rejection:
    """The post that a JSON value stands for, or why it stands for none."""
    try:
        return Submission(line, NewPost.model_validate(value, context={"day_first": day_first}), original)
    except ValidationError as error:
        return Rejection(line, explain(error), wrong_fields(error))


def check_row(
    line: int, fields: Mapping[str, object], day_first: bool | None = None, original: bytes = b""
) -> Submission | Rejection:
    """The post that a row of a file holds; one without an id gets one that is the same whenever it comes again."""
    if fields.get("external_id"):
        return check(line, dict(fields), day_first, original)
    parts = (str(fields.get(name, "")) for name in ("author", "published_at", "text"))
    return check(line, {**fields, "external_id": derive_external_id(*parts)}, day_first, original)


def wrong_fields(error: ValidationError) -> tuple[str, ...]:
    """The names of the fields that are wrong."""
    return tuple(str(each["loc"][0]) for each in error.errors(include_url=False, include_input=False) if each["loc"])


def explain(error: ValidationError) -> str:
    """What is wrong with a post, as one sentence."""
    problems = error.errors(include_url=False, include_input=False, include_context=False)
    return "; ".join(_sentence(problem) for problem in problems) + "."


def _sentence(problem: ErrorDetails) -> str:
    field = ".".join(str(part) for part in problem["loc"]) or "post"
    advice = _ADVICE.get((field, problem["type"])) or _ADVICE.get(("", problem["type"]))
    return f"{field}: {advice or problem['msg'][0].lower() + problem['msg'][1:]}"
