"""A codebook of a bank's customers, and how to ask about it."""

from collections.abc import Awaitable, Callable
from typing import Any

from kit.testing import Running, until
from pourquoi.ingest.v1.events_pb2 import Post

STUDY = "01960000-0000-7000-8000-000000000001"
Make = Callable[..., Awaitable[dict[str, Any]]]

CARDS = {
    "name": "cards",
    "title": "Trouble with cards",
    "choice": "one",
    "codes": [
        {
            "code": "card_late",
            "definition": "The bank card that was ordered has not arrived yet.",
            "examples": {"positive": ["Where is my new card?", "Ma carte n'est toujours pas arrivée."]},
        },
        {
            "code": "fee_charged",
            "definition": "A fee was charged for a payment or a withdrawal.",
            "examples": {"positive": ["Why was I charged for taking out cash?", "On m'a prélevé des frais."]},
        },
    ],
}


async def is_trained(running: Running, codebook: dict[str, Any], workspace: str = "alpha", labels: int = 0) -> bool:
    """Whether the head that codes now is of this version and has learnt from so many labels."""
    answer = await running.client_for(workspace).get(f"/v1/codebooks/{codebook['id']}/scores")
    head = answer.json() if answer.status_code == 200 else {}
    return (head.get("version"), head.get("labels")) == (codebook["version"], labels)


async def until_idle(running: Running, workspace: str = "alpha") -> None:
    """Waits until no job of the workspace waits or works."""

    async def is_idle() -> bool:
        jobs = (await running.client_for(workspace).get("/v1/jobs", params={"limit": 500})).json()["items"]
        assert [job["error"] for job in jobs if job["status"] == "failed"] == []
        return all(job["status"] == "succeeded" for job in jobs)

    await until(is_idle)


def own_codings(enriched: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """What the codebook gave to each statement."""
    return [[code for code in each["codes"] if code["codebook"] == "cards"] for each in enriched["statements"]]


def own_codes(enriched: dict[str, Any]) -> list[list[str]]:
    """The codes of each statement by the codebook."""
    return [[code["code"] for code in codings] for codings in own_codings(enriched)]


async def enriched(running: Running, post: Post, workspace: str = "alpha") -> dict[str, Any]:
    """What is known of a post."""
    found: dict[str, Any] = (await running.client_for(workspace).get(f"/v1/posts/{post.id}/enrichment")).json()
    return found


async def caught(running: Running, code: str, **filters: str) -> list[dict[str, Any]]:
    """The posts with a code, newest first."""
    answer = await running.client.get("/v1/posts", params={"code": code, **filters})
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def is_stored(running: Running, posts: list[Post]) -> bool:
    """Whether the study has so many posts."""
    answer = await running.client.get(f"/v1/studies/{STUDY}/coverage")
    return bool(answer.json()["posts"] == len(posts))
