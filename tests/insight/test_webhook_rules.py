"""The rules of webhooks without a network: signatures, the retry ladder, forbidden addresses."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from insight.settings import InsightSettings
from insight.webhooks.addresses import check_url
from insight.webhooks.answers import answer_of
from insight.webhooks.ladder import (
    Answer,
    Dispatched,
    Failed,
    Pending,
    Succeeded,
    dispatch,
    release,
    replay,
    settle,
)
from insight.webhooks.signing import new_secret, signed_headers
from kit.errors import Invalid

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LADDER = (timedelta(seconds=5), timedelta(minutes=5), timedelta(minutes=30))


def attempt(number: int) -> Dispatched:
    return Dispatched(attempts=number, lease_until=NOW + timedelta(minutes=1))


def test_a_partner_can_verify_a_delivery() -> None:
    secret, body = new_secret(), json.dumps({"type": "insight.published"})
    headers = signed_headers(secret, "0198", datetime.now(UTC), body)
    assert Webhook(secret).verify(body, headers) == {"type": "insight.published"}
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body + " ", headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(new_secret()).verify(body, headers)


def test_an_old_delivery_is_not_believed() -> None:
    secret = new_secret()
    headers = signed_headers(secret, "0198", datetime.now(UTC) - timedelta(minutes=10), "{}")
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify("{}", headers)


def test_a_taken_delivery_has_succeeded() -> None:
    assert settle(attempt(1), Answer(204), NOW, waits=LADDER, jitter=0) == Succeeded(1, NOW)


@pytest.mark.parametrize("status", [301, 400, 404, 429, 500, None])
def test_any_other_answer_is_tried_again(status: int | None) -> None:
    after = settle(attempt(1), Answer(status), NOW, waits=LADDER, jitter=0)
    assert after == Pending(1, NOW + timedelta(seconds=5))


def test_waits_grow_until_no_attempt_is_left() -> None:
    delivery: Pending | Succeeded | Failed = Pending(0, NOW)
    waits = []
    while isinstance(delivery, Pending):
        dispatched = dispatch(delivery, delivery.due_at, timedelta(minutes=1))
        ended_at = delivery.due_at
        delivery = settle(dispatched, Answer(500, "It broke."), ended_at, waits=LADDER, jitter=0)
        if isinstance(delivery, Pending):
            waits.append(delivery.due_at - ended_at)
    assert tuple(waits) == LADDER
    assert isinstance(delivery, Failed)
    assert delivery.attempts == len(LADDER) + 1


def test_gone_means_never_again() -> None:
    after = settle(attempt(1), Answer(410), NOW, waits=LADDER, jitter=0)
    assert isinstance(after, Failed)
    assert "disabled" in after.reason


@given(st.floats(0, 1))
def test_jitter_only_ever_lengthens_a_wait(jitter: float) -> None:
    after = settle(attempt(2), Answer(500), NOW, waits=LADDER, jitter=jitter)
    assert isinstance(after, Pending)
    assert timedelta(minutes=5) <= after.due_at - NOW <= timedelta(minutes=5.5)


def test_retry_after_is_respected_within_a_day() -> None:
    patient = Answer(429, retry_after=timedelta(hours=2))
    after = settle(attempt(1), patient, NOW, waits=LADDER, jitter=0)
    assert after == Pending(1, NOW + timedelta(hours=2))
    endless = Answer(503, retry_after=timedelta(days=400))
    after = settle(attempt(1), endless, NOW, waits=LADDER, jitter=0)
    assert after == Pending(1, NOW + timedelta(hours=24))


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("120", timedelta(minutes=2)),
        ("Sun, 22 Nov 2026 12:01:00 GMT", timedelta(minutes=1)),
        ("Sun, 22 Nov 2026 11:00:00 GMT", timedelta(0)),
        ("soon", None),
        ("-5", None),
        (None, None),
    ],
)
def test_retry_after_is_read_as_seconds_or_a_date(value: str | None, wait: timedelta | None) -> None:
    assert answer_of(503, value, NOW).retry_after == wait


def test_the_ladder_may_be_set_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INSIGHT_WEBHOOK_WAITS_SECONDS", "[1, 60]")
    assert InsightSettings.load().webhook_waits == (timedelta(seconds=1), timedelta(minutes=1))


def test_a_dead_replica_gives_its_delivery_back() -> None:
    assert release(attempt(2), NOW) == Pending(2, NOW)


def test_a_replay_starts_from_the_first_rung() -> None:
    assert replay(Failed(9, NOW, "It broke."), NOW) == Pending(0, NOW)
    assert replay(Succeeded(1, NOW), NOW) == Pending(0, NOW)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://partner.example/hook",
        "partner.example/hook",
        "https://",
        "https://user@partner.example/",
        "https://partner.example/#part",
        "https://partner.example:port/",
        "https://[::1/",
        "https://partner.example/a b",
        "http://localhost/",
        "http://api.localhost./",
        "http://127.0.0.1:8080/",
        "http://10.1.2.3/",
        "http://169.254.169.254/latest/meta-data",
        "http://[::ffff:127.0.0.1]/",
        "http://[fd00::1]/",
    ],
)
def test_a_url_into_the_house_or_of_no_use_is_refused(url: str) -> None:
    with pytest.raises(Invalid):
        check_url(url, allow_private=False)


@pytest.mark.parametrize("url", ["https://partner.example/hook?team=cx", "http://93.184.215.14:8443/hook"])
def test_a_public_url_is_taken(url: str) -> None:
    check_url(url, allow_private=False)


def test_a_laptop_may_allow_private_urls() -> None:
    check_url("http://127.0.0.1:9000/hook", allow_private=True)
    with pytest.raises(Invalid):
        check_url("ftp://127.0.0.1/hook", allow_private=True)
