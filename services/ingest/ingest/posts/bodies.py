"""How OpenAPI describes a body of posts, which is read as a stream and so declared by hand."""

from typing import Any

from ingest.posts.schemas import NewPost

NDJSON = "application/x-ndjson"
JSON = "application/json"


def _inlined(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with its definitions in place: within an OpenAPI document, its own references lead nowhere."""
    definitions = {f"#/$defs/{name}": inner for name, inner in schema.pop("$defs", {}).items()}
    for name, field in schema["properties"].items():
        if definition := definitions.get(field.pop("$ref", "")):
            schema["properties"][name] = {**definition, **field}
    return schema


POSTS_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            JSON: {
                "schema": {
                    "type": "object",
                    "required": ["posts"],
                    "properties": {"posts": {"type": "array", "items": _inlined(NewPost.model_json_schema())}},
                }
            },
            NDJSON: {"schema": {"type": "string", "description": "One post per line."}},
        },
    }
}
