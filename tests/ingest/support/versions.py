"""What analysts do with query versions."""

from typing import Any

from desk import Desk, post

Json = dict[str, Any]
TEXTS = ("late train", "late bus", "late bus again", "slow bus", "nice weather")


async def filled(desk: Desk, query: str = "late", texts: tuple[str, ...] = TEXTS) -> Json:
    study = await desk.ask(query=query)
    await desk.send(study, *(post(number, text=words) for number, words in enumerate(texts)))
    return study


async def propose(desk: Desk, study: Json, query: str) -> Json:
    answer = await desk.client.post(f"/v1/studies/{study['id']}/query-versions", json={"query": query})
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"].endswith(f"/query-versions/{answer.json()['version']}")
    return dict(answer.json())


async def activate(desk: Desk, study: Json, version: int, **body: object) -> Json:
    path = f"/v1/studies/{study['id']}/query-versions/{version}/activation"
    answer = await desk.client.post(path, json=body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def finish(desk: Desk, job: Json) -> Json:
    answer = await desk.client.get(f"/v1/jobs/{job['id']}")
    answer.status_code = 202
    answer.headers["location"] = f"/v1/jobs/{job['id']}"
    return await desk.finish(answer)


async def judge(desk: Desk, study: Json, post_id: str, relevant: bool) -> None:
    answer = await desk.client.put(f"/v1/studies/{study['id']}/judgements/{post_id}", json={"relevant": relevant})
    assert answer.status_code == 200, answer.text


def counted(estimate: Json) -> float:
    assert estimate["low"] == estimate["value"] == estimate["high"]
    return float(estimate["value"])


async def sample(desk: Desk, study: Json, kind: str, version: int = 2) -> list[Json]:
    path, items, cursor = f"/v1/studies/{study['id']}/query-versions/{version}/samples", [], None
    while True:
        parameters = {"kind": kind, "limit": 40, **({"cursor": cursor} if cursor else {})}
        page = (await desk.client.get(path, params=parameters)).json()
        items += page["items"]
        if (cursor := page["next_cursor"]) is None:
            return items
