"""Files that say what was deleted: it goes, and what comes late stays away."""

import pytest
from desk import Desk, Json, lines, published

from ingest.erasures.barring import AUTHOR_ERASED, ERASED
from kit.testing import Running
from pourquoi.ingest.v1.events_pb2 import PostErased

ME = "did:plc:eclio37ymobqex2ncko63h4r"


def event(rkey: str, operation: str = "create", collection: str = "app.bsky.feed.post") -> Json:
    record = {"text": f"Late again, {rkey}", "createdAt": "2026-10-05T07:41:08Z"}
    commit = {"operation": operation, "collection": collection, "rkey": rkey, "rev": "3l3qo2vutsw2b"}
    if operation != "delete":
        commit |= {"record": record}
    return {"did": ME, "time_us": 1759650069725911, "kind": "commit", "commit": commit}


def account(status: str, active: bool = False) -> Json:
    state = {"active": active, "did": ME, "seq": 1409753013, "status": status, "time": "2026-10-05T07:41:08Z"}
    return {"did": ME, "time_us": 1759650069725999, "kind": "account", "account": state}


async def imported(desk: Desk, study: Json, *events: Json, preset: str = "bluesky_jetstream") -> Json:
    job = await desk.finish(await desk.upload(study, "js.ndjson", lines(events), mapping=f"preset:{preset}"))
    assert job["status"] == "succeeded", job
    return dict(job["result"])


async def test_posts_that_a_file_says_were_deleted_go(desk: Desk, running: Running) -> None:
    study = await desk.ask()
    await imported(desk, study, event("one"), event("two"))

    result = await imported(desk, study, event("one", "delete"), event("two", "delete", "app.bsky.feed.like"))

    assert (result["deleted"], result["received"]) == (1, 0)
    assert result["left_aside"] == {"is a like, a repost or a follow": 1}
    assert [each["text"] for each in await desk.posts()] == ["Late again, two"]
    assert len(await published(running, PostErased)) == 1


async def test_a_post_stays_away_whose_deletion_is_in_the_same_file_or_came_before(desk: Desk) -> None:
    study = await desk.ask()

    result = await imported(desk, study, event("one"), event("one", "delete"), event("two", "delete"), event("three"))
    later = await imported(desk, study, event("two"))

    assert (result["accepted"], result["deleted"]) == (1, 0)
    assert result["rejected"] == [{"line": 1, "reason": ERASED}]
    assert later["rejected"] == [{"line": 1, "reason": ERASED}]
    assert [each["text"] for each in await desk.posts()] == ["Late again, three"]


@pytest.mark.parametrize("status", ["deleted", "takendown"])
async def test_posts_of_an_account_that_is_gone_go(desk: Desk, status: str) -> None:
    study = await desk.ask()
    await imported(desk, study, event("one"), event("two"))

    result = await imported(desk, study, account(status), event("three"))

    assert (result["deleted"], result["rejected"]) == (2, [{"line": 2, "reason": AUTHOR_ERASED}])
    assert await desk.posts() == []


async def test_other_news_of_accounts_erases_nothing(desk: Desk) -> None:
    study = await desk.ask()
    await imported(desk, study, event("one"))

    result = await imported(desk, study, account("deactivated"), account("deleted", active=True))

    assert (result["deleted"], result["left_aside"]) == (0, {"is the news of an account": 2})
    assert len(await desk.posts()) == 1


async def test_a_deletion_that_names_nothing_is_rejected_by_line(desk: Desk) -> None:
    study = await desk.ask()
    nameless = event("one", "delete")
    del nameless["commit"]["rkey"]

    result = await imported(desk, study, event("one"), nameless)

    assert (result["accepted"], result["deleted"]) == (1, 0)
    assert result["rejected"] == [{"line": 2, "reason": "It says that a post is gone, but not which."}]


def comment(number: int, **fields: object) -> Json:
    written = {"body": f"Late again, {number}", "subreddit": "trains", "created_utc": 1759653668, "author": "commuter9"}
    return {"id": f"lx{number}", "name": f"t1_lx{number}", "link_id": "t3_1gb2c3", **written, **fields}


@pytest.mark.parametrize(
    "gone",
    [
        {"body": "[deleted]"},
        {"body": " [removed] "},
        {"body": None, "title": "Night train", "selftext": "[removed]"},
        {"body": None, "title": "Night train", "selftext": "No bus", "removed_by_category": "moderator"},
    ],
)
async def test_posts_that_a_file_of_reddit_shows_as_deleted_go_and_stay_away(desk: Desk, gone: Json) -> None:
    study = await desk.ask()
    await imported(desk, study, comment(1), comment(2), preset="reddit")

    result = await imported(desk, study, comment(1, **gone), comment(3, **gone), preset="reddit")
    later = await imported(desk, study, comment(3), preset="reddit")

    assert (result["deleted"], result["received"], result["left_aside"]) == (1, 0, {})
    assert [each["text"] for each in await desk.posts()] == ["Late again, 2"]
    assert later["rejected"] == [{"line": 1, "reason": ERASED}]


async def test_the_guess_tells_how_much_a_file_would_delete_and_deletes_nothing(desk: Desk) -> None:
    study = await desk.ask()
    await imported(desk, study, event("one"))

    content = lines([event("one", "delete"), account("deleted")])
    path = f"/v1/studies/{study['id']}/imports/previews"
    guess = (await desk.client.post(path, files={"file": ("js.ndjson", content)})).json()

    assert (guess["deletions"], guess["rejected"], len(await desk.posts())) == (2, [], 1)
