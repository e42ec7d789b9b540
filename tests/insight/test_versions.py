"""New versions of a segmentation: undecided insights go, decided ones stay."""

from kit.testing import Running
from tests.insight.support.conversations import airline


async def test_a_new_version_retires_drafts_and_keeps_decisions(read, insight: Running) -> None:
    first = airline()
    angry, glad = (await read(first))["items"]
    accepted = await insight.client.post(f"/v1/insights/{angry['id']}/accept")
    assert accepted.status_code == 200
    second = first.next_version()
    found = await read(second)
    assert {item["segmentation_id"] for item in found["items"]} == {str(second.segmentation_id)}
    retired = (await insight.client.get(f"/v1/insights/{glad['id']}")).json()
    assert retired["status"] == "closed"
    [review] = (await insight.client.get(f"/v1/insights/{glad['id']}/reviews")).json()["items"]
    assert (review["action"], review["reviewer"]) == ("retire", "insight")
    assert "Version 2" in review["reason"]
    kept = (await insight.client.get(f"/v1/insights/{angry['id']}")).json()
    assert (kept["status"], kept["claim"]) == ("accepted", angry["claim"])


async def test_an_older_version_that_arrives_late_changes_nothing(read, insight: Running) -> None:
    first = airline()
    second = first.next_version()
    before = await read(second)
    await insight.publish(first.published(), *first.memberships())
    third = second.next_version()  # once it is read, the late version has been applied, too
    after = await read(third)
    assert [item["claim"] for item in after["items"]] == [item["claim"] for item in before["items"]]
    listed = (await insight.client.get("/v1/insights")).json()["items"]
    assert {item["segmentation_id"] for item in listed} == {
        str(second.segmentation_id),
        str(third.segmentation_id),
    }
